#pragma once

#include "core/dataset/snapshot.h"

#include <vector>

namespace vernier {

/// Edits give a new snapshot; the files on disk are never touched. `images` are indices into
/// snapshot->images, which keep their meaning: an edit never reorders images, so undo is keeping
/// the older pointer. What is said of a picture stands in the snapshot, see ImageEntry.
SnapshotPtr relabelled(
    const SnapshotPtr& snapshot, const std::vector<std::size_t>& images, ClassIndex label);
/// Split::LeftOut takes pictures out of the dataset, until they are moved again. Pictures that were
/// moved by hand stay where they are whatever is drawn, which undoing it must take back too: moved
/// with the split and the `byHand` that they had.
SnapshotPtr moved(const SnapshotPtr& snapshot, const std::vector<std::size_t>& images, Split split,
    bool byHand = true);
/// That the label is right as it is, or no longer; another label needs to be confirmed anew.
SnapshotPtr confirmed(
    const SnapshotPtr& snapshot, const std::vector<std::size_t>& images, bool right = true);
/// Without what a person has said: each picture in the class that its folder says. Splits stay as
/// they are, by nobody's hand.
SnapshotPtr withoutEdits(const SnapshotPtr& snapshot);
bool isEdited(const ImageEntry& image);

} // namespace vernier
