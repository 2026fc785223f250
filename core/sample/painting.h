#pragma once

#include "core/base/random.h"

#include <opencv2/core.hpp>

namespace vernier {

/// What the painter of the sample pictures draws with. RGB in 0..1. Private to core/sample.
using Colour = cv::Vec3f;
using Canvas = cv::Mat_<Colour>;
using Coverage = cv::Mat_<float>;

inline float mixed(float a, float b, float share) { return a + (b - a) * share; }
inline Colour mixed(const Colour& a, const Colour& b, float share) { return a + (b - a) * share; }
float smoothStep(float from, float to, float x);

inline float uniform(Random& random, double low, double high)
{
    return static_cast<float>(random.uniform(low, high));
}
inline bool chance(Random& random, double probability) { return random.uniform() < probability; }
/// Hue, saturation, value, each 0..1.
Colour fromHsv(float hue, float saturation, float value);

/// Smooth noise on the plane, about -1..1.
class Noise {
public:
    explicit Noise(Random& random) : m_seed(random.next()) { }
    float at(float x, float y) const;
    /// Sum of octaves, each of twice the frequency and half the height.
    float cloud(float x, float y, int octaves) const;

private:
    std::uint64_t m_seed;
};

/// Where the light comes from; shadows fall the other way.
struct Light {
    cv::Vec3f direction; ///< towards the light, unit length; z points at the camera
    float softness = 0.03F; ///< of shadows, as a share of the picture's edge
    float darkness = 0.5F; ///< of shadows
};

/// Something laid on the table.
struct Layer {
    Canvas colour;
    Coverage coverage;
    float height = 0.02F; ///< over the table, as a share of the edge: how far its shadow falls
};

/// Lays it over the canvas, with its shadow.
void lay(Canvas& canvas, const Layer& layer, const Light& light);

} // namespace vernier
