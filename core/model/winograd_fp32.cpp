#include "core/model/winograd_arithmetic.h"
#include "core/model/winograd_fp32_tiles.h"

#include <ATen/Parallel.h>

namespace vernier::winograd::fp32 {

namespace {

/// Tiles that are worked on together: enough rows for a fast matrix product, few enough for the
/// cache.
constexpr std::int64_t kTilesTogether = 128;

/// Their number in a product is a multiple of it: with fewer rows MKL sums in another order, and a
/// picture's numbers would depend on those beside it.
constexpr std::int64_t kRows = 16;

/// Rows of G: six values of a transformed filter from its three.
constexpr double kFilter[6][3]
    = { { 1 / 4.0, 0, 0 }, { -1 / 6.0, -1 / 6.0, -1 / 6.0 }, { -1 / 6.0, 1 / 6.0, -1 / 6.0 },
          { 1 / 24.0, 1 / 12.0, 1 / 6.0 }, { 1 / 24.0, -1 / 12.0, 1 / 6.0 }, { 0, 0, 1 } };

/// (36, 9): G times a filter times G^T, as one matrix.
const torch::Tensor& filterMatrix()
{
    static const torch::Tensor matrix = [] {
        auto m = torch::empty({ kPositions, 9 });
        auto values = m.accessor<float, 2>();
        for (int i = 0; i < 6; ++i) {
            for (int j = 0; j < 6; ++j) {
                for (int y = 0; y < 3; ++y) {
                    for (int x = 0; x < 3; ++x)
                        values[i * 6 + j][y * 3 + x]
                            = static_cast<float>(kFilter[i][y] * kFilter[j][x]);
                }
            }
        }
        return m;
    }();
    return matrix;
}

/// (36, in, out) from (out, in, 3, 3).
torch::Tensor transformedFilter(const torch::Tensor& weight)
{
    const auto out = weight.size(0), in = weight.size(1);
    return at::mm(filterMatrix(), weight.permute({ 2, 3, 1, 0 }).reshape({ 9, in * out }))
        .view({ kPositions, in, out });
}

/// The filter that takes output gradients to input gradients: turned by 180 degrees, channels
/// exchanged.
torch::Tensor turned(const torch::Tensor& weight)
{
    return weight.flip({ 2, 3 }).permute({ 1, 0, 2, 3 });
}

torch::Tensor matrices(float* values, std::int64_t rows, std::int64_t channels, std::int64_t stride)
{
    return torch::from_blob(values, { kPositions, rows, channels }, { stride, channels, 1 });
}

Tiling tilingOf(const torch::Tensor& x) { return { x.size(2), x.size(3), x.size(1), kTile }; }

/// `x` and the result channels-last; `filter` as from transformedFilter().
torch::Tensor convolved(
    const torch::Tensor& x, const torch::Tensor& filter, const torch::Tensor& bias, bool relu)
{
    const auto in = tilingOf(x);
    auto out = in;
    out.channels = filter.size(2);
    auto y = torch::empty({ x.size(0), out.channels, out.height, out.width },
        x.options().memory_format(at::MemoryFormat::ChannelsLast));
    const auto* from = x.const_data_ptr<float>();
    const auto* biases = bias.defined() ? bias.const_data_ptr<float>() : nullptr;
    auto* to = y.data_ptr<float>();
    const auto tiles = x.size(0) * in.tiles();
    const auto blocks = (tiles + kTilesTogether - 1) / kTilesTogether;
    at::parallel_for(0, blocks, 1, [&](std::int64_t begin, std::int64_t end) {
        const torch::NoGradGuard noGrad;
        const auto vStride = strideOf<float>(kTilesTogether, in.channels);
        const auto mStride = strideOf<float>(kTilesTogether, out.channels);
        auto* v = scratch<float>(0, kPositions * vStride);
        auto* m = scratch<float>(1, kPositions * mStride);
        for (auto block = begin; block < end; ++block) {
            const auto first = block * kTilesTogether;
            const auto count = std::min(kTilesTogether, tiles - first);
            const auto rows = (count + kRows - 1) / kRows * kRows;
            inputToTiles(from, in, { first, count, v, rows * in.channels });
            auto products = torch::from_blob(m, { kPositions, rows, out.channels });
            at::bmm_out(products, torch::from_blob(v, { kPositions, rows, in.channels }), filter);
            tilesToOutput({ first, count, m, rows * out.channels }, out, biases, relu, to);
        }
    });
    return y;
}

} // namespace

torch::Tensor forward(
    const torch::Tensor& x, const torch::Tensor& weight, const torch::Tensor& bias, bool relu)
{
    return convolved(x, transformedFilter(weight), bias, relu);
}

torch::Tensor inputGradient(const torch::Tensor& gradient, const torch::Tensor& weight)
{
    return convolved(gradient, transformedFilter(turned(weight)), {}, false);
}

// The way of convolved() back, summed over all tiles, which all threads transform before each takes
// some positions' products. MKL's last digits depend on the number of threads, which a run records.
torch::Tensor filterGradient(const torch::Tensor& x, const torch::Tensor& gradient)
{
    constexpr std::int64_t kTilesAtOnce = 256;
    const auto in = tilingOf(x), out = tilingOf(gradient);
    const auto tiles = x.size(0) * in.tiles();
    const auto* pictures = x.const_data_ptr<float>();
    const auto* gradients = gradient.const_data_ptr<float>();
    auto sums = torch::zeros({ kPositions, in.channels, out.channels }, x.options());
    const auto vStride = strideOf<float>(kTilesAtOnce, in.channels);
    const auto eStride = strideOf<float>(kTilesAtOnce, out.channels);
    auto* v = scratch<float>(0, kPositions * vStride);
    auto* e = scratch<float>(1, kPositions * eStride);
    for (std::int64_t first = 0; first < tiles; first += kTilesAtOnce) {
        const auto count = std::min(kTilesAtOnce, tiles - first);
        at::parallel_for(0, count, 8, [&](std::int64_t begin, std::int64_t end) {
            inputToTiles(
                pictures, in, { first + begin, end - begin, v + begin * in.channels, vStride });
            outputGradientToTiles(
                gradients, out, { first + begin, end - begin, e + begin * out.channels, eStride });
        });
        const auto vs = matrices(v, count, in.channels, vStride).transpose(1, 2);
        const auto es = matrices(e, count, out.channels, eStride);
        at::parallel_for(0, kPositions, 1, [&](std::int64_t begin, std::int64_t end) {
            const torch::NoGradGuard noGrad;
            sums.slice(0, begin, end).baddbmm_(vs.slice(0, begin, end), es.slice(0, begin, end));
        });
    }
    return at::mm(filterMatrix().t(), sums.view({ kPositions, -1 }))
        .view({ 3, 3, in.channels, out.channels })
        .permute({ 3, 2, 0, 1 })
        .contiguous(at::MemoryFormat::ChannelsLast);
}

} // namespace vernier::winograd::fp32
