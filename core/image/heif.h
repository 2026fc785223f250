#pragma once

#include "core/image/header.h"

namespace vernier {

/// The main picture of a HEIC or AVIF file through libheif, turned and cut as the file says: what
/// EXIF says of its orientation holds no more. 10 and 12 bits become 8, and transparency is laid
/// over white. Private to core/image.
Result<Picture> decodeHeif(
    std::span<const std::byte> file, const Header& header, const std::filesystem::path& name);

} // namespace vernier
