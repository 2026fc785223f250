#pragma once

#include "core/base/progress.h"
#include "core/dataset/snapshot.h"
#include "core/features/feature_cache.h"
#include "core/recipe/recipe.h"

#include <optional>
#include <vector>

namespace vernier {

struct RatePoint {
    double rate = 0; ///< of the head
    double loss = 0; ///< of the batch that was trained at it, before its step
    double smoothed = 0; ///< the mean of the losses around it
};

/// What a trial run over rising learning rates saw (Smith 2017, "Cyclical Learning Rates for
/// Training Neural Networks", section 3.3; fastai's lr_find).
struct RateSweep {
    std::vector<RatePoint> points; ///< rates rise; losses are numbers
    bool diverged = false; ///< it ended early, because the loss ran away
    std::optional<double> suggestion; ///< of suggestedRate()
};

struct RateSweepOptions {
    double low = 1e-7; ///< the head's rate in the first step
    double high = 10; ///< in the last
    int steps = 120; ///< equally far apart on a logarithmic axis
};

/// Fills in `smoothed`: the mean of the losses up to seven steps to each side, of as many to the
/// left as to the right, so that the curve does not lag behind.
void smoothLosses(std::vector<RatePoint>& points);
/// The rate around which the smoothed loss falls most steeply over the logarithm of the rate, from
/// seven steps before it to seven after, left of where it is lowest; to two digits. None where it
/// hardly falls: by less than a twentieth.
std::optional<double> suggestedRate(const std::vector<RatePoint>& points);

/// Trains a copy of the network for some steps, each at a higher rate than the one before, with the
/// optimizer, views, batches and losses that phase `phase` of `recipe` would have; blocks train at
/// the fraction of the head's rate that they have there. It ends early where the loss runs away:
/// its running mean is above four times its least and above where it began, or no number at all.
/// Nothing outlasts it but features in `cache`, where views are kept: those that are drawn fresh go
/// through the whole network in every step, as they do in training.
///
/// `run`: the folder of a run from whose newest weights it starts; empty: from the recipe's.
/// Synchronous, on the calling thread; Cancelled when stopped. Progress counts steps.
Result<RateSweep> findRate(const DatasetSnapshot& dataset, const Recipe& recipe, std::size_t phase,
    const std::filesystem::path& run, FeatureCache& cache, const RateSweepOptions& options,
    std::stop_token stop, const ProgressSink& progress);

/// `plan` with the head at `rate`, and each block at the fraction of it that it has now.
FreezePlan planAtRate(const FreezePlan& plan, double rate);

} // namespace vernier
