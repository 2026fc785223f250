#pragma once

// Private to core: includes LibTorch.

#include "core/image/picture.h"

#include <span>

#include "core/base/torch.h"

namespace vernier {

/// Pictures of one size, one at least, as uint8 (n, height, width, 3), RGB, on the CPU; `pinned`:
/// in page-locked memory, from which a GPU fetches without being waited for.
torch::Tensor stacked(std::span<const Picture* const> pictures, bool pinned = false);

} // namespace vernier
