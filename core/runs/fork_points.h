#pragma once

#include "core/runs/run_store.h"

namespace vernier {

/// Epochs after which a run can be forked, in order: the best, the last, and all that were kept
/// with the best one up to them.
std::vector<int> forkableEpochs(const RunInfo& run);

/// What a run of `recipe` with these epochs had trained when `epoch` had just been finished: the
/// recipe of a fork there. None where there is no such epoch.
std::optional<Recipe> recipeThrough(Recipe recipe, const std::vector<EpochDone>& epochs, int epoch);

/// What the run had yet to train after `epoch`, as phases for Extend: the rest of the phase and
/// those that follow. Empty where that was all.
std::vector<Phase> phasesAfter(const RunInfo& run, int epoch);
/// The phase that an epoch of the run belongs to, from 0. None where there is no such epoch.
std::optional<std::size_t> phaseOf(const RunInfo& run, int epoch);

} // namespace vernier
