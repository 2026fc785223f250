#include "core/image/augmentation.h"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace vernier {

namespace {

using Matrix = std::array<double, 9>;

Matrix product(const Matrix& a, const Matrix& b)
{
    Matrix result {};
    for (std::size_t row = 0; row < 3; ++row) {
        for (std::size_t column = 0; column < 3; ++column) {
            for (std::size_t k = 0; k < 3; ++k)
                result[row * 3 + column] += a[row * 3 + k] * b[k * 3 + column];
        }
    }
    return result;
}

double radians(double degrees) { return degrees * std::numbers::pi / 180; }

/// Where a coordinate is read along an edge of `size` pixels: two neighbours and the share of the
/// second.
struct Tap {
    int first = 0;
    int second = 0;
    float share = 0;
    bool outside = false;
};

Tap tapAt(double position, int size, FillMode fill)
{
    const double last = size - 1;
    switch (fill) {
    case FillMode::Nearest:
        position = std::clamp(position, 0.0, last);
        break;
    case FillMode::Constant:
        if (position < 0 || position > last)
            return { .outside = true };
        break;
    case FillMode::Reflect: {
        // The edge pixel is repeated: d c b a | a b c d | d c b a.
        const double period = 2.0 * size;
        position = std::fmod(position + 0.5, period);
        position = position < 0 ? position + period : position;
        position = position > size ? period - position - 0.5 : position - 0.5;
        position = std::clamp(position, 0.0, last);
        break;
    }
    }
    const int first = static_cast<int>(position);
    return { first, std::min(first + 1, size - 1), static_cast<float>(position - first), false };
}

std::uint8_t rounded(float value)
{
    return static_cast<std::uint8_t>(std::clamp(value + 0.5F, 0.0F, 255.0F));
}

Picture warped(const Picture& picture, const AugmentationDraw& draw, FillMode fill)
{
    const int width = picture.width;
    const int height = picture.height;
    const auto m = outputToInput(draw, height, width);
    Picture result { width, height, std::vector<std::uint8_t>(picture.rgb.size()) };
    const std::uint8_t* in = picture.rgb.data();
    std::uint8_t* out = result.rgb.data();
    for (int y = 0; y < height; ++y) {
        const int row = draw.flipVertically ? height - 1 - y : y;
        for (int x = 0; x < width; ++x, out += 3) {
            const int column = draw.flipHorizontally ? width - 1 - x : x;
            const auto across = tapAt(m[0] * column + m[1] * row + m[2], width, fill);
            const auto down = tapAt(m[3] * column + m[4] * row + m[5], height, fill);
            if (across.outside || down.outside)
                continue;
            const auto at = [&](int tapRow, int tapColumn) {
                return in + (static_cast<std::ptrdiff_t>(tapRow) * width + tapColumn) * 3;
            };
            const auto* a = at(down.first, across.first);
            const auto* b = at(down.first, across.second);
            const auto* c = at(down.second, across.first);
            const auto* d = at(down.second, across.second);
            for (int channel = 0; channel < 3; ++channel) {
                const float above
                    = a[channel] + across.share * static_cast<float>(b[channel] - a[channel]);
                const float below
                    = c[channel] + across.share * static_cast<float>(d[channel] - c[channel]);
                out[channel] = rounded(above + down.share * (below - above));
            }
        }
    }
    return result;
}

float greyOf(float r, float g, float b) { return 0.299F * r + 0.587F * g + 0.114F * b; }

void recolour(Picture& picture, const AugmentationDraw& draw)
{
    auto& rgb = picture.rgb;
    double sum = 0;
    for (std::size_t i = 0; i < rgb.size(); i += 3)
        sum += greyOf(rgb[i], rgb[i + 1], rgb[i + 2]);
    const auto brightness = static_cast<float>(draw.brightness);
    const auto contrast = static_cast<float>(draw.contrast);
    const auto saturation = static_cast<float>(draw.saturation);
    const float mean = brightness * static_cast<float>(sum / (static_cast<double>(rgb.size()) / 3));
    for (std::size_t i = 0; i < rgb.size(); i += 3) {
        std::array<float, 3> value {};
        for (std::size_t c = 0; c < 3; ++c)
            value[c] = mean + contrast * (brightness * rgb[i + c] - mean);
        const float grey = greyOf(value[0], value[1], value[2]);
        for (std::size_t c = 0; c < 3; ++c)
            rgb[i + c] = rounded(grey + saturation * (value[c] - grey));
    }
}

} // namespace

bool Augmentation::none() const
{
    Augmentation unchanged;
    unchanged.fill = fill;
    return *this == unchanged;
}

AugmentationDraw draw(const Augmentation& ranges, int height, int width, Random& random)
{
    const auto eachWay = [&](double range) { return random.uniform(-range, range); };
    AugmentationDraw result;
    result.theta = eachWay(ranges.rotation);
    result.tx = eachWay(ranges.widthShift) * width;
    result.ty = eachWay(ranges.heightShift) * height;
    result.shear = eachWay(ranges.shear);
    result.zx = random.uniform(ranges.zoomLow, ranges.zoomHigh);
    result.zy = random.uniform(ranges.zoomLow, ranges.zoomHigh);
    const bool heads = random.uniform() < 0.5;
    const bool tails = random.uniform() < 0.5;
    result.flipHorizontally = ranges.horizontalFlip && heads;
    result.flipVertically = ranges.verticalFlip && tails;
    result.brightness = 1 + eachWay(ranges.brightness);
    result.contrast = 1 + eachWay(ranges.contrast);
    result.saturation = 1 + eachWay(ranges.saturation);
    return result;
}

std::array<double, 9> outputToInput(const AugmentationDraw& draw, int height, int width)
{
    const double theta = radians(draw.theta);
    const double shear = radians(draw.shear);
    const Matrix rotation { std::cos(theta), -std::sin(theta), 0, std::sin(theta), std::cos(theta),
        0, 0, 0, 1 };
    const Matrix shift { 1, 0, draw.tx, 0, 1, draw.ty, 0, 0, 1 };
    const Matrix shearing { 1, -std::sin(shear), 0, 0, std::cos(shear), 0, 0, 0, 1 };
    const Matrix zoom { draw.zx, 0, 0, 0, draw.zy, 0, 0, 0, 1 };
    const double centreX = width / 2.0 - 0.5;
    const double centreY = height / 2.0 - 0.5;
    const Matrix toCentre { 1, 0, -centreX, 0, 1, -centreY, 0, 0, 1 };
    const Matrix fromCentre { 1, 0, centreX, 0, 1, centreY, 0, 0, 1 };
    const auto change = product(product(product(rotation, shift), shearing), zoom);
    return product(product(fromCentre, change), toCentre);
}

Picture augmented(const Picture& picture, const AugmentationDraw& draw, FillMode fill)
{
    constexpr Matrix kIdentity { 1, 0, 0, 0, 1, 0, 0, 0, 1 };
    const bool moves = draw.flipHorizontally || draw.flipVertically
        || outputToInput(draw, picture.height, picture.width) != kIdentity;
    Picture result = moves ? warped(picture, draw, fill) : picture;
    if (draw.brightness != 1 || draw.contrast != 1 || draw.saturation != 1)
        recolour(result, draw);
    return result;
}

} // namespace vernier
