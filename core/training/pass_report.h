#pragma once

// Private to core: includes LibTorch.

#include "core/training/live_knobs.h"
#include "core/training/run_recorder.h"
#include "core/training/time_estimate.h"
#include "core/training/training_pass.h"

#include <chrono>

namespace vernier {

/// Tells the events of a pass of a run, and lets people hold it and change its rates meanwhile.
class PassReport final : public PassObserver {
public:
    struct Rules {
        StepDone first; ///< all that stays the same from step to step
        std::chrono::steady_clock::time_point start; ///< what pictures a second are counted from
        TimeEstimate* estimate = nullptr; ///< null: how long it still takes is not told
        Learner* learner = nullptr; ///< whose rates may be changed; null: none
        std::int64_t preparing = 0; ///< features that will be kept and are not there yet
        bool endsWithoutNumber = false; ///< the pass fails where its loss is no number
    };
    /// All must outlive it.
    PassReport(Rules rules, RunRecorder& recorder, LiveKnobs& knobs, MicroBatch& micro,
        std::int64_t batchSize, std::stop_token stop);

    Status before() override;
    Status after(const PassStep& step, const Score& score) override;
    Status ended(const Score& score) override;

    /// The newest step, as it will be told.
    StepDone& step() { return m_step; }
    /// Spent in pauses.
    std::chrono::steady_clock::duration paused() const { return m_paused; }

private:
    Status holdWhilePaused();
    Status applyRates();
    Status noteSmallerParts();
    Status checkNumber(const Score& score) const;
    void showStep(const Score& score);

    const Rules m_rules;
    RunRecorder& m_recorder;
    LiveKnobs& m_knobs;
    MicroBatch& m_micro;
    const std::int64_t m_batchSize;
    const std::stop_token m_stop;
    StepDone m_step;
    std::int64_t m_prepared = 0;
    std::chrono::steady_clock::duration m_paused {};
};

} // namespace vernier
