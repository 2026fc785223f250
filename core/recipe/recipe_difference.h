#pragma once

#include "core/recipe/recipe.h"

#include <string>
#include <vector>

namespace vernier {

/// One key of two recipes.
struct RecipeDifference {
    std::string key; ///< dotted, as --set takes it
    std::string before; ///< as --set takes it; empty: the recipe lacks the key
    std::string after;
    bool operator==(const RecipeDifference&) const = default;
};

/// `recipe`, as the run of another would have written it down: a run keeps what its normalization
/// "auto" came to, which nobody changed.
Recipe asWrittenByRun(Recipe recipe, const Recipe& run);

/// All keys that either has, in the order of a recipe's keys. The name and the sentence about it
/// are for people, and are left out.
std::vector<RecipeDifference> sideBySide(const Recipe& before, const Recipe& after);
/// Those of them on which the two do not agree.
std::vector<RecipeDifference> differences(const Recipe& before, const Recipe& after);
/// "head.dropout 0.5 > 0.3", for lists and logs; a side that lacks the key is a dash.
std::string toText(const RecipeDifference& difference);

} // namespace vernier
