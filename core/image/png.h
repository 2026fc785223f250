#pragma once

#include "core/base/result.h"

#include <cstddef>
#include <span>
#include <vector>

namespace vernier {

/// A PNG file with nothing but what its pixels need: header, palette, transparency, pixels, end.
/// Their checksums are verified, so that damage is found here; and the rest (profiles, texts), of
/// which libpng complains on stderr and which can be made to swell, never reaches it. Private to
/// core/image.
Result<std::vector<std::byte>> essentialPng(
    std::span<const std::byte> file, const std::filesystem::path& name);

} // namespace vernier
