#pragma once

// Private to core.

#include "core/model/winograd_tiling.h"

#if defined(__x86_64__) && defined(__GNUC__) && !defined(__clang__)
/// Defined where the compiler can build them. Only processors with AVX512-BF16 run them.
#define VERNIER_BF16_TILES
#endif

namespace vernier::winograd::bf16 {

// F(2x2, 3x3): 16 multiplications instead of 36. Its transforms only add and subtract, in fp32, so
// that rounding their results to bf16 costs little more than rounding what went in; F(4x4)'s would
// lose most of bf16's eight bits.

/// A bfloat16, by its bits.
enum class Bf16 : std::uint16_t {};

inline constexpr std::int64_t kTile = 2;
inline constexpr std::int64_t kEdge = 4; ///< inputs along a side of a tile
inline constexpr std::int64_t kPositions = kEdge * kEdge;
/// Channels are worked on in groups of so many.
inline constexpr std::int64_t kLanes = 16;
/// They come in multiples of it.
inline constexpr std::int64_t kMultiple = 2 * kLanes;
/// Tiles that columns() and pairs() put together.
inline constexpr std::int64_t kGroup = 32;

/// B^T d B of `count` tiles from the `first` on: 16 matrices (tile, channel), `stride` values from
/// one to the next.
void inputToTiles(const Bf16* pictures, const Tiling& tiling, std::int64_t first,
    std::int64_t count, Bf16* matrices, std::int64_t stride);

/// A e A^T of the tiles' output gradients, likewise: what tilesToOutput() turns gradients into on
/// their way back.
void outputGradientToTiles(const Bf16* gradients, const Tiling& tiling, std::int64_t first,
    std::int64_t count, Bf16* matrices, std::int64_t stride);

/// Sums of products for `count` tiles from the `first` on: 16 matrices (tile, channel), dense, of
/// `channels` output channels from `channel` on.
struct Products {
    const float* matrices = nullptr;
    std::int64_t stride = 0; ///< from one matrix to the next
    std::int64_t first = 0;
    std::int64_t count = 0;
    std::int64_t channel = 0;
    std::int64_t channels = 0;
};

/// A^T m A of each tile, plus the bias of each channel where there is one, no less than zero where
/// `relu`.
void tilesToOutput(
    const Products& products, const Tiling& tiling, const float* bias, bool relu, Bf16* pictures);

// Layout of a product's right side (k, n): panels of `width` columns, one after another, each of
// which has pairs of neighbours along k side by side: (n / width, k / 2, width, 2).

/// G g G^T of filters (out, 3, 3, in) as right sides (in, out): the 16 positions' parts of panel
/// number `panel`, (16, in / 2, width, 2).
void filterToPanel(
    const float* filter, std::int64_t in, std::int64_t panel, std::int64_t width, Bf16* to);

/// Of the same filters turned by 180 degrees and with inputs and outputs exchanged, which take
/// output gradients to input gradients: right sides (out, in), (16, out / 2, width, 2).
void turnedFilterToPanel(const float* filter, std::int64_t out, std::int64_t in, std::int64_t panel,
    std::int64_t width, Bf16* to);

/// A matrix (kGroup, channels) transposed, into rows that are `rowStep` values apart.
void columns(const Bf16* matrix, std::int64_t channels, Bf16* to, std::int64_t rowStep);

/// A matrix (kGroup, channels) as that part along k of a right side; panels `panelStep` values
/// apart.
void pairs(const Bf16* matrix, std::int64_t channels, std::int64_t width, Bf16* to,
    std::int64_t panelStep);

/// G^T s G of sums (16, in, width) for the `width` outputs of panel number `panel`, into the
/// gradients of filters (out, 3, 3, in).
void sumsToFilter(
    const float* sums, std::int64_t in, std::int64_t panel, std::int64_t width, float* filter);

} // namespace vernier::winograd::bf16
