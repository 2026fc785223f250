#include "core/sample/table_top.h"

#include <array>
#include <cmath>
#include <functional>

namespace vernier {

namespace {

/// Turns the picture's pixels into the table's own axes, one unit an edge of the picture.
struct Axes {
    Axes(int size, Random& random)
        : m_turn(uniform(random, 0, 6.28))
        , m_zoom(uniform(random, 0.75, 1.4) / static_cast<float>(size))
    {
    }
    cv::Point2f at(int x, int y) const
    {
        const auto px = static_cast<float>(x) * m_zoom;
        const auto py = static_cast<float>(y) * m_zoom;
        return { px * std::cos(m_turn) - py * std::sin(m_turn),
            px * std::sin(m_turn) + py * std::cos(m_turn) };
    }

private:
    float m_turn;
    float m_zoom;
};

using Texture = std::function<Colour(const cv::Point2f&)>;

Texture planks(Random& random)
{
    const Noise grain(random);
    const Noise tone(random);
    const auto base
        = mixed(Colour(0.78F, 0.6F, 0.4F), Colour(0.3F, 0.19F, 0.12F), uniform(random, 0, 1))
        * uniform(random, 0.8, 1.15);
    const float width = uniform(random, 0.16, 0.5);
    const float strength = uniform(random, 0.2, 0.55);
    return [=](const cv::Point2f& p) {
        const float plank = std::floor(p.y / width);
        const float within = p.y / width - plank;
        const float bent = p.y + 0.02F * grain.at(p.x * 2, plank * 7);
        const float lines = grain.cloud(p.x * 3 + plank * 31, bent * 55, 4);
        const float gap = smoothStep(0, 0.02F, within) * smoothStep(1, 0.98F, within);
        return base * (1 + strength * lines + 0.16F * tone.at(plank * 3.7F, 0.5F))
            * (0.35F + 0.65F * gap);
    };
}

Texture cloth(Random& random)
{
    const Noise weave(random);
    const Noise folds(random);
    const auto ground
        = fromHsv(uniform(random, 0, 1), uniform(random, 0, 0.35), uniform(random, 0.7, 0.95));
    const auto pattern
        = fromHsv(uniform(random, 0, 1), uniform(random, 0.2, 0.8), uniform(random, 0.3, 0.85));
    const auto kind = random.below(4);
    const float period = uniform(random, 0.07, 0.24);
    const float share = uniform(random, 0.25, 0.6);
    return [=](const cv::Point2f& p) {
        const auto band = [&](float x) {
            const float within = x / period - std::floor(x / period);
            return smoothStep(share + 0.04F, share, within);
        };
        float amount = 0;
        if (kind == 1)
            amount = band(p.x);
        else if (kind == 2)
            amount = (band(p.x) + band(p.y)) / 2;
        else if (kind == 3)
            amount = smoothStep(share * 0.7F, share * 0.6F,
                2 * std::hypot(std::remainder(p.x, period), std::remainder(p.y, period)) / period);
        const float threads = 0.05F * (std::sin(p.x * 900) + std::sin(p.y * 900))
            + 0.05F * weave.at(p.x * 160, p.y * 160);
        return mixed(ground, pattern, amount)
            * (1 + threads + 0.22F * folds.cloud(p.x * 2.2F, p.y * 2.2F, 3));
    };
}

Texture stone(Random& random)
{
    const Noise veins(random);
    const Noise grains(random);
    const auto base
        = fromHsv(uniform(random, 0, 1), uniform(random, 0, 0.15), uniform(random, 0.25, 0.9));
    const auto vein = base * (chance(random, 0.5) ? 0.6F : 1.3F);
    const float speckle = chance(random, 0.5) ? uniform(random, 0.1, 0.35) : 0.03F;
    const float strength = uniform(random, 0.1, 0.8);
    return [=](const cv::Point2f& p) {
        const float swirl = veins.cloud(p.x * 4, p.y * 4, 4);
        const float line
            = 1 - smoothStep(0, 0.16F, std::abs(std::sin(5 * p.x + 4 * swirl + 2 * p.y)));
        return mixed(base, vein, strength * line)
            * (1 + 0.2F * swirl + speckle * grains.at(p.x * 120, p.y * 120));
    };
}

Texture paper(Random& random)
{
    const Noise fibres(random);
    const auto base
        = fromHsv(uniform(random, 0, 1), uniform(random, 0, 0.6), uniform(random, 0.2, 0.97));
    return [=](const cv::Point2f& p) {
        return base
            * (1 + 0.05F * fibres.cloud(p.x * 3, p.y * 3, 4)
                + 0.02F * fibres.at(p.x * 200, p.y * 200));
    };
}

Texture bamboo(Random& random)
{
    const Noise tone(random);
    const auto base
        = mixed(Colour(0.8F, 0.7F, 0.48F), Colour(0.25F, 0.2F, 0.16F), uniform(random, 0, 1));
    const float stick = uniform(random, 0.012, 0.03);
    const float seam = uniform(random, 0.15, 0.35);
    return [=](const cv::Point2f& p) {
        const float index = std::floor(p.y / stick);
        const float within = 2 * (p.y / stick - index) - 1;
        const float thread = smoothStep(0.006F, 0.003F, std::abs(std::remainder(p.x, seam)));
        const auto wood
            = base * (1 + 0.25F * tone.at(index * 1.7F, p.x * 2)) * (1 - 0.45F * within * within);
        return mixed(wood, base * 0.45F, thread);
    };
}

/// Evenly lit thing of a shape: `inside` gives the distance to its outline in pixels.
Layer filledLayer(int size, float height, const std::function<float(float x, float y)>& inside,
    const std::function<Colour(float x, float y, float distance)>& colour)
{
    Layer layer { Canvas(size, size, Colour(0, 0, 0)), Coverage(size, size, 0.0F), height };
    for (int y = 0; y < size; ++y) {
        for (int x = 0; x < size; ++x) {
            const auto fx = static_cast<float>(x);
            const auto fy = static_cast<float>(y);
            const float distance = inside(fx, fy);
            if (distance <= -0.5F)
                continue;
            layer.coverage(y, x) = std::min(1.0F, distance + 0.5F);
            layer.colour(y, x) = colour(fx, fy, distance);
        }
    }
    return layer;
}

struct Crumb {
    cv::Point2f centre;
    float radius;
    float stretch;
    float turn;
    Colour colour;
    float gloss;
};

void dropCrumb(Canvas& canvas, const Crumb& crumb, const Light& light, const Noise& noise)
{
    const float reach = crumb.radius * 2.6F + 2;
    const int left = std::max(0, static_cast<int>(crumb.centre.x - reach));
    const int right = std::min(canvas.cols - 1, static_cast<int>(crumb.centre.x + reach));
    const int top = std::max(0, static_cast<int>(crumb.centre.y - reach));
    const int bottom = std::min(canvas.rows - 1, static_cast<int>(crumb.centre.y + reach));
    const auto distanceAt = [&](float x, float y) {
        const float dx = x - crumb.centre.x;
        const float dy = y - crumb.centre.y;
        const float u = dx * std::cos(crumb.turn) + dy * std::sin(crumb.turn);
        const float v = (dy * std::cos(crumb.turn) - dx * std::sin(crumb.turn)) * crumb.stretch;
        return crumb.radius - std::hypot(u, v)
            - crumb.radius * 0.25F * noise.at(u * 0.5F, v * 0.5F);
    };
    for (int y = top; y <= bottom; ++y) {
        for (int x = left; x <= right; ++x) {
            const auto fx = static_cast<float>(x);
            const auto fy = static_cast<float>(y);
            const float shadow = distanceAt(
                fx + light.direction[0] * crumb.radius, fy + light.direction[1] * crumb.radius);
            canvas(y, x) *= 1 - light.darkness * 0.8F * smoothStep(-1.5F, 1.5F, shadow);
            const float inside = distanceAt(fx, fy);
            const float coverage = std::clamp(inside + 0.5F, 0.0F, 1.0F);
            if (coverage <= 0)
                continue;
            const cv::Vec3f normal = cv::normalize(cv::Vec3f((fx - crumb.centre.x) / crumb.radius,
                (fy - crumb.centre.y) / crumb.radius, 0.3F + inside / crumb.radius));
            const float lit = std::max(0.0F, normal.dot(light.direction));
            const auto colour = crumb.colour * (0.45F + 0.6F * lit)
                + crumb.gloss * std::pow(lit, 24.0F) * Colour(1, 1, 1);
            canvas(y, x) = mixed(canvas(y, x), colour, coverage);
        }
    }
}

} // namespace

Canvas paintTable(int size, Random& random)
{
    constexpr std::array kKinds { planks, planks, cloth, cloth, stone, stone, paper, bamboo };
    const auto texture = kKinds[random.below(kKinds.size())](random);
    const Axes axes(size, random);
    Canvas canvas(size, size);
    for (int y = 0; y < size; ++y) {
        for (int x = 0; x < size; ++x)
            canvas(y, x) = texture(axes.at(x, y));
    }
    return canvas;
}

Layer paintPlate(int size, const Light& light, Random& random)
{
    const auto edge = static_cast<float>(size);
    const cv::Point2f centre(uniform(random, -0.1, 1.1) * edge, uniform(random, -0.1, 1.1) * edge);
    const float radius = uniform(random, 0.3, 0.62) * edge;
    const float squash = uniform(random, 0.8, 1);
    const float rim = uniform(random, 0.16, 0.3) * radius;
    const bool square = chance(random, 0.2);
    const auto base = chance(random, 0.6)
        ? Colour(0.9F, 0.89F, 0.86F) * uniform(random, 0.85, 1.02)
        : fromHsv(uniform(random, 0, 1), uniform(random, 0.1, 0.6), uniform(random, 0.3, 0.9));
    const auto ring = fromHsv(uniform(random, 0, 1), 0.6F, 0.6F);
    const float ringAt = chance(random, 0.4) ? rim * uniform(random, 0.2, 0.8) : -100;
    const auto inside = [=](float x, float y) {
        const float dx = x - centre.x;
        const float dy = (y - centre.y) / squash;
        return square
            ? radius - std::pow(std::pow(std::abs(dx), 5.0F) + std::pow(std::abs(dy), 5.0F), 0.2F)
            : radius - std::hypot(dx, dy);
    };
    return filledLayer(size, 0.018F, inside, [=](float x, float y, float distance) {
        const cv::Vec2f outward = cv::normalize(cv::Vec2f(x - centre.x, y - centre.y));
        const float facing = outward[0] * light.direction[0] + outward[1] * light.direction[1];
        // The lip rises, the well's wall falls inward.
        const float lip = smoothStep(3, 0, distance);
        const float wall
            = smoothStep(rim * 0.75F, rim, distance) * smoothStep(rim * 1.35F, rim, distance);
        const float shade = 0.92F + 0.22F * facing * lip - 0.28F * facing * wall;
        return mixed(base, ring, smoothStep(1.6F, 0.6F, std::abs(distance - ringAt))) * shade;
    });
}

Layer paintCloth(int size, const cv::Point2f& centre, const Light& light, Random& random)
{
    const auto edge = static_cast<float>(size);
    const auto texture = chance(random, 0.6) ? cloth(random) : paper(random);
    const float turn = uniform(random, 0, 6.28);
    const float width = uniform(random, 0.18, 0.5) * edge;
    const float length = uniform(random, 0.5, 1.0) * edge;
    const float corner = uniform(random, 2, 7);
    const Noise wave(random);
    const auto own = [=](float x, float y) {
        const float dx = x - centre.x;
        const float dy = y - centre.y;
        return cv::Point2f(
            dx * std::cos(turn) + dy * std::sin(turn), dy * std::cos(turn) - dx * std::sin(turn));
    };
    const auto inside = [=](float x, float y) {
        auto p = own(x, y);
        p.x += 2.5F * wave.at(p.y * 0.02F, 3);
        p.y += 2.5F * wave.at(p.x * 0.02F, 9);
        // The cloth reaches away from its near edge, which lies at the centre.
        const float qx = std::abs(p.x) - width / 2 + corner;
        const float qy = std::abs(p.y - length / 2) - length / 2 + corner;
        return corner - std::hypot(std::max(qx, 0.0F), std::max(qy, 0.0F))
            - std::min(std::max(qx, qy), 0.0F);
    };
    return filledLayer(size, 0.012F, inside, [=](float x, float y, float distance) {
        const auto p = own(x, y);
        const float crease = smoothStep(1.5F, 0, std::abs(p.x + width * 0.12F));
        const float hem = smoothStep(1.2F, 0.4F, std::abs(distance - 4));
        const float soft
            = 0.9F + 0.1F * light.direction[0] * wave.cloud(p.x * 0.03F, p.y * 0.03F, 2);
        return texture(p / edge) * soft * (1 - 0.18F * crease) * (1 - 0.12F * hem);
    });
}

void strew(Canvas& canvas, const Light& light, float busy, Random& random)
{
    const auto edge = static_cast<float>(canvas.cols);
    const Noise noise(random);
    const auto count = static_cast<int>(busy * uniform(random, 4, 26));
    const double kind = random.uniform();
    for (int i = 0; i < count; ++i) {
        Crumb crumb { { uniform(random, 0, 1) * edge, uniform(random, 0, 1) * edge },
            edge * uniform(random, 0.003, 0.012), uniform(random, 1, 2), uniform(random, 0, 6.28),
            mixed(Colour(0.75F, 0.55F, 0.3F), Colour(0.45F, 0.28F, 0.14F), uniform(random, 0, 1)),
            0 };
        if (kind > 0.6) {
            crumb.radius = edge * uniform(random, 0.018, 0.03);
            crumb.stretch = 1;
            crumb.colour = kind > 0.85 ? Colour(0.75F, 0.14F, 0.12F) : Colour(0.35F, 0.6F, 0.2F);
            crumb.gloss = 0.5F;
            i += 2;
        } else if (kind > 0.45) {
            crumb.radius = edge * uniform(random, 0.01, 0.03);
            crumb.stretch = uniform(random, 1.8, 3.2);
            crumb.colour = Colour(0.2F, 0.42F, 0.14F) * uniform(random, 0.7, 1.3);
            i += 1;
        }
        dropCrumb(canvas, crumb, light, noise);
    }
}

} // namespace vernier
