#pragma once

#include "core/base/progress.h"
#include "core/dataset/snapshot.h"
#include "core/evaluation/metrics.h"
#include "core/features/feature_cache.h"

#include <array>
#include <memory>

namespace vernier::ui {

/// What the best weights of two runs say of the pictures that are validation in both.
struct PictureComparison {
    struct Side {
        SnapshotPtr dataset; ///< the run's own, by today's labels
        /// Only the pictures that this run got wrong and the other one right.
        std::shared_ptr<const Evaluation> wrong;
    };
    std::array<Side, 2> sides;
    std::int64_t compared = 0;
    std::int64_t bothRight = 0;
    std::int64_t bothWrong = 0;
};

/// From what the runs answer for their validation pictures; a picture is the same one where path
/// and class are.
PictureComparison compare(const std::array<SnapshotPtr, 2>& datasets,
    const std::array<std::map<std::size_t, std::vector<float>>, 2>& logProbabilities);

/// Asks the weights of both runs, on the calling thread, by way of the features in `cache`, about
/// the pictures that are validation in both, by the labels of today. `open`: pictures that are
/// open, with those; null: none. Pictures that have moved are looked for in `pictures`.
Result<PictureComparison> comparePictures(const std::array<std::filesystem::path, 2>& runs,
    const std::filesystem::path& pictures, const SnapshotPtr& open, FeatureCache& cache,
    std::stop_token stop, const ProgressSink& progress);

} // namespace vernier::ui
