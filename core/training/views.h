#pragma once

#include "core/base/hash.h"
#include "core/training/recipe.h"

#include <functional>
#include <optional>

namespace vernier {

/// How a kept view of a picture is drawn: from its content and the view's number alone, so that
/// another seed or a renamed picture finds it again. A picture that cannot be read has some view.
AugmentationDraw keptView(
    const Augmentation& augmentation, int size, const Result<ContentHash>& content, int view);

/// How training draws a picture of its snapshot in an epoch, counted from 0 over the whole run;
/// none: as it is. `kept` is keptViews() of the recipe; `content` is asked for only where views are
/// kept.
std::optional<AugmentationDraw> viewInEpoch(const Recipe& recipe, int size, int kept,
    std::size_t image, const std::function<Result<ContentHash>()>& content, int epoch);

} // namespace vernier
