#pragma once

#include "core/sample/painting.h"

namespace vernier {

/// A table top of some kind, size x size. Private to core/sample.
Canvas paintTable(int size, Random& random);

/// A plate or board that the cutlery lies on or beside.
Layer paintPlate(int size, const Light& light, Random& random);
/// A folded cloth whose nearest corner lies near `centre` (pixels).
Layer paintCloth(int size, const cv::Point2f& centre, const Light& light, Random& random);
/// Crumbs, peas, drops and the like; `busy` 0..1 says how many.
void strew(Canvas& canvas, const Light& light, float busy, Random& random);

} // namespace vernier
