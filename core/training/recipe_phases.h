#pragma once

#include "core/training/recipe.h"

namespace vernier {

/// The recipe with these phases in place of its own, each in the form of phaseFromText and like the
/// one before it where its text leaves something open. No text leaves the recipe as it is.
Result<Recipe> withPhases(const Recipe& recipe, const std::vector<std::string>& texts);

} // namespace vernier
