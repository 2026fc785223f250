#pragma once

#include "core/base/hash.h"
#include "core/image/augmentation.h"

namespace vernier {

/// How a kept view of a picture is drawn: from its content and the view's number alone, so that
/// another seed or a renamed picture finds it again. A picture that cannot be read has some view.
AugmentationDraw keptView(
    const Augmentation& augmentation, int size, const Result<ContentHash>& content, int view);

} // namespace vernier
