#pragma once

#include "core/dataset/snapshot.h"

namespace vernier {

/// What is otherwise in one state of a dataset than in an earlier one, in pictures. A picture
/// counts once, for the first of these that holds.
struct DataChanges {
    std::int64_t added = 0; ///< files
    std::int64_t gone = 0; ///< files
    std::int64_t leftOut = 0; ///< used before, and not now
    std::int64_t takenIn = 0; ///< the other way round
    std::int64_t relabelled = 0;
    std::int64_t moved = 0; ///< to another split
    std::int64_t count() const { return added + gone + leftOut + takenIn + relabelled + moved; }
    bool operator==(const DataChanges&) const = default;
};

/// By path and names of classes; the folders may lie anywhere.
DataChanges changesBetween(const DatasetSnapshot& earlier, const DatasetSnapshot& later);

/// The pictures of `run`, labels and splits as it was trained on, under the labels of `today`: for
/// judging the run. What was trained on is no validation because it is called so later, so pictures
/// whose split is another now by hand are left out, as are those that are gone or whose class the
/// run does not know. Images and classes keep their indices in `run`.
SnapshotPtr judgedBy(const SnapshotPtr& run, const DatasetSnapshot& today);

/// `today` for going on with a run that was trained on `trained`: what is in another split of
/// judging than it was then is left out, since it may have been trained on. Files that came since
/// stay where they are.
SnapshotPtr withoutSeen(const SnapshotPtr& today, const DatasetSnapshot& trained);

} // namespace vernier
