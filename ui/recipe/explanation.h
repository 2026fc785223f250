#pragma once

#include "ui/recipe/epoch_cost.h"

#include <QString>

#include <vector>

namespace vernier::ui {

/// What a recipe will do, in plain words.
struct Explanation {
    enum class Kind { Trains, Frozen, Cost, Risk };
    Kind kind = Kind::Trains;
    QString text;
};

struct ExplainedPictures {
    PictureCounts counts;
    std::int64_t rarest = 0; ///< training pictures of the class that has the fewest
    std::int64_t commonest = 0;
};

/// Sentences on one phase of a recipe: what trains, what stays as it is, what that costs, and what
/// it risks, in this order. Without pictures (`counts.train` 0) the sentences that depend on them
/// are left out.
std::vector<Explanation> explain(const Recipe& recipe, std::size_t phase,
    const NetworkOutline& outline, const ExplainedPictures& pictures, const EpochCost& cost);

} // namespace vernier::ui
