#pragma once

#include "core/image/header.h"

namespace vernier {

/// JPEG 2000, in JP2 boxes or as a bare codestream, through OpenJPEG: grey, RGB, YCC and CMYK of up
/// to 16 bits, subsampled or not; transparency is laid over white. Private to core/image.
Result<Picture> decodeJpeg2000(
    std::span<const std::byte> file, const Header& header, const std::filesystem::path& name);

} // namespace vernier
