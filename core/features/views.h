#pragma once

#include "core/base/hash.h"
#include "core/recipe/view_rules.h"

#include <functional>
#include <optional>

namespace vernier {

/// How a kept view of a picture is drawn: from its content and the view's number, not the seed, so
/// that another one or a renamed picture finds it again. A picture that cannot be read has some
/// view.
AugmentationDraw keptView(const ViewRules& rules, const Result<ContentHash>& content, int view);

/// How training draws a picture of its snapshot in an epoch, counted from 0 over the whole run;
/// none: as it is. `content` is asked for only where views are kept.
std::optional<AugmentationDraw> viewInEpoch(const ViewRules& rules, std::size_t image,
    const std::function<Result<ContentHash>()>& content, int epoch);

} // namespace vernier
