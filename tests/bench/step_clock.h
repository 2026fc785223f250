#pragma once

#include "core/runs/events.h"

#include <chrono>
#include <vector>

namespace vernier::bench {

/// Times a run by its events, so that what is measured is what a window would show.
class StepClock {
public:
    struct Epoch {
        /// Seconds of each training step but the first, whose start nothing marks, and the last,
        /// which may be of fewer pictures; everything between two steps is in them.
        std::vector<double> train;
        std::vector<double> validation; ///< likewise
        int trainSteps = 0; ///< all of them
        int validationSteps = 0;
        double seconds = 0; ///< since the end of the epoch before, its checkpoint included
        double doneAfter = 0; ///< since the start of the run

        /// What it took besides its steps.
        double besides() const;
    };

    explicit StepClock(std::chrono::steady_clock::time_point start)
        : m_start(start), m_epochStart(start), m_last(start)
    {
    }

    void see(const TrainingEvent& event);
    const std::vector<Epoch>& epochs() const { return m_epochs; }

private:
    void seeStep(const StepDone& step, double seconds);

    std::chrono::steady_clock::time_point m_start;
    std::chrono::steady_clock::time_point m_epochStart;
    std::chrono::steady_clock::time_point m_last;
    std::vector<Epoch> m_epochs;
    Epoch m_current;
};

} // namespace vernier::bench
