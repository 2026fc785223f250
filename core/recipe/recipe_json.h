#pragma once

#include "core/recipe/recipe.h"

#include <nlohmann/json.hpp>

namespace vernier {

/// What toJson(recipe) writes, for whoever puts it into something larger.
nlohmann::ordered_json recipeToJson(const Recipe& recipe);

} // namespace vernier
