#pragma once

#include "core/dataset/snapshot.h"

namespace vernier {

struct UnknownClass {
    std::string name;
    std::int64_t pictures = 0; ///< in all splits
};

struct MatchedClasses {
    SnapshotPtr dataset;
    std::vector<UnknownClass> unknown; ///< of the pictures, not of the model; by name
};

/// Pictures as a model sees them that was trained on others: with the model's classes in the
/// model's order, matched by name. Those that have no pictures stay; pictures of a class that the
/// model does not know are left away. Mismatch where it knows none of them.
Result<MatchedClasses> withClassesOf(
    const SnapshotPtr& pictures, const std::vector<std::string>& modelClasses);

} // namespace vernier
