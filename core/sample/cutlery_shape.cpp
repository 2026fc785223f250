#include "core/sample/cutlery_shape.h"

#include "core/sample/painting.h"

#include <cmath>

namespace vernier {

namespace {

/// A quarter of an ellipse: 0 at x = 0, 1 from x = 1 on.
float rounding(float x)
{
    const float t = 1 - std::clamp(x, 0.0F, 1.0F);
    return std::sqrt(std::max(0.0F, 1 - t * t));
}

} // namespace

CutleryShape::CutleryShape(Cutlery kind, Random& random) : m_kind(kind)
{
    m_separateHandle = chance(random, kind == Cutlery::Knife ? 0.55 : 0.25);
    m_faceDown = chance(random, 0.25);
    m_bend = uniform(random, -0.12, 0.12) * (chance(random, 0.3) ? 2 : 1);
    m_endWidth = uniform(random, 0.028, 0.05);
    m_endRound = m_endWidth * uniform(random, 0.8, 2.2);
    m_neckWidth = uniform(random, 0.011, 0.019);
    m_waist = uniform(random, 0.0, 0.35);
    switch (kind) {
    case Cutlery::Fork:
        m_headStart = uniform(random, 0.60, 0.68);
        m_headWidth = uniform(random, 0.06, 0.092);
        m_tines = chance(random, 0.12) ? 2 : chance(random, 0.35) ? 3 : 4;
        m_tineStart = m_headStart + (1 - m_headStart) * uniform(random, 0.34, 0.55);
        m_tineWidth = uniform(random, 0.56, 0.74);
        if (chance(random, 0.12))
            m_brokenTine = static_cast<float>(random.below(static_cast<std::uint64_t>(m_tines)));
        break;
    case Cutlery::Spoon:
        m_headStart = uniform(random, 0.62, 0.70);
        m_headWidth = (1 - m_headStart) * uniform(random, 0.33, 0.43);
        m_egg = uniform(random, -0.2, 0.12);
        break;
    case Cutlery::Knife:
        m_headStart = uniform(random, 0.40, 0.56);
        m_headWidth = uniform(random, 0.032, 0.05) * (chance(random, 0.2) ? 1.35F : 1);
        m_neckWidth = m_headWidth * uniform(random, 0.5, 0.9);
        m_point = uniform(random, 0, 1);
        m_serration = chance(random, 0.35) ? uniform(random, 0.002, 0.005) : 0;
        break;
    }
    m_neck = m_headStart - uniform(random, 0.0, 0.06);
    if (m_separateHandle) {
        m_neck = kind == Cutlery::Knife ? m_headStart - 0.02F : uniform(random, 0.42, 0.54);
        m_endWidth = uniform(random, 0.03, 0.046);
        m_endRound = m_endWidth * uniform(random, 0.3, 1.2);
    }
}

float CutleryShape::handleWidth(float along) const
{
    const float x = along / m_neck;
    const float narrowed = m_separateHandle
        ? m_endWidth * (1 - m_waist * 0.6F * std::sin(3.14F * std::clamp(x, 0.0F, 1.0F)))
        : mixed(m_endWidth, m_neckWidth, smoothStep(0.05F + 0.4F * m_waist, 1, x));
    const float width = m_separateHandle && x > 1 ? m_neckWidth : narrowed;
    return width * rounding(along / m_endRound);
}

CutleryShape::Edges CutleryShape::knifeEdges(float along) const
{
    const float x = (along - m_headStart) / (1 - m_headStart);
    // The edge curves up to the spine; the rounder the point, the more the spine comes to meet it.
    const float pointStart = mixed(0.82F, 0.55F, m_point);
    const float belly = rounding((1 - x) / (1 - pointStart));
    const float spine = mixed(rounding((1 - x) / 0.12F), 1, m_point);
    const float shoulder = smoothStep(-0.02F, 0.06F, x);
    Edges edges { -m_headWidth * spine, m_headWidth * mixed(1.1F * belly, 2 * belly - 1, m_point) };
    if (x > 0.05F && x < pointStart)
        edges.high -= m_serration * std::abs(std::sin(along * 150));
    return { mixed(-m_neckWidth, edges.low, shoulder), mixed(m_neckWidth, edges.high, shoulder) };
}

CutleryShape::Edges CutleryShape::edges(float along) const
{
    const float handle = handleWidth(along);
    if (along <= m_neck)
        return { -handle, handle };
    if (m_kind == Cutlery::Knife)
        return along < m_headStart ? Edges { -handle, handle } : knifeEdges(along);
    float head = 0;
    if (m_kind == Cutlery::Spoon) {
        const float x = 2 * (along - m_headStart) / (1 - m_headStart) - 1;
        if (std::abs(x) < 1)
            head = m_headWidth * std::sqrt(1 - x * x) * (1 + m_egg * x);
        // The neck runs out inside the bowl.
        const float neck = handle * (1 - smoothStep(m_headStart, m_headStart + 0.09F, along));
        head = std::sqrt(head * head + neck * neck);
    } else {
        head = mixed(handle, m_headWidth, smoothStep(m_headStart, m_headStart + 0.1F, along));
    }
    return { -head, head };
}

void CutleryShape::cutTines(float along, float across, Surface& surface) const
{
    if (along < m_tineStart)
        return;
    const auto count = static_cast<float>(m_tines);
    const float position = std::clamp((across / m_headWidth + 1) / 2 * count, 0.0F, count - 0.001F);
    const float tine = std::floor(position);
    const float offset = 2 * (position - tine) - 1;
    const float x = (along - m_tineStart) / (1 - m_tineStart);
    const float end = tine == m_brokenTine ? 0.45F : 1;
    const float width = mixed(1, mixed(m_tineWidth, m_tineWidth * 0.72F, x), rounding(x / 0.12F))
        * rounding((end - x) / 0.22F);
    const float unit = m_headWidth / count;
    surface.inside = std::min(surface.inside, x > end ? -unit : (width - std::abs(offset)) * unit);
    surface.slopeAcross = 1.1F * offset / std::max(width, 0.1F);
    surface.slopeAlong *= 0.5F;
}

CutleryShape::Surface CutleryShape::at(float along, float across) const
{
    Surface surface;
    across += m_bend * (along - 0.4F) * (along - 0.4F);
    if (along < -0.02F || along > 1.02F || std::abs(across) > 0.2F)
        return surface;
    const auto here = edges(along);
    const auto there = edges(along + 0.004F);
    const float middle = (here.low + here.high) / 2;
    const float half = std::max((here.high - here.low) / 2, 0.0F);
    const float steep = ((there.high - there.low) / 2 - half) / 0.004F;
    surface.inside = (half - std::abs(across - middle)) / std::sqrt(1 + steep * steep);
    if (along < 0 || along > 1)
        surface.inside = std::min(surface.inside, -std::max(-along, along - 1));

    const float offset = std::clamp((across - middle) / std::max(half, 0.004F), -1.0F, 1.0F);
    const float up = m_faceDown ? -1 : 1;
    if (along < m_neck && m_separateHandle) {
        surface.handle = true;
        surface.slopeAcross = 1.6F * offset * std::abs(offset);
        for (const float centre : { 0.25F, 0.75F }) {
            const float distance = std::hypot(along - centre * m_neck, across - middle);
            surface.rivet = std::max(surface.rivet, smoothStep(0.011F, 0.008F, distance));
        }
        return surface;
    }
    surface.slopeAcross = 0.9F * offset * offset * offset;
    const float headShare = smoothStep(m_headStart - 0.02F, m_headStart + 0.05F, along);
    switch (m_kind) {
    case Cutlery::Spoon: {
        // A hollow seen from above, a dome from below, with a thin rim.
        const float x = 2 * (along - m_headStart) / (1 - m_headStart) - 1;
        const float rim = smoothStep(0.006F, 0.014F, surface.inside);
        surface.slopeAcross = mixed(surface.slopeAcross, -up * 0.95F * offset * rim, headShare);
        surface.slopeAlong = -up * 0.7F * x * rim * headShare;
        break;
    }
    case Cutlery::Fork:
        surface.slopeAlong = up * 0.55F * (along - m_headStart - 0.12F) / 0.15F * headShare;
        cutTines(along, across, surface);
        break;
    case Cutlery::Knife: {
        const float edge = smoothStep(0.35F, 0.45F, up * offset);
        surface.slopeAcross = mixed(surface.slopeAcross, 0.05F + 0.28F * up * edge, headShare);
        break;
    }
    }
    return surface;
}

} // namespace vernier
