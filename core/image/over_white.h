#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>

namespace vernier {

/// Lays RGBA over white, into RGB of as many pixels; the colours are not multiplied with their
/// alpha yet. Private to core/image.
inline void layOverWhite(std::span<const std::uint8_t> rgba, std::uint8_t* rgb)
{
    for (std::size_t i = 0; i + 3 < rgba.size(); i += 4, rgb += 3) {
        const int a = rgba[i + 3];
        for (std::size_t c = 0; c < 3; ++c)
            rgb[c] = static_cast<std::uint8_t>((rgba[i + c] * a + 255 * (255 - a) + 127) / 255);
    }
}

/// The same of colours that are multiplied with their alpha.
inline void layMultipliedOverWhite(std::span<const std::uint8_t> rgba, std::uint8_t* rgb)
{
    for (std::size_t i = 0; i + 3 < rgba.size(); i += 4, rgb += 3) {
        for (std::size_t c = 0; c < 3; ++c)
            rgb[c] = static_cast<std::uint8_t>(std::min(255, rgba[i + c] + 255 - rgba[i + 3]));
    }
}

} // namespace vernier
