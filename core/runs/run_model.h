#pragma once

#include "core/recipe/recipe.h"

#include <filesystem>
#include <string>
#include <vector>

namespace vernier {

/// What a run's model is read from.
struct RunModel {
    Recipe recipe;
    std::filesystem::path weights; ///< the file of the best ones
};
/// NotFound for a folder that is none of a run.
Result<RunModel> modelOfRun(const std::filesystem::path& run);

/// Of the best weights of a run, in the order in which they answer.
Result<std::vector<std::string>> classesOfRun(const std::filesystem::path& run);

/// Whether a folder is a run's whose recipe asks for fp32, so that its model's answers are too.
bool asksForFp32(const std::filesystem::path& folder);

} // namespace vernier
