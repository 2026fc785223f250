#include "core/model/compute.h"
#include "core/model/winograd_arithmetic.h"
#include "core/model/winograd_bf16_tiles.h"

#include <ATen/Parallel.h>
#include <ATen/native/CPUBlas.h>

#include <array>

namespace vernier::winograd::bf16 {

#ifdef VERNIER_BF16_TILES

namespace {

/// Values of one position's tiles that are worked on together: enough rows for a fast matrix
/// product, few enough that all positions' stay in a core's own cache.
constexpr std::int64_t kValuesTogether = 16 * 1024;
/// Likewise for a filter's gradient, whose products are shared by all cores.
constexpr std::int64_t kValuesOfGradient = 512 * 1024;

Tiling tilingOf(const torch::Tensor& x) { return { x.size(2), x.size(3), x.size(1), kTile }; }

/// Columns of a panel: what oneDNN's kernels do best, or half of it.
std::int64_t widthOf(std::int64_t channels) { return channels % 64 == 0 ? 64 : kMultiple; }

const Bf16* values(const torch::Tensor& x)
{
    return reinterpret_cast<const Bf16*>(x.const_data_ptr<at::BFloat16>());
}

Bf16* values(torch::Tensor& x) { return reinterpret_cast<Bf16*>(x.data_ptr<at::BFloat16>()); }

/// sums (m, n) = or += a (m, k) b (k, n), b and sums as one panel.
void multiply(std::int64_t m, std::int64_t n, std::int64_t k, const Bf16* a, std::int64_t aStep,
    const Bf16* b, bool add, float* sums)
{
    at::native::cpublas::brgemm(m, n, k, aStep, n, n, add, reinterpret_cast<const at::BFloat16*>(a),
        reinterpret_cast<const at::BFloat16*>(b), sums, true);
}

/// Transformed filters, as right sides of the 16 positions' products.
struct Panels {
    torch::Tensor values; ///< (n / width, 16, k / 2, width, 2)

