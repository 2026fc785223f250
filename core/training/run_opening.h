#pragma once

// Private to core: includes LibTorch.

#include "core/base/folder_lock.h"
#include "core/model/placed_network.h"
#include "core/runs/event_log.h"
#include "core/training/checkpoint.h"
#include "core/training/trainer.h"

#include <map>
#include <string>

namespace vernier {

/// A run as it stands on disk, and all that is needed to go on with it.
struct OpenedRun {
    TrainingJob job; ///< with the run's own recipe, pictures and kept epochs
    FolderLock lock;
    PlacedNetwork placed; ///< with the weights that it goes on from
    EventLog log;
    Resume resume; ///< as it is before the first epoch, where the run begins
    /// Weights of the best epoch, by name, on the device; empty: none is on disk.
    std::map<std::string, torch::Tensor> best;
};

/// Begins a job's run in its folder, or takes it up where it stands: reads and checks all before it
/// writes anything that was not there.
Result<OpenedRun> openRun(const TrainingJob& job);

} // namespace vernier
