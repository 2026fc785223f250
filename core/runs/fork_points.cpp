#include "core/runs/fork_points.h"

#include <algorithm>
#include <set>

namespace vernier {

namespace {

/// Where an epoch lies in the recipe.
struct EpochPosition {
    std::size_t phase = 0; ///< from 0
    int epochs = 0; ///< of the phase that are done by then
};

std::optional<EpochPosition> placeOf(
    const Recipe& recipe, const std::vector<EpochDone>& epochs, int epoch)
{
    EpochPosition place;
    int last = 0;
    for (const auto& done : epochs) {
        // Where the log has lost some, nothing tells how many were in which phase.
        if (done.epoch != ++last)
            return std::nullopt;
        const auto phase = static_cast<std::size_t>(std::max(done.phase, 1) - 1);
        place = { phase, phase == place.phase ? place.epochs + 1 : 1 };
        if (done.epoch == epoch)
            return phase < recipe.phases.size() ? std::optional(place) : std::nullopt;
    }
    return std::nullopt;
}

std::optional<EpochPosition> placeOf(const RunInfo& run, int epoch)
{
    return placeOf(run.recipe, run.epochs, epoch);
}

} // namespace

std::vector<int> forkableEpochs(const RunInfo& run)
{
    const auto kept = keptEpochs(run.folder);
    const auto isThere = [&](int epoch) {
        return epoch == run.bestEpoch || std::binary_search(kept.begin(), kept.end(), epoch);
    };
    std::set<int> epochs { run.bestEpoch, run.epochsDone() };
    for (const int epoch : kept) {
        // A fork has its best weights too.
        const auto* best = bestThrough(run, epoch);
        if (epoch <= run.epochsDone() && best && isThere(best->epoch))
            epochs.insert(epoch);
    }
    epochs.erase(0);
    return { epochs.begin(), epochs.end() };
}

std::optional<Recipe> recipeThrough(Recipe recipe, const std::vector<EpochDone>& epochs, int epoch)
{
    const auto place = placeOf(recipe, epochs, epoch);
    if (!place)
        return std::nullopt;
    recipe.phases.resize(place->phase + 1);
    recipe.phases.back().epochs = place->epochs;
    return recipe;
}

std::vector<Phase> phasesAfter(const RunInfo& run, int epoch)
{
    const auto place = placeOf(run, epoch);
    if (!place)
        return {};
    auto phases = run.recipe.phases;
    phases.erase(phases.begin(), phases.begin() + static_cast<std::ptrdiff_t>(place->phase));
    phases.front().epochs -= place->epochs;
    if (phases.front().epochs < 1)
        phases.erase(phases.begin());
    return phases;
}

std::optional<std::size_t> phaseOf(const RunInfo& run, int epoch)
{
    const auto place = placeOf(run, epoch);
    return place ? std::optional(place->phase) : std::nullopt;
}

} // namespace vernier
