#pragma once

#include "core/runs/events.h"

#include <map>
#include <optional>
#include <string>
#include <vector>

namespace vernier {

/// What the events of a run come to. An epoch that was trained again counts as it was the last
/// time: a run that was broken off goes on from its last checkpoint.
struct RunCourse {
    std::vector<PhaseStarted> phases; ///< each with an epoch, but for the newest
    std::vector<EpochDone> epochs; ///< each once, as it was trained last, in order
    int bestEpoch = 0; ///< 0: none yet
    std::optional<Finished> ended; ///< none: it is under way, or was cut off
    std::map<std::string, double> rates; ///< changed by hand in the newest phase

    int epochsDone() const { return epochs.empty() ? 0 : epochs.back().epoch; }
    const EpochDone* best() const; ///< null: none was finished
    double seconds() const; ///< that its epochs took together
};

/// The best epoch up to `epoch`; null: none. Points into `course`.
const EpochDone* bestThrough(const RunCourse& course, int epoch);

/// Adds what the next event tells.
void append(RunCourse& course, const TrainingEvent& event);

} // namespace vernier
