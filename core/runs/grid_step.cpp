#include "core/runs/grid_step.h"

#include "core/recipe/recipe_difference.h"
#include "core/runs/run_files.h"
#include "core/runs/run_store.h"

namespace vernier {

Result<GridStep> stepOf(const GridRun& run, const std::filesystem::path& folder)
{
    std::error_code error;
    if (!std::filesystem::exists(folder / run_files::kRecipe, error) || isBegunOnly(folder))
        return GridStep::Begin;
    const auto there = readRun(folder);
    if (!there)
        return tl::unexpected(there.error());
    if (!differences(there->recipe, asWrittenByRun(run.recipe, there->recipe)).empty())
        return fail(ErrorCode::Exists, "holds a run of another recipe", folder,
            "choose another folder for the runs, or move that one away");
    return there->finished ? GridStep::Nothing : GridStep::GoOn;
}

} // namespace vernier
