#pragma once

#include "core/dataset/snapshot.h"

namespace vernier::bench {

/// So many pictures of a folder's, the classes by turns, so that every measurement is made on the
/// same work whatever folder it is given. Training pictures come from the train split, validation
/// pictures from the other splits first. Invalid when the folder has too few.
Result<SnapshotPtr> chosenPictures(
    const std::filesystem::path& folder, std::size_t train, std::size_t validation);

/// The first so many of a snapshot's training and validation pictures, the classes by turns.
SnapshotPtr fewer(const SnapshotPtr& pictures, std::size_t train, std::size_t validation);

/// Which pictures and labels they are, for the peers: {"classes": n, "train": [[path, label], ...],
/// "validation": [...]}.
std::string listOf(const DatasetSnapshot& pictures);

} // namespace vernier::bench
