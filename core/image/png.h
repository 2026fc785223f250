#pragma once

#include "core/image/header.h"

namespace vernier {

/// PNG pixels as stored (orientation is not applied), through libpng: every colour type, depth and
/// interlacing; transparency, the one of a single colour too, is laid over white, and 16 bits
/// become the nearest 8. Gamma and colour profiles are passed over. Of an animation, its default
/// picture. Private to core/image.
Result<Picture> decodePng(
    std::span<const std::byte> file, const Header& header, const std::filesystem::path& name);

} // namespace vernier
