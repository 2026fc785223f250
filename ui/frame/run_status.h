#pragma once

#include "core/dataset/snapshot.h"
#include "ui/session/job_board.h"
#include "ui/session/run_history.h"
#include "ui/session/run_state.h"

namespace vernier::ui {

/// Which epoch is under way, of those of its phase: "epoch 4 of 10", or with several phases "phase
/// 2 of 3 · epoch 4 of 10". Empty before the first phase begins.
QString epochWords(const RunHistory& history);

/// What the run bar says.
struct RunStatus {
    QString text; ///< "head only · epoch 4 of 10"
    std::optional<double> share; ///< of the bar; none: no bar
    bool indeterminate = false;
    QString left; ///< "38 s left"
    QString rate; ///< "212 pictures/s"
    bool failed = false; ///< `text` is the sentence of an error
};

/// What was mended since the run was trained, see Evaluations.
struct Mended {
    std::int64_t changes = 0; ///< in pictures, to its labels and splits
    std::optional<double> validation; ///< accuracy by today's labels, where that is another
};

RunStatus runStatus(RunState state, const RunHistory& history, const JobProgress& job,
    const SnapshotPtr& dataset, const std::optional<Error>& runError, const Mended& mended = {});

/// "12 of 153 pictures · 10 s left", for a job of which that is known; else empty.
QString picturesDone(const JobProgress& job);

} // namespace vernier::ui
