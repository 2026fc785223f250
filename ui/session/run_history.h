#pragma once

#include "core/dataset/snapshot.h"
#include "core/evaluation/metrics.h"
#include "core/runs/events.h"

#include <QStringList>

#include <map>
#include <optional>
#include <string>
#include <vector>

namespace vernier::ui {

/// One epoch axis for all charts: everything the current run has told so far.
struct RunHistory {
    std::vector<PhaseStarted> phases;
    std::vector<EpochDone> epochs;
    std::optional<StepDone> step; ///< newest within the epoch under way
    std::optional<Preparing> preparing;
    std::optional<Finished> finished;
    std::vector<StepDone> steps; ///< thinned to at most 2000, for the faint running line
    QStringList log; ///< plain sentences, oldest first
    std::map<std::string, double> rates; ///< changed by hand in the phase under way
    int bestEpoch = 0;
};

/// Adds what an event tells to the history.
void append(RunHistory& history, const TrainingEvent& event);

/// The same evaluation under the labels and splits that the dataset has now: a picture that was
/// relabelled counts for its new class, one that was moved away no longer counts.
Evaluation rescored(const Evaluation& evaluation, const DatasetSnapshot& dataset);

} // namespace vernier::ui
