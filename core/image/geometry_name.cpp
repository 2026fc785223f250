// Apart from geometry.cpp, so that a program that only names a geometry needs no OpenCV.

#include "core/image/geometry.h"

namespace vernier {

std::string_view name(Geometry geometry)
{
    return geometry == Geometry::Stretch ? "stretch" : "crop";
}

Result<Geometry> geometryFromName(std::string_view text)
{
    for (const auto geometry : { Geometry::Stretch, Geometry::Crop }) {
        if (text == name(geometry))
            return geometry;
    }
    return fail(ErrorCode::Invalid, "\"" + std::string(text) + "\" is no geometry", {},
        "write stretch or crop");
}

} // namespace vernier
