#pragma once

// Private to core: includes LibTorch.

#include "core/features/feature_source.h"
#include "core/training/running_score.h"
#include "core/training/training_step.h"

#include <functional>
#include <stop_token>

namespace vernier {

/// A batch that was computed.
struct PassStep {
    int step = 0; ///< from 1; batches without a readable picture count
    std::int64_t pictures = 0;
    std::int64_t misses = 0; ///< pictures whose features had to be computed
    double featureSeconds = 0; ///< until the features were there
    double seconds = 0; ///< in all
    bool read = false; ///< the score was read with it
};

/// Is told how a pass goes. An error ends the pass with it.
class PassObserver {
public:
    virtual ~PassObserver() = default;
    /// Before a batch is asked for.
    virtual Status before() = 0;
    /// `score`: of the pass, as it was read last.
    virtual Status after(const PassStep& step, const Score& score) = 0;
    /// What was not read while the pass went on.
    virtual Status ended(const Score& score) = 0;
};

/// Computes all batches that a source holds, one after the other, and adds up what `compute` gives
/// for them; its second argument is the step. Neither files nor events: those are the observer's.
/// Cancelled once `stop` is requested.
Result<Score> runPass(BatchSource& source, std::int64_t batchSize, torch::Device device,
    const std::function<BatchSums(const Batch&, int)>& compute, PassObserver& observer,
    const std::stop_token& stop);

} // namespace vernier
