#pragma once

#include <cstdint>
#include <vector>

namespace vernier {

/// A decoded picture: 8-bit RGB, sRGB as stored, rows from the top, no padding: value(y, x, c) is
/// at rgb[(y * width + x) * 3 + c]. An owning value.
struct Picture {
    int width = 0;
    int height = 0;
    std::vector<std::uint8_t> rgb;

    bool empty() const { return rgb.empty(); }
};

} // namespace vernier
