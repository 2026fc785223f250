#pragma once

#include "core/base/result.h"
#include "core/runs/events.h"

#include <ctime>
#include <filesystem>
#include <span>

namespace vernier {

/// Writes the epochs of a run for TensorBoard, as Keras does: the folders train and validation
/// below `folder`, each with one event file of the scalars epoch_accuracy and epoch_loss. `started`
/// is when the run began; an epoch's time is when it ended. Written again, the files are replaced.
Status writeTensorBoard(
    const std::filesystem::path& folder, std::span<const EpochDone> epochs, std::time_t started);

} // namespace vernier
