#include "core/model/winograd.h"

#include "core/model/winograd_tiles.h"

#include <ATen/Parallel.h>

#include <algorithm>
#include <vector>

namespace vernier {

namespace {

using namespace winograd;

/// Below it the transforms cost more than the multiplications they save.
constexpr std::int64_t kFewestChannels = 32;
/// Tiles that are worked on together: enough rows for a fast matrix product, few enough for the
/// cache.
constexpr std::int64_t kTilesTogether = 128;

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

/// Floats from one position's matrix to the next: an odd number of cache lines, or all 36 would
/// compete for the same few lines of the cache.
std::int64_t strideOf(std::int64_t rows, std::int64_t channels)
{
    constexpr std::int64_t kLine = 16;
    return (rows * channels / kLine | 1) * kLine;
}

torch::Tensor matrices(float* values, std::int64_t rows, std::int64_t channels, std::int64_t stride)
{
    return torch::from_blob(values, { kPositions, rows, channels }, { stride, channels, 1 });
}

Tiling tilingOf(const torch::Tensor& x) { return { x.size(2), x.size(3), x.size(1) }; }

/// Memory for a thread's tiles, kept from call to call: fresh memory costs as much as the
/// arithmetic.
float* scratch(std::size_t which, std::int64_t floats)
{
    thread_local std::vector<float> kept[2];
    if (kept[which].size() < static_cast<std::size_t>(floats))
        kept[which].resize(static_cast<std::size_t>(floats));
    return kept[which].data();
}

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
        const auto vStride = strideOf(kTilesTogether, in.channels);
        const auto mStride = strideOf(kTilesTogether, out.channels);
        auto* v = scratch(0, kPositions * vStride);
        auto* m = scratch(1, kPositions * mStride);
        for (auto block = begin; block < end; ++block) {
            const auto first = block * kTilesTogether;
            const auto count = std::min(kTilesTogether, tiles - first);
            inputToTiles(from, in, { first, count, v, count * in.channels });
            auto products = torch::from_blob(m, { kPositions, count, out.channels });
            at::bmm_out(products, torch::from_blob(v, { kPositions, count, in.channels }), filter);
            tilesToOutput({ first, count, m, count * out.channels }, out, biases, relu, to);
        }
    });
    return y;
}

/// Gradient of the filter, (out, in, 3, 3): the way of convolved() back, summed over all tiles.
/// Tiles are transformed by all threads, then each position's product is one thread's, so that the
/// sums do not depend on their number.
torch::Tensor filterGradient(const torch::Tensor& x, const torch::Tensor& gradient)
{
    constexpr std::int64_t kTilesAtOnce = 256;
    const auto in = tilingOf(x), out = tilingOf(gradient);
    const auto tiles = x.size(0) * in.tiles();
    const auto* pictures = x.const_data_ptr<float>();
    const auto* gradients = gradient.const_data_ptr<float>();
    auto sums = torch::zeros({ kPositions, in.channels, out.channels }, x.options());
    const auto vStride = strideOf(kTilesAtOnce, in.channels);
    const auto eStride = strideOf(kTilesAtOnce, out.channels);
    auto* v = scratch(0, kPositions * vStride);
    auto* e = scratch(1, kPositions * eStride);
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

class Convolution : public torch::autograd::Function<Convolution> {
public:
    static torch::Tensor forward(torch::autograd::AutogradContext* context, const torch::Tensor& x,
        const torch::Tensor& weight, const torch::Tensor& bias, bool relu)
    {
        auto y = convolved(x, transformedFilter(weight), bias, relu);
        context->save_for_backward({ x, weight, relu ? y : torch::Tensor() });
        return y;
    }

    static torch::autograd::variable_list backward(
        torch::autograd::AutogradContext* context, torch::autograd::variable_list gradients)
    {
        const auto saved = context->get_saved_variables();
        auto gradient = gradients[0].contiguous(at::MemoryFormat::ChannelsLast);
        if (saved[2].defined())
            gradient = at::threshold_backward(gradient, saved[2], 0);
        torch::Tensor ofX, ofWeight, ofBias;
        if (context->needs_input_grad(0))
            ofX = convolved(gradient, transformedFilter(turned(saved[1])), {}, false);
        if (context->needs_input_grad(1))
            ofWeight = filterGradient(saved[0], gradient);
        if (context->needs_input_grad(2))
            ofBias = gradient.sum({ 0, 2, 3 });
        return { ofX, ofWeight, ofBias, torch::Tensor() };
    }
};

} // namespace

bool winogradServes(const torch::Tensor& x, const torch::Tensor& weight, int stride, int padding)
{
    return x.device().is_cpu() && x.scalar_type() == torch::kFloat
        && weight.scalar_type() == torch::kFloat && weight.size(2) == 3 && weight.size(3) == 3
        && stride == 1 && padding == 1 && weight.size(0) >= kFewestChannels
        && weight.size(1) >= kFewestChannels && weight.size(0) % kLanes == 0
        && weight.size(1) % kLanes == 0;
}

torch::Tensor winogradConvolution(
    const torch::Tensor& x, const torch::Tensor& weight, const torch::Tensor& bias, bool relu)
{
    const auto input = x.contiguous(at::MemoryFormat::ChannelsLast);
    if (torch::GradMode::is_enabled()
        && (input.requires_grad() || weight.requires_grad() || bias.requires_grad()))
        return Convolution::apply(input, weight, bias, relu);
    return convolved(input, transformedFilter(weight), bias, relu);
}

} // namespace vernier
