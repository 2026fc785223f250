#pragma once

#include "core/base/progress.h"
#include "core/dataset/snapshot.h"

#include <span>
#include <vector>

namespace vernier {

/// n rows of numbers, one row a picture.
struct FeatureRows {
    std::vector<float> values; ///< row by row
    std::size_t width = 0;
};

/// Of a picture that is the only one of its class.
inline constexpr int kInEveryFit = -1;

/// Deals pictures out to folds so that each class is spread as evenly as it goes: no two folds
/// differ by more than one picture of it, nor by more than one in all. A class of fewer pictures
/// than folds is in as many folds as it has pictures; one of a single picture could not be told
/// without it, and is in no fold (kInEveryFit). The same for the same seed and labels.
std::vector<int> stratifiedFolds(
    std::span<const ClassIndex> labels, std::size_t classes, int folds, std::uint64_t seed);

struct OutOfFold {
    std::vector<std::size_t> rows; ///< of the features that were judged, in order
    std::vector<double> probabilities; ///< of each of those, one a class; they sum to 1
    std::vector<std::size_t> alone; ///< the rest: in every fit, and so judged by none
};

/// What logistic heads say of pictures that they were fitted without: one for each of 5 folds,
/// fitted to the other folds' `features`, see stratifiedFolds() and fitLogisticHead(). A class
/// without pictures has the probability 0. Two classes must occur. Invalid where a feature is no
/// number; Cancelled once `stop` is requested. Repeatable to the bit on one machine. Progress
/// counts folds.
Result<OutOfFold> outOfFoldProbabilities(const FeatureRows& features,
    std::span<const ClassIndex> labels, std::size_t classes, std::uint64_t seed,
    const std::stop_token& stop, const ProgressSink& progress);

} // namespace vernier
