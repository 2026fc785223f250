#pragma once

#include "core/base/progress.h"
#include "core/dataset/snapshot.h"
#include "core/features/known_pictures.h"
#include "core/recipe/view_rules.h"

#include <vector>

namespace vernier {

/// Training pictures as the network is given them, to be looked at: augmented as in training with
/// the same rules and snapshot, before the normalization. Thread-safe.
struct TrainingViews {
    const DatasetSnapshot& dataset;
    ViewRules rules;
    KnownPictures& known;

    /// One picture in the epochs from `first` (counted from 0) on: RGB, the rules' size squared.
    /// Cancelled once `stop` is requested.
    Result<std::vector<Picture>> of(
        std::size_t image, int first, int count, std::stop_token stop) const;
};

struct SavedViews {
    std::int64_t files = 0;
    std::vector<ScanProblem> problems; ///< pictures that cannot be read
};

/// Writes `images`, by index, as each is in the first `count` epochs to `folder`/CLASS/NAME N.png,
/// a layout that can be opened as a dataset. The folder is made where there is none; Exists when it
/// holds anything, so that no file of the user's is touched. After an error or a cancel, the files
/// written until then stay.
Result<SavedViews> saveTrainingViews(const TrainingViews& views,
    const std::vector<std::size_t>& images, int count, const std::filesystem::path& folder,
    std::stop_token stop, const ProgressSink& progress);

} // namespace vernier