    std::int64_t count() const { return values.size(0); }
    std::int64_t width() const { return values.size(3); }
    std::int64_t channels() const { return count() * width(); }
};

Panels panelsOf(const torch::Tensor& weight, bool turned)
{
    const auto filter = weight.contiguous(at::MemoryFormat::ChannelsLast);
    const auto* from = filter.const_data_ptr<float>();
    const auto out = weight.size(0), in = weight.size(1);
    const auto k = turned ? out : in, n = turned ? in : out;
    const auto width = widthOf(n);
    Panels panels { torch::empty({ n / width, kPositions, k / 2, width, 2 }, torch::kBFloat16) };
    auto* to = values(panels.values);
    at::parallel_for(0, n / width, 1, [&](std::int64_t begin, std::int64_t end) {
        for (auto panel = begin; panel < end; ++panel) {
            auto* own = to + panel * kPositions * k * width;
            if (turned)
                turnedFilterToPanel(from, out, in, panel, width, own);
            else
                filterToPanel(from, in, panel, width, own);
        }
    });
    return panels;
}

torch::Tensor convolved(
    const torch::Tensor& x, const Panels& panels, const torch::Tensor& bias, bool relu)
{
    const auto in = tilingOf(x);
    auto out = in;
    out.channels = panels.channels();
    auto y = torch::empty({ x.size(0), out.channels, out.height, out.width },
        x.options().memory_format(at::MemoryFormat::ChannelsLast));
    const auto width = panels.width();
    const auto* from = values(x);
    const auto* filters = values(panels.values);
    const auto* biases = bias.defined() ? bias.const_data_ptr<float>() : nullptr;
    auto* to = values(y);
    const auto tiles = x.size(0) * in.tiles();
    const auto together = std::max(kValuesTogether / in.channels, kGroup);
    at::parallel_for(
        0, (tiles + together - 1) / together, 1, [&](std::int64_t begin, std::int64_t end) {
            const auto vStride = strideOf<Bf16>(together, in.channels);
            const auto mStride = strideOf<float>(together, width);
            auto* v = scratch<Bf16>(0, kPositions * vStride);
            auto* m = scratch<float>(0, kPositions * mStride);
            for (auto block = begin; block < end; ++block) {
                const auto first = block * together;
                const auto count = std::min(together, tiles - first);
                inputToTiles(from, in, first, count, v, vStride);
                for (std::int64_t panel = 0; panel < panels.count(); ++panel) {
                    for (std::int64_t position = 0; position < kPositions; ++position)
                        multiply(count, width, in.channels, v + position * vStride, in.channels,
                            filters + (panel * kPositions + position) * in.channels * width, false,
                            m + position * mStride);
                    tilesToOutput(
                        { m, mStride, first, count, panel * width, width }, out, biases, relu, to);
                }
            }
        });
    return y;
}

} // namespace

bool served()
{
    static const bool is = [] {
        if (!processorHas("avx512_bf16") || processorHas("amx_bf16"))
            return false;
        // oneDNN may have been told to leave it alone, or be built without.
        try {
            const std::array<Bf16, 2 * kMultiple> ones {};
            std::array<float, kMultiple> sums {};
            multiply(1, kMultiple, 2, ones.data(), 2, ones.data(), false, sums.data());
            return true;
        } catch (const std::exception&) {
            return false;
        }
    }();
    return is;
}

torch::Tensor forward(
    const torch::Tensor& x, const torch::Tensor& weight, const torch::Tensor& bias, bool relu)
{
    return convolved(x, panelsOf(weight, false), bias, relu);
}

torch::Tensor inputGradient(const torch::Tensor& gradient, const torch::Tensor& weight)
{
    return convolved(gradient, panelsOf(weight, true), {}, false);
}

// The way of convolved() back, summed over all tiles: a product along the tiles, so that the inputs
// lie in columns and the gradients in pairs. Each sum is one thread's, so that it does not depend
// on their number.
torch::Tensor filterGradient(const torch::Tensor& x, const torch::Tensor& gradient)
{
    const auto in = tilingOf(x), out = tilingOf(gradient);
    const auto width = widthOf(out.channels), panels = out.channels / width;
    const auto tiles = x.size(0) * in.tiles();
    const auto most = kValuesOfGradient / std::max(in.channels, out.channels);
    const auto together = std::clamp((tiles + kGroup - 1) / kGroup, std::int64_t { 1 },
                              std::max(most / kGroup, std::int64_t { 1 }))
        * kGroup;
    const auto rowStep = strideOf<Bf16>(together, 1);
    auto inputs = torch::empty({ kPositions, in.channels, rowStep }, x.options());
    auto gradients = torch::empty({ kPositions, panels, together / 2, width, 2 }, x.options());
    auto sums = torch::zeros({ panels, kPositions, in.channels, width }, torch::kFloat);
    const auto* fromX = values(x);
    const auto* fromGradient = values(gradient);
    auto* toInputs = values(inputs);
    auto* toGradients = values(gradients);
    auto* toSums = sums.data_ptr<float>();
    for (std::int64_t first = 0; first < tiles; first += together) {
        const auto groups = (std::min(together, tiles - first) + kGroup - 1) / kGroup;
        at::parallel_for(0, groups, 1, [&](std::int64_t begin, std::int64_t end) {
            const auto vStride = strideOf<Bf16>(kGroup, in.channels);
            const auto eStride = strideOf<Bf16>(kGroup, out.channels);
            auto* v = scratch<Bf16>(0, kPositions * vStride);
            auto* e = scratch<Bf16>(1, kPositions * eStride);
            for (auto group = begin; group < end; ++group) {
                const auto own = first + group * kGroup;
                const auto count = std::min(kGroup, tiles - own);
                inputToTiles(fromX, in, own, count, v, vStride);
                outputGradientToTiles(fromGradient, out, own, count, e, eStride);
                for (std::int64_t position = 0; position < kPositions; ++position) {
                    auto* vs = v + position * vStride;
                    auto* es = e + position * eStride;
                    // What is left over from other tiles would be added.
                    std::fill(vs + count * in.channels, vs + kGroup * in.channels, Bf16 {});
                    std::fill(es + count * out.channels, es + kGroup * out.channels, Bf16 {});
                    columns(vs, in.channels,
                        toInputs + position * in.channels * rowStep + group * kGroup, rowStep);
                    pairs(es, out.channels, width,
                        toGradients + position * out.channels * together + group * kGroup * width,
                        together * width);
                }
            }
        });
        at::parallel_for(0, panels * kPositions, 1, [&](std::int64_t begin, std::int64_t end) {
            for (auto index = begin; index < end; ++index) {
                const auto panel = index / kPositions, position = index % kPositions;
                multiply(in.channels, width, groups * kGroup,
                    toInputs + position * in.channels * rowStep, rowStep,
                    toGradients + (position * panels + panel) * together * width, first > 0,
                    toSums + index * in.channels * width);
            }
        });
    }
    auto filter = torch::empty({ out.channels, in.channels, 3, 3 },
        sums.options().memory_format(at::MemoryFormat::ChannelsLast));
    auto* to = filter.data_ptr<float>();
    at::parallel_for(0, panels, 1, [&](std::int64_t begin, std::int64_t end) {
        for (auto panel = begin; panel < end; ++panel)
            sumsToFilter(
                toSums + panel * kPositions * in.channels * width, in.channels, panel, width, to);
    });
    return filter;
}

#else

bool served() { return false; }

torch::Tensor forward(const torch::Tensor&, const torch::Tensor&, const torch::Tensor&, bool)
{
    TORCH_CHECK(false, "not built for this processor");
}

torch::Tensor inputGradient(const torch::Tensor&, const torch::Tensor&)
{
    TORCH_CHECK(false, "not built for this processor");
}

torch::Tensor filterGradient(const torch::Tensor&, const torch::Tensor&)
{
    TORCH_CHECK(false, "not built for this processor");
}

#endif

} // namespace vernier::winograd::bf16
