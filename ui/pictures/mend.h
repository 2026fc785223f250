#pragma once

#include "core/dataset/snapshot.h"

#include <QString>

namespace vernier::ui {

/// What a person has done about a picture.
enum class Mend {
    None,
    Changed, ///< its class or split is another one than it was found with, or it is left out
    Confirmed ///< said to be right as it is
};

Mend mendOf(const ImageEntry& now, const ImageEntry& found);
/// The same of a picture of `now`; `found` may be null: then nothing is known to have changed.
Mend mendOf(const DatasetSnapshot& now, const DatasetSnapshot* found, std::size_t image);
/// "was bees", "was in train", "left out", "said to be right"; empty: nothing.
QString mendText(const DatasetSnapshot& now, const DatasetSnapshot* found, std::size_t image);

} // namespace vernier::ui
