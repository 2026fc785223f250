#include "tests/support/painted_picture.h"

#include "core/base/random.h"
#include "core/image/decode.h"
#include "tests/support/give_up.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdlib>

namespace vernier::test {

namespace {

using Colour = std::array<double, 3>;

Picture painted(int width, int height, const Colour& left, const Colour& right, const Colour& disc)
{
    Picture picture { width, height, {} };
    picture.rgb.resize(static_cast<std::size_t>(width) * static_cast<std::size_t>(height) * 3);
    const double radius = std::min(width, height) / 6.0;
    auto* out = picture.rgb.data();
    for (int y = 0; y < height; ++y) {
        for (int x = 0; x < width; ++x) {
            const double distance = std::hypot(x - width / 4.0, y - height / 4.0);
            const double inDisc = std::clamp((radius - distance) / 4 + 0.5, 0.0, 1.0);
            const double across = (x + 0.5) / width;
            const double light = 0.6 + 0.4 * (y + 0.5) / height;
            for (std::size_t c = 0; c < 3; ++c) {
                const double ground = (left[c] * (1 - across) + right[c] * across) * light;
                *out++ = static_cast<std::uint8_t>(
                    std::lround(ground * (1 - inDisc) + disc[c] * inDisc));
            }
        }
    }
    return picture;
}

Colour randomColour(Random& random, double low, double high)
{
    return { random.uniform(low, high), random.uniform(low, high), random.uniform(low, high) };
}

std::vector<std::byte> orDie(Result<std::vector<std::byte>> bytes)
{
    if (!bytes)
        giveUp(bytes.error().text());
    return *std::move(bytes);
}

} // namespace

Picture paintedPicture(int width, int height, std::uint64_t seed)
{
    Random random { seed };
    const auto left = randomColour(random, 20, 160);
    const auto right = randomColour(random, 20, 160);
    return painted(width, height, left, right, { 240, 235, 225 });
}

std::vector<std::byte> paintedJpeg(int width, int height, std::uint64_t seed, int quality)
{
    return orDie(encodeJpeg(paintedPicture(width, height, seed), quality));
}

std::vector<std::byte> paintedPng(int width, int height, std::uint64_t seed)
{
    return orDie(encodePng(paintedPicture(width, height, seed)));
}

void writePaintedClass(const TemporaryFolder& folder, const std::filesystem::path& below, int count,
    int hue, int width, int height)
{
    constexpr std::array<Colour, 6> kHues { { { 200, 40, 40 }, { 40, 180, 60 }, { 50, 70, 210 },
        { 200, 190, 40 }, { 180, 50, 190 }, { 40, 180, 190 } } };
    const auto& base = kHues[static_cast<std::size_t>(hue) % kHues.size()];
    for (int i = 1; i <= count; ++i) {
        Random random { 7, static_cast<std::uint64_t>(hue), static_cast<std::uint64_t>(i) };
        Colour left = randomColour(random, -35, 35);
        Colour right = randomColour(random, -35, 35);
        for (std::size_t c = 0; c < 3; ++c) {
            left[c] += base[c];
            right[c] += base[c];
        }
        const auto picture = painted(width, height, left, right, randomColour(random, 90, 255));
        folder.write(below / (std::to_string(i) + ".jpg"), orDie(encodeJpeg(picture, 90)));
    }
}

int largestDifference(const Picture& a, const Picture& b)
{
    if (a.width != b.width || a.height != b.height)
        return 256;
    int largest = 0;
    for (std::size_t i = 0; i < a.rgb.size(); ++i)
        largest = std::max(largest, std::abs(int { a.rgb[i] } - int { b.rgb[i] }));
    return largest;
}

double meanDifference(const Picture& a, const Picture& b)
{
    if (a.width != b.width || a.height != b.height)
        return 256;
    double sum = 0;
    for (std::size_t i = 0; i < a.rgb.size(); ++i)
        sum += std::abs(int { a.rgb[i] } - int { b.rgb[i] });
    return sum / static_cast<double>(a.rgb.size());
}

} // namespace vernier::test
