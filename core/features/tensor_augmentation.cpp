#include "core/features/tensor_augmentation.h"

#include "core/model/compute.h"

#include <algorithm>
#include <array>

namespace vernier {

namespace {

/// One row of numbers a picture, as columns that stretch over its pixels.
class Parameters {
public:
    template <std::size_t N>
    Parameters(const std::vector<std::array<double, N>>& rows, torch::Device device)
    {
        const auto n = static_cast<std::int64_t>(rows.size());
        auto values = torch::empty({ n, static_cast<std::int64_t>(N) }, torch::kDouble);
        std::copy_n(rows.front().data(), rows.size() * N, values.data_ptr<double>());
        m_values = onDevice(values, device);
    }
    torch::Tensor operator[](std::int64_t column) const
    {
        return m_values.select(1, column).view({ -1, 1, 1 });
    }

private:
    torch::Tensor m_values;
};

/// Where coordinates are read along an edge: two neighbours and the share of the second.
struct Taps {
    torch::Tensor first;
    torch::Tensor second;
    torch::Tensor share;
    torch::Tensor outside; ///< undefined: nowhere
};

Taps tapsAt(torch::Tensor position, std::int64_t size, FillMode fill)
{
    const auto last = static_cast<double>(size - 1);
    torch::Tensor outside;
    if (fill == FillMode::Constant) {
        outside = position.lt(0).logical_or_(position.gt(last));
    } else if (fill == FillMode::Reflect) {
        // The edge pixel is repeated: d c b a | a b c d | d c b a.
        const double period = 2.0 * static_cast<double>(size);
        position = (position + 0.5).fmod_(period);
        position = at::where(position.lt(0), position + period, position);
        position = at::where(
            position.gt(static_cast<double>(size)), period - position - 0.5, position - 0.5);
    }
    position = position.clamp(0, last);
    const auto first = position.to(torch::kLong);
    return { first, (first + 1).clamp_max_(size - 1), (position - first).to(torch::kFloat),
        outside };
}

torch::Tensor rounded(const torch::Tensor& values)
{
    return (values + 0.5).clamp_(0, 255).to(torch::kByte);
}

torch::Tensor warped(
    const torch::Tensor& pictures, const std::vector<AugmentationDraw>& draws, FillMode fill)
{
    const auto device = pictures.device();
    const auto n = pictures.size(0);
    const auto height = pictures.size(1);
    const auto width = pictures.size(2);
    std::vector<std::array<double, 10>> rows;
    for (const auto& draw : draws) {
        const auto m = outputToInput(draw, static_cast<int>(height), static_cast<int>(width));
        const auto mirror = [](bool flips, std::int64_t size) {
            return std::pair(flips ? -1.0 : 1.0, flips ? static_cast<double>(size - 1) : 0.0);
        };
        const auto [stepX, startX] = mirror(draw.flipHorizontally, width);
        const auto [stepY, startY] = mirror(draw.flipVertically, height);
        rows.push_back({ m[0], m[1], m[2], m[3], m[4], m[5], stepX, startX, stepY, startY });
    }
    const Parameters p(rows, device);
    // In doubles, or a position on the very edge would come to lie beyond it.
    const auto doubles = torch::TensorOptions(torch::kDouble).device(device);
    const auto column = at::arange(width, doubles).view({ 1, 1, width }) * p[6] + p[7];
    const auto row = at::arange(height, doubles).view({ 1, height, 1 }) * p[8] + p[9];
    const auto across = tapsAt(p[0] * column + p[1] * row + p[2], width, fill);
    const auto down = tapsAt(p[3] * column + p[4] * row + p[5], height, fill);

    const auto pixels = pictures.reshape({ n * height * width, 3 });
    const auto firstPixel
        = at::arange(n, doubles.dtype(torch::kLong)).view({ n, 1, 1 }) * (height * width);
    const auto at = [&](const torch::Tensor& tapRow, const torch::Tensor& tapColumn) {
        return pixels.index_select(0, (firstPixel + tapRow * width + tapColumn).view(-1))
            .to(torch::kFloat);
    };
    const auto between
        = [](const torch::Tensor& a, const torch::Tensor& b, const torch::Tensor& share) {
              return a + share.view({ -1, 1 }) * (b - a);
          };
    const auto above
        = between(at(down.first, across.first), at(down.first, across.second), across.share);
    const auto below
        = between(at(down.second, across.first), at(down.second, across.second), across.share);
    auto result = rounded(between(above, below, down.share));
    if (fill == FillMode::Constant)
        result.masked_fill_(across.outside.logical_or(down.outside).view({ -1, 1 }), 0);
    return result.view({ n, height, width, 3 });
}

torch::Tensor greyOf(const torch::Tensor& rgb)
{
    return rgb.select(3, 0) * 0.299 + rgb.select(3, 1) * 0.587 + rgb.select(3, 2) * 0.114;
}

torch::Tensor recoloured(const torch::Tensor& pictures, const std::vector<AugmentationDraw>& draws)
{
    std::vector<std::array<double, 3>> rows;
    for (const auto& draw : draws)
        rows.push_back({ draw.brightness, draw.contrast, draw.saturation });
    const Parameters p(rows, pictures.device());
    const auto factor
        = [&](std::int64_t column) { return p[column].to(torch::kFloat).unsqueeze(3); };
    const auto rgb = pictures.to(torch::kFloat);
    const auto mean = factor(0)
        * greyOf(rgb).to(torch::kDouble).mean({ 1, 2 }).to(torch::kFloat).view({ -1, 1, 1, 1 });
    const auto value = mean + factor(1) * (factor(0) * rgb - mean);
    const auto grey = greyOf(value).unsqueeze(3);
    return rounded(grey + factor(2) * (value - grey));
}

} // namespace

torch::Tensor augmented(
    const torch::Tensor& pictures, const std::vector<AugmentationDraw>& draws, FillMode fill)
{
    const torch::NoGradGuard noGrad;
    const auto any
        = [&](auto property) { return std::any_of(draws.begin(), draws.end(), property); };
    const auto height = static_cast<int>(pictures.size(1));
    const auto width = static_cast<int>(pictures.size(2));
    const auto moves = [&](const AugmentationDraw& d) {
        return d.flipHorizontally || d.flipVertically
            || outputToInput(d, height, width) != outputToInput({}, height, width);
    };
    const auto recolours = [](const AugmentationDraw& d) {
        return d.brightness != 1 || d.contrast != 1 || d.saturation != 1;
    };
    auto result = pictures;
    if (any(moves))
        result = warped(result, draws, fill);
    if (any(recolours))
        result = recoloured(result, draws);
    return result;
}

} // namespace vernier
