#pragma once

#include "core/image/header.h"

namespace vernier {

/// WebP pixels as stored (orientation is not applied), through libwebp; transparency is laid over
/// white. Of an animation, its first frame on its canvas. Private to core/image.
Result<Picture> decodeWebP(
    std::span<const std::byte> file, const Header& header, const std::filesystem::path& name);

} // namespace vernier
