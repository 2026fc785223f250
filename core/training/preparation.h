#pragma once

#include "core/base/progress.h"
#include "core/dataset/snapshot.h"
#include "core/training/feature_cache.h"
#include "core/training/recipe.h"

#include <map>

namespace vernier {

struct Prepared {
    std::int64_t computed = 0; ///< pictures, or views of them
    bool allKept = true; ///< false where the cache had no room for all
};

/// A phase finds below its cut what the recipe's weights have there: no phase before it trains
/// anything below. What it needs can then be prepared before those are trained.
bool findsLoadedWeightsBelow(const Recipe& recipe, std::size_t phase);

/// Computes what the first phase of `recipe` will need below its cut and puts it into `cache`, on
/// the calling thread, in small batches: pictures to train on first, then validation and test.
/// Views that a recipe draws fresh in every epoch cannot be prepared and are left out, pictures
/// that cannot be read too. What is cached already is not even read. Cancelled when stopped, and
/// what was computed so far is kept. Progress counts what is to be computed.
Result<Prepared> prepareFeatures(const DatasetSnapshot& dataset, const Recipe& recipe,
    FeatureCache& cache, std::stop_token stop, const ProgressSink& progress);

/// Of the best weights of a run, in the order in which they answer.
Result<std::vector<std::string>> classesOfRun(const std::filesystem::path& run);

struct SplitScores {
    /// Natural logarithms, by index of the image, one a class.
    std::map<std::size_t, std::vector<float>> logProbabilities;
    std::vector<ScanProblem> problems; ///< pictures that could not be read
    int epoch = 0; ///< that the weights are of
};

/// What a run's best weights answer for every picture of a split. Starts from the features that
/// training has left in `cache`, so that it takes moments where Predictor would run the whole
/// network; what is not there is computed and kept. The classes of `dataset` must be the run's
/// (Mismatch).
Result<SplitScores> scoreSplit(const std::filesystem::path& run, const DatasetSnapshot& dataset,
    Split split, const std::string& device, FeatureCache& cache, std::stop_token stop,
    const ProgressSink& progress);

} // namespace vernier
