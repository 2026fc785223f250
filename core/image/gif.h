#pragma once

#include "core/image/header.h"

namespace vernier {

/// The first frame of a GIF on its canvas, over white, through giflib. Private to core/image.
Result<Picture> decodeGif(
    std::span<const std::byte> file, const Header& header, const std::filesystem::path& name);

} // namespace vernier
