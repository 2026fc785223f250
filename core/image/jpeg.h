#pragma once

#include "core/image/header.h"

namespace vernier {

/// JPEG pixels as stored (orientation is not applied), at the smallest scale whose shorter edge is
/// not under `atLeast`; 0: full size. Private to core/image.
Result<Picture> decodeJpeg(
    std::span<const std::byte> file, const std::filesystem::path& name, int atLeast);

} // namespace vernier
