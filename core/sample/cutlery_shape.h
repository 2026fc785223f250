#pragma once

#include "core/sample/cutlery.h"

namespace vernier {

/// The outline and relief of one piece of cutlery, as functions on the plane: `along` runs from the
/// end of the handle (0) to the tip (1), `across` is 0 in the middle, in the same unit. Private to
/// core/sample.
class CutleryShape {
public:
    CutleryShape(Cutlery kind, Random& random);

    struct Surface {
        float inside = -1; ///< distance to the outline, positive inside
        float slopeAlong = 0; ///< of the relief
        float slopeAcross = 0;
        bool handle = false; ///< belongs to a handle of another material
        float rivet = 0; ///< 0..1
    };
    Surface at(float along, float across) const;

    bool hasSeparateHandle() const { return m_separateHandle; }

private:
    struct Edges {
        float low = 0;
        float high = 0;
    };
    float handleWidth(float along) const;
    Edges edges(float along) const;
    Edges knifeEdges(float along) const;
    /// Cuts the gaps between a fork's tines out of `surface`.
    void cutTines(float along, float across, Surface& surface) const;

    Cutlery m_kind;
    bool m_separateHandle = false;
    bool m_faceDown = false;
    float m_bend = 0;
    // Handle
    float m_endWidth = 0.04F;
    float m_endRound = 0.05F;
    float m_neckWidth = 0.015F;
    float m_neck = 0.6F; ///< where the handle ends
    float m_waist = 0; ///< how much narrower the handle is in its middle
    // Head
    float m_headStart = 0.65F;
    float m_headWidth = 0.1F;
    float m_egg = 0;
    int m_tines = 4;
    float m_tineStart = 0.8F;
    float m_tineWidth = 0.7F;
    float m_brokenTine = -1;
    float m_point = 0.5F; ///< knife: 0 round, 1 pointed
    float m_serration = 0;
};

} // namespace vernier
