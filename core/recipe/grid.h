#pragma once

#include "core/recipe/recipe.h"

namespace vernier {

/// A key of the recipe, or "phase", with the values that it is to take. A value of "phase" is in
/// the form of phaseFromText; a semicolon parts one phase from the next.
struct GridAxis {
    std::string key;
    std::vector<std::string> values;
};
/// "head.dropout=0.3,0.5", "head.dense=[256],[512,256]", "phase=blocks=none|blocks=5 lr=1e-5":
/// commas part values, but not within brackets; where there is a bar, bars part them instead.
Result<GridAxis> gridAxisFromText(std::string_view text);

/// One recipe of a grid.
struct GridRun {
    std::string name; ///< of its run folder; the same values always give the same one
    std::vector<std::pair<std::string, std::string>> values; ///< key and value of each axis
    Recipe recipe;
};
/// Every combination, the last axis changing fastest. Invalid names the combination that is no
/// recipe; TooLarge for more than a thousand.
Result<std::vector<GridRun>> gridRuns(const Recipe& base, const std::vector<GridAxis>& axes);

} // namespace vernier
