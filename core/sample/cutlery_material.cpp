#include "core/sample/cutlery_material.h"

#include <array>
#include <cmath>

namespace vernier {

namespace {

using Finish = CutleryMaterial::Finish;

Finish drawFinish(Random& random, bool handle)
{
    const double x = random.uniform();
    if (handle)
        return x < 0.5 ? Finish::Wood : Finish::Plastic;
    return x < 0.42 ? Finish::Polished
        : x < 0.64  ? Finish::Brushed
        : x < 0.82  ? Finish::Plastic
        : x < 0.85  ? Finish::Clear
                    : Finish::Wood;
}

Colour drawColour(Random& random, Finish finish)
{
    switch (finish) {
    case Finish::Polished:
    case Finish::Brushed: {
        const double x = random.uniform();
        if (x < 0.1)
            return { 0.95F, 0.78F, 0.42F }; // brass
        if (x < 0.15)
            return { 0.93F, 0.62F, 0.48F }; // copper
        if (x < 0.22)
            return { 0.3F, 0.3F, 0.32F }; // blackened
        const float cold = uniform(random, -0.03, 0.03);
        return { 0.9F - cold, 0.9F, 0.9F + cold };
    }
    case Finish::Plastic:
        if (chance(random, 0.45)) {
            const float grey = chance(random, 0.7) ? uniform(random, 0.85, 0.95) : 0.12F;
            return { grey, grey, grey };
        }
        return fromHsv(
            uniform(random, 0, 1), uniform(random, 0.35, 0.85), uniform(random, 0.5, 0.9));
    case Finish::Clear:
        return { 0.92F, 0.94F, 0.96F };
    case Finish::Wood:
        return mixed(
            Colour(0.83F, 0.67F, 0.46F), Colour(0.36F, 0.22F, 0.13F), uniform(random, 0, 1));
    }
    return {};
}

float highlight(const cv::Vec3f& reflected, const cv::Vec3f& light, float sharpness)
{
    return std::exp(sharpness * (reflected.dot(light) - 1));
}

cv::Vec3f reflectedView(const cv::Vec3f& normal)
{
    return 2 * normal[2] * normal - cv::Vec3f(0, 0, 1);
}

} // namespace

CutleryMaterial::CutleryMaterial(Random& random, bool handle)
    : m_finish(drawFinish(random, handle))
    , m_colour(drawColour(random, m_finish))
    , m_wear(chance(random, 0.5) ? uniform(random, 0.1, 1) : 0)
    , m_window(uniform(random, 0, 6.28))
    , m_grain(random)
    , m_stains(random)
{
}

CutleryMaterial::Shade CutleryMaterial::metal(
    cv::Vec3f normal, float along, float across, const Light& light, const Colour& ground) const
{
    const bool brushed = m_finish == Finish::Brushed;
    // No sheet of metal is quite even, and that is what makes it look like one.
    const float uneven = brushed ? 0.03F : 0.05F;
    normal[0] += uneven * m_grain.at(along * 9, across * 14);
    normal[1] += uneven * m_grain.at(along * 9 + 40, across * 14);
    normal = cv::normalize(normal);
    const auto mirror = reflectedView(normal);

    const cv::Vec3f window(0.75F * std::cos(m_window), 0.75F * std::sin(m_window), 0.66F);
    const float sky = 0.4F + 0.55F * highlight(mirror, light.direction, brushed ? 2.2F : 4)
        + (brushed ? 0.1F : 0.75F) * highlight(mirror, light.direction, brushed ? 12.0F : 60)
        + 0.35F * highlight(mirror, window, 14);
    // What leans away from the camera mirrors the table instead of the room.
    const float horizon = smoothStep(0.15F, 0.75F, mirror[2]);
    Colour colour = mixed(ground * 0.55F, Colour(sky, sky, sky), 0.25F + 0.75F * horizon);
    if (brushed)
        colour *= 1 + 0.1F * m_grain.at(along * 14, across * 420);
    for (int c = 0; c < 3; ++c)
        colour[c] *= m_colour[c];

    const float scratch = std::abs(m_grain.at(along * 34 + across * 90, across * 130 - along * 21));
    colour += m_wear * 0.16F * smoothStep(0.04F, 0.0F, scratch) * Colour(1, 1, 1);
    const float stain = smoothStep(0.12F, 0.4F, m_stains.cloud(along * 11, across * 11, 3));
    return { mixed(colour, Colour(0.42F, 0.33F, 0.24F) * 0.9F, m_wear * 0.55F * stain), 1 };
}

CutleryMaterial::Shade CutleryMaterial::at(const cv::Vec3f& normal, float along, float across,
    const Light& light, const Colour& ground) const
{
    if (m_finish == Finish::Polished || m_finish == Finish::Brushed)
        return metal(normal, along, across, light, ground);

    const float lit = std::max(0.0F, normal.dot(light.direction));
    const auto mirror = reflectedView(normal);
    if (m_finish == Finish::Wood) {
        const float grain = m_grain.cloud(along * 5, across * 110, 3)
            + 0.5F * m_grain.at(along * 24, across * 300);
        const float stain = smoothStep(0.05F, 0.45F, m_stains.cloud(along * 7, across * 7, 3));
        return { m_colour * (0.42F + 0.6F * lit) * (1 + 0.3F * grain) * (1 - 0.3F * m_wear * stain),
            1 };
    }
    const float gloss = 0.7F * highlight(mirror, light.direction, 45)
        + 0.12F * highlight(mirror, light.direction, 6);
    const float dirt
        = m_wear * 0.25F * smoothStep(0.1F, 0.5F, m_stains.cloud(along * 9, across * 9, 3));
    const Colour colour = m_colour * (0.4F + 0.62F * lit) * (1 - dirt) + gloss * Colour(1, 1, 1);
    if (m_finish == Finish::Plastic)
        return { colour, 1 };
    const float lean = 1 - normal[2];
    return { colour, std::clamp(0.22F + 2.2F * lean + 0.8F * gloss, 0.0F, 0.95F) };
}

} // namespace vernier
