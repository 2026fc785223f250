#include "core/sample/painting.h"

#include <cmath>

#include <opencv2/imgproc.hpp>

namespace vernier {

float smoothStep(float from, float to, float x)
{
    const float t = std::clamp((x - from) / (to - from), 0.0F, 1.0F);
    return t * t * (3 - 2 * t);
}

Colour fromHsv(float hue, float saturation, float value)
{
    const auto channel = [&](float shift) {
        const float k = std::fmod(shift + hue * 6, 6.0F);
        return value - value * saturation * std::clamp(std::min(k, 4 - k), 0.0F, 1.0F);
    };
    return { channel(5), channel(3), channel(1) };
}

float Noise::at(float x, float y) const
{
    const float left = std::floor(x);
    const float top = std::floor(y);
    const auto lattice = [&](int dx, int dy) {
        auto h = m_seed
            + static_cast<std::uint64_t>(static_cast<std::int64_t>(left) + dx)
                * 0x9E3779B97F4A7C15ull
            + static_cast<std::uint64_t>(static_cast<std::int64_t>(top) + dy)
                * 0xC2B2AE3D27D4EB4Full;
        h = (h ^ (h >> 29)) * 0xBF58476D1CE4E5B9ull;
        h ^= h >> 32;
        return static_cast<float>(h & 0xFFFF) / 32767.5F - 1;
    };
    const float sx = smoothStep(0, 1, x - left);
    const float sy = smoothStep(0, 1, y - top);
    return mixed(
        mixed(lattice(0, 0), lattice(1, 0), sx), mixed(lattice(0, 1), lattice(1, 1), sx), sy);
}

float Noise::cloud(float x, float y, int octaves) const
{
    float sum = 0;
    float height = 0.5F;
    for (int i = 0; i < octaves; ++i, height /= 2, x = 2 * x + 17.3F, y = 2 * y - 9.1F)
        sum += height * at(x, y);
    return sum;
}

void lay(Canvas& canvas, const Layer& layer, const Light& light)
{
    const auto edge = static_cast<float>(canvas.cols);
    // A low light throws far; the limit keeps the shadow beside its thing.
    const float reach = layer.height * edge / std::max(light.direction[2], 0.4F);
    const cv::Matx23f shift(1, 0, -light.direction[0] * reach, 0, 1, -light.direction[1] * reach);
    Coverage shadow;
    cv::warpAffine(layer.coverage, shadow, shift, layer.coverage.size(), cv::INTER_LINEAR,
        cv::BORDER_REPLICATE);
    cv::GaussianBlur(shadow, shadow, {}, 0.6 + light.softness * edge * (0.3F + 12 * layer.height));
    for (int y = 0; y < canvas.rows; ++y) {
        for (int x = 0; x < canvas.cols; ++x) {
            const float shaded = 1 - light.darkness * shadow(y, x);
            canvas(y, x) = mixed(canvas(y, x) * shaded, layer.colour(y, x), layer.coverage(y, x));
        }
    }
}

} // namespace vernier
