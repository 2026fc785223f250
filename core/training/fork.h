#pragma once

#include "core/training/run_store.h"

namespace vernier {

/// Epochs after which a run can be forked, in order: the best, the last, and all that were kept
/// with the best one up to them.
std::vector<int> forkableEpochs(const RunInfo& run);

/// Makes the run in the new folder `to` that `run` was when `epoch` had just been finished: its
/// recipe up to there, its pictures, figures and best weights; its parent is `run`. Extend goes on
/// from there with another phase, and gives the same numbers as if `run` had been ended there and
/// extended: an optimizer starts anew in each phase. The pictures are not looked at. Exists where
/// `to` holds something, NotFound where the weights of the epoch, or of the best one up to it, are
/// not there any more.
Status forkRun(const std::filesystem::path& run, int epoch, const std::filesystem::path& to);

/// What a run of `recipe` with these epochs had trained when `epoch` had just been finished: the
/// recipe of a fork there. None where there is no such epoch.
std::optional<Recipe> recipeThrough(Recipe recipe, const std::vector<EpochDone>& epochs, int epoch);

/// What the run had yet to train after `epoch`, as phases for Extend: the rest of the phase and
/// those that follow. Empty where that was all.
std::vector<Phase> phasesAfter(const RunInfo& run, int epoch);

} // namespace vernier
