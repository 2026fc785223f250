#pragma once

#include "core/dataset/snapshot.h"

#include <vector>

namespace vernier {

/// Edits give a new snapshot; the files on disk are never touched. `images` are indices into
/// snapshot->images, which keep their meaning: an edit never reorders images, so undo is keeping
/// the older pointer.
SnapshotPtr relabelled(
    const SnapshotPtr& snapshot, const std::vector<std::size_t>& images, ClassIndex label);
/// Split::LeftOut takes pictures out of the dataset, until they are moved again. Pictures that were
/// moved by hand stay where they are whatever is drawn, which undoing it must take back too: moved
/// with the split and the `byHand` that they had.
SnapshotPtr moved(const SnapshotPtr& snapshot, const std::vector<std::size_t>& images, Split split,
    bool byHand = true);

/// Edits of the person's as a file beside the run or project: path -> class and split, applied to a
/// fresh scan or draw. A split that was chosen by hand is an edit even where the draw chose the
/// same, since the next one may not; one that was drawn is none. Edits in `known` (such a file's
/// text, or nothing) whose pictures or classes are not in the dataset are carried along: those may
/// come back, be it with another reading of its folders. A picture may so have several edits.
std::string editsToJson(
    const DatasetSnapshot& original, const DatasetSnapshot& edited, std::string_view known = {});
Result<SnapshotPtr> withEdits(const SnapshotPtr& original, std::string_view json);

} // namespace vernier
