#pragma once

// Private to core: includes LibTorch.

#include "core/image/picture.h"
#include "core/prediction/backend.h"

#include "core/base/torch.h"

namespace vernier {

/// Pictures of one size as uint8 (N, 3, H, W), channels-last.
torch::Tensor toTensor(std::span<const Picture> pictures);
ProbabilityRows toRows(const torch::Tensor& probabilities);

/// Decoding threads that keep a device busy: a GPU takes pictures far faster than one core decodes.
int decodeThreadsFor(torch::Device device);

} // namespace vernier
