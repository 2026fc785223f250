#pragma once

#include "core/image/header.h"

namespace vernier {

/// Portable maps (PBM, PGM, PPM) whose pixels are bytes; those written as text are refused, as is
/// PAM. Any largest value becomes 255. Private to core/image.
Result<Picture> decodePortableMap(
    std::span<const std::byte> file, const Header& header, const std::filesystem::path& name);

} // namespace vernier
