#pragma once

#include "core/base/result.h"
#include "core/image/augmentation.h"
#include "core/image/geometry.h"

namespace vernier {

struct Recipe;

/// How training draws the versions of its pictures that the network is given.
struct ViewRules {
    int size = 224; ///< edge of the network's square, pixels
    Geometry geometry = Geometry::Stretch;
    Augmentation augmentation;
    int kept = 0; ///< versions of each picture that are drawn once; 0: every epoch draws new ones
    std::uint64_t seed = 1; ///< of those that are drawn anew
};

/// A recipe's, for a network of that size; `kept` is keptViews() on its device.
ViewRules viewRules(const Recipe& recipe, int size, int kept);
/// The same where there is no network yet. NotFound for a backbone that is none.
Result<ViewRules> viewRules(const Recipe& recipe, int kept);

} // namespace vernier
