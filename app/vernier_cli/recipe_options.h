#pragma once

#include "core/recipe/recipe.h"

#include <optional>
#include <string>
#include <vector>

namespace CLI {
class App;
}

namespace vernier::cli {

/// What a command line says of the recipe to use.
struct RecipeOptions {
    std::optional<std::string> recipe;
    std::vector<std::string> phases;
    std::vector<std::string> settings;
    std::optional<std::string> seed;
    std::string device;
    std::string precision;
};

/// --device; any other word than a device is wrong usage.
void addDeviceOption(CLI::App& command, std::string& device);
void addRecipeOptions(CLI::App& command, RecipeOptions& options, const std::string& aboutPhases);
/// One that ships, by name, or a file.
Result<Recipe> findRecipe(const std::string& nameOrFile);
/// Anything but its phases.
bool changesRecipe(const RecipeOptions& options);
Result<Recipe> recipeFrom(const RecipeOptions& options);
/// A recipe that says something wrong is wrong usage; one that cannot be read has failed.
int exitCodeOfRecipe(const Error& error);

} // namespace vernier::cli
