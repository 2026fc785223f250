#pragma once

#include "core/recipe/grid.h"

namespace vernier {

/// What is left to do for a run of a grid.
enum class GridStep : std::uint8_t {
    Begin,
    GoOn, ///< it was cut off
    Nothing ///< it is finished
};
/// Exists where the folder holds a run of another recipe.
Result<GridStep> stepOf(const GridRun& run, const std::filesystem::path& folder);

} // namespace vernier
