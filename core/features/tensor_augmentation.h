#pragma once

// Private to core: includes LibTorch.

#include "core/image/augmentation.h"

#include <vector>

#include "core/base/torch.h"

namespace vernier {

/// augmented() for many pictures at once, on the device where they lie, without waiting for it:
/// `pictures` is uint8 (n, height, width, 3), RGB, with one draw each; so is the result. Positions
/// and values are computed step by step as for a single picture: it is the same but for a grey
/// level where a sum over the whole picture is rounded another way.
torch::Tensor augmented(
    const torch::Tensor& pictures, const std::vector<AugmentationDraw>& draws, FillMode fill);

} // namespace vernier
