#pragma once

#include "core/runs/run_course.h"

#include <QStringList>

#include <optional>
#include <vector>

namespace vernier::ui {

/// One epoch axis for all charts: everything the current run has told so far.
struct RunHistory : RunCourse {
    std::optional<StepDone> step; ///< newest within the epoch under way
    std::optional<Preparing> preparing;
    std::vector<StepDone> steps; ///< thinned to at most 2000, for the faint running line
    QStringList log; ///< plain sentences, oldest first
};

/// Adds what an event tells to the history.
void append(RunHistory& history, const TrainingEvent& event);

} // namespace vernier::ui
