#pragma once

// Private to core: includes LibTorch.

#include "core/training/optimizer.h"
#include "core/training/rate_finder.h"
#include "core/training/training_step.h"

#include <functional>

namespace vernier {

/// What findRate() does once network and features are there. `network` and LibTorch's random state
/// are bit-equal afterwards, and so is every optimizer: the sweep has one of its own. `next` gives
/// one batch after the other, of any number.
Result<RateSweep> sweepRates(const Network& network, const FreezePlan& plan, const Recipe& recipe,
    const LossRules& rules, const std::function<Result<Batch>()>& next,
    const RateSweepOptions& options, std::stop_token stop, const ProgressSink& progress);

} // namespace vernier
