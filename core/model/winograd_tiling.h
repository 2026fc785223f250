#pragma once

// Private to core.

#include <algorithm>
#include <cstdint>
#include <vector>

namespace vernier::winograd {

// Winograd's convolution F(m x m, 3 x 3): a tile of m x m outputs comes from m + 2 inputs squared
// with one multiplication a channel for each of them, instead of nine for each output (Lavin and
// Gray, "Fast Algorithms for Convolutional Neural Networks", 2015). Inputs d, filters g, outputs y:
//     y = A^T [ (G g G^T) * (B^T d B) ] A
// The positions of a tile are independent matrix products over the channels.

/// Where a tile lies.
struct TileOrigin {
    std::int64_t picture;
    std::int64_t row; ///< of its first output
    std::int64_t column;
};

/// Pictures in memory as (picture, row, column, channel), and the tiles that cover them, in the
/// same order.
struct Tiling {
    std::int64_t height = 0;
    std::int64_t width = 0;
    std::int64_t channels = 0;
    std::int64_t tile = 0; ///< outputs along a side

    std::int64_t down() const { return (height + tile - 1) / tile; }
    std::int64_t across() const { return (width + tile - 1) / tile; }
    std::int64_t tiles() const { return down() * across(); } ///< of one picture

    TileOrigin placeOf(std::int64_t index) const
    {
        const auto within = index % tiles();
        return { index / tiles(), within / across() * tile, within % across() * tile };
    }
    /// Values before a tile's first output.
    std::int64_t offsetOf(const TileOrigin& place) const
    {
        return ((place.picture * height + place.row) * width + place.column) * channels;
    }
};

/// The inputs of a tile.
template <class Value> struct Inputs {
    const Value* corner = nullptr; ///< its first one's first channel
    std::int64_t rowStep = 0; ///< values from one row to the next
    std::int64_t columnStep = 0;
};

/// Where the inputs of a tile with `edge` of them along a side lie: in the picture, or, at its
/// border, copied to `spare` (edge * edge * channels) with zeros for what lies outside.
template <class Value>
inline __attribute__((always_inline)) Inputs<Value> inputsOf(const Value* pictures,
    const Tiling& tiling, const TileOrigin& place, std::int64_t edge, Value* spare)
{
    const auto channels = tiling.channels;
    const auto rowStep = tiling.width * channels;
    const auto row = place.row - 1, column = place.column - 1;
    const Value* picture = pictures + place.picture * tiling.height * rowStep;
    if (row >= 0 && column >= 0 && row + edge <= tiling.height && column + edge <= tiling.width)
        return { picture + row * rowStep + column * channels, rowStep, channels };
    for (std::int64_t i = 0; i < edge; ++i) {
        for (std::int64_t j = 0; j < edge; ++j) {
            const auto y = row + i, x = column + j;
            Value* to = spare + (i * edge + j) * channels;
            if (y < 0 || x < 0 || y >= tiling.height || x >= tiling.width)
                std::fill_n(to, channels, Value {});
            else
                std::copy_n(picture + y * rowStep + x * channels, channels, to);
        }
    }
    return { spare, edge * channels, channels };
}

/// A matrix's length, for matrices one after another: an odd number of cache lines, or all
/// positions of a tile would compete for the same few lines of the cache.
template <class Value> constexpr std::int64_t strideOf(std::int64_t rows, std::int64_t channels)
{
    constexpr std::int64_t line = 64 / sizeof(Value);
    return ((rows * channels + line - 1) / line | 1) * line;
}

/// Memory for a thread's tiles, kept from call to call: fresh memory costs as much as the
/// arithmetic.
template <class Value> Value* scratch(std::size_t which, std::int64_t values)
{
    struct alignas(64) Line {
        Value values[64 / sizeof(Value)];
    };
    thread_local std::vector<Line> kept[2];
    const auto lines = static_cast<std::size_t>(values) * sizeof(Value) / sizeof(Line) + 1;
    if (kept[which].size() < lines)
        kept[which].resize(lines);
    return kept[which].data()->values;
}

} // namespace vernier::winograd
