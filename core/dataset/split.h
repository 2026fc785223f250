#pragma once

#include "core/dataset/snapshot.h"

namespace vernier {

struct SplitOptions {
    double validationFraction = 0.15; ///< of each class's train pictures, (0, 0.9]
    std::uint64_t seed = 1;
    double testToTrain = 0; ///< of each class's test pictures that train instead, [0, 0.9]
    bool operator==(const SplitOptions&) const = default;
};

/// Moves the share of test that is asked for to train; and where `snapshot` has no validation
/// split, a share of train there. Both are stratified by class, at least one picture of each class
/// that has two or more, the same for the same seed and file names whatever order they were found
/// in. Pictures whose split was chosen by hand stay in it. Returns the snapshot itself where there
/// is nothing to move.
SnapshotPtr withValidation(SnapshotPtr snapshot, const SplitOptions& options);

/// The same, but pictures that `earlier` has stay in the split that they have there, unless it was
/// chosen by hand: for going on with what was trained on it, whatever files have come since.
SnapshotPtr withSplitsOf(
    const SnapshotPtr& snapshot, const SplitOptions& options, const DatasetSnapshot& earlier);

/// Values of a count of pictures a class that are no count.
inline constexpr int kAllOfClass = 0;
inline constexpr int kBalancedClasses = -1; ///< as many of each as the rarest class has

/// Indices of the training pictures that are used when at most `perClass` of each class are: drawn
/// with `seed`, the same for the same class names and file names, in the snapshot's order. A class
/// without training pictures is no rarest one.
std::vector<std::size_t> drawnTrainingPictures(
    const DatasetSnapshot& snapshot, int perClass, std::uint64_t seed);

/// The other training pictures: those that make their class larger than that.
std::vector<std::size_t> surplusTrainingPictures(
    const DatasetSnapshot& snapshot, int perClass, std::uint64_t seed);

/// How many are drawn, without drawing them.
std::int64_t drawnTrainingCount(const DatasetSnapshot& snapshot, int perClass);

/// Balanced weights as in the tutorial and scikit-learn: n / (classes * n_c), over the train split;
/// counts 994, 1210, 1966 give 1.39839034, 1.14876033, 0.70701933. A class without pictures gets 0.
std::vector<double> balancedClassWeights(const std::vector<std::int64_t>& trainCounts);

} // namespace vernier
