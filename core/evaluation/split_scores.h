#pragma once

#include "core/base/progress.h"
#include "core/dataset/snapshot.h"
#include "core/evaluation/metrics.h"
#include "core/features/feature_cache.h"

#include <map>

namespace vernier {

/// What a model answers for the pictures of a split, by index of the image.
struct SplitScores {
    std::map<std::size_t, std::vector<float>> logits; ///< one a class, before the softmax
    std::map<std::size_t, std::vector<float>> logProbabilities; ///< natural logarithms, one a class
    /// What feeds the head, the mean over all places of the picture: one a channel.
    std::map<std::size_t, std::vector<float>> features;
    std::vector<ScanProblem> problems; ///< pictures that could not be read
    int epoch = 0; ///< that the weights are of
};

/// How good these answers are under the labels of `dataset`.
Evaluation evaluate(Split split, const DatasetSnapshot& dataset, SplitScores scores);

/// What a run's best weights answer for every picture of a split. Starts from the features that
/// training has left in `cache`, so that it takes moments where Predictor would run the whole
/// network; what is not there is computed and kept. The classes of `dataset` must be the run's
/// (Mismatch).
Result<SplitScores> scoreSplit(const std::filesystem::path& run, const DatasetSnapshot& dataset,
    Split split, const std::string& device, FeatureCache& cache, std::stop_token stop,
    const ProgressSink& progress);

} // namespace vernier
