#pragma once

// How zip_archive.cpp finds its records.

#include "core/weights/zip_archive.h"

namespace vernier {

/// Reads the archive's directory, holds it against itself and against what lies before each record.
Result<ZipArchive::Records> readZipDirectory(
    const InputFile& file, const std::filesystem::path& path);

} // namespace vernier
