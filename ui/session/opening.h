#pragma once

#include "core/base/progress.h"
#include "core/runs/run_store.h"
#include "ui/session/current_dataset.h"

#include <future>
#include <optional>

namespace vernier::ui {

/// What opening reads from disk; on workers.

/// With the journal of its folder. One that cannot be read is put aside and told, since the next
/// change would be written over it.
CurrentDataset::Opened withJournal(
    const SnapshotPtr& scanned, const std::filesystem::path& journals);

struct OpenedRun {
    RunInfo info;
    SnapshotPtr trainedOn; ///< the run's own pictures, wherever they are now
    std::optional<CurrentDataset::Opened> pictures; ///< nothing: they are those that are open
    Edits ownEdits; ///< that an older run kept itself
    std::optional<Error> problem; ///< why those could not be read
};

struct RunToOpen {
    std::filesystem::path run;
    std::filesystem::path pictures; ///< where they may be, see MovedPictures; empty: nowhere else
    SnapshotPtr open; ///< pictures that are open; null: none
    std::filesystem::path journals;
    std::shared_future<void> written; ///< nobody writes a journal any more
};
Result<OpenedRun> readToOpen(
    const RunToOpen& what, std::stop_token stop, const ProgressSink& progress);

} // namespace vernier::ui
