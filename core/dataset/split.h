#pragma once

#include "core/dataset/snapshot.h"

namespace vernier {

struct SplitOptions {
    double validationFraction = 0.15; ///< of each class's train pictures, (0, 0.9]
    std::uint64_t seed = 1;
    bool operator==(const SplitOptions&) const = default;
};

/// Where `snapshot` has no validation split, moves a share of train there: stratified by class, at
/// least one picture of each class that has two or more, the same for the same seed and file names
/// whatever order they were found in. Where it has one, returns it as it is. Test is never touched.
SnapshotPtr withValidation(SnapshotPtr snapshot, const SplitOptions& options);

/// Balanced weights as in the tutorial and scikit-learn: n / (classes * n_c), over the train split;
/// counts 994, 1210, 1966 give 1.39839034, 1.14876033, 0.70701933. A class without pictures gets 0.
std::vector<double> balancedClassWeights(const std::vector<std::int64_t>& trainCounts);

} // namespace vernier
