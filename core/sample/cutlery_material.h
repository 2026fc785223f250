#pragma once

#include "core/sample/painting.h"

namespace vernier {

/// What cutlery is made of. Private to core/sample.
class CutleryMaterial {
public:
    enum class Finish : std::uint8_t { Polished, Brushed, Plastic, Clear, Wood };

    /// Any material; `handle` true: one that handles are made of.
    CutleryMaterial(Random& random, bool handle);

    struct Shade {
        Colour colour;
        float opacity = 1;
    };
    /// `normal` is in the picture, `along` and `across` on the piece; `ground` is the mean colour
    /// of the table, which metal mirrors.
    Shade at(const cv::Vec3f& normal, float along, float across, const Light& light,
        const Colour& ground) const;

private:
    Shade metal(cv::Vec3f normal, float along, float across, const Light& light,
        const Colour& ground) const;

    Finish m_finish = Finish::Polished;
    Colour m_colour;
    float m_wear = 0;
    float m_window = 0; ///< direction of a second light, which polished metal shows
    Noise m_grain;
    Noise m_stains;
};

} // namespace vernier
