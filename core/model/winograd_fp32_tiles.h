#pragma once

// Private to core.

#include "core/model/winograd_tiling.h"

namespace vernier::winograd::fp32 {

// F(4x4, 3x3): a quarter of the multiplications. Channels are multiples of kLanes.
inline constexpr std::int64_t kTile = 4;
inline constexpr std::int64_t kPositions = 36;
/// Channels are worked on in groups of so many.
inline constexpr std::int64_t kLanes = 8;

/// A run of tiles, as 36 matrices (tile, channel) one after another.
struct TileRange {
    std::int64_t first = 0;
    std::int64_t count = 0;
    float* matrices = nullptr;
    std::int64_t stride = 0; ///< from one matrix to the next
};

/// B^T d B of each tile's 6 x 6 inputs, zero outside of the picture.
void inputToTiles(const float* pictures, const Tiling& tiling, const TileRange& tiles);

/// A^T m A of each tile, plus the bias of each channel, no less than zero where `relu`.
void tilesToOutput(
    const TileRange& tiles, const Tiling& tiling, const float* bias, bool relu, float* pictures);

/// A e A^T of each tile's 4 x 4 output gradients: what tilesToOutput turns gradients into on their
/// way back.
void outputGradientToTiles(const float* gradients, const Tiling& tiling, const TileRange& tiles);

} // namespace vernier::winograd::fp32
