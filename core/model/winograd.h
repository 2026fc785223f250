#pragma once

// Private to core: includes LibTorch.

#include "core/base/torch.h"

namespace vernier {

/// True where winogradConvolution serves and pays: fp32 on the CPU, 3 x 3, stride 1, padding 1,
/// enough channels.
bool winogradServes(const torch::Tensor& x, const torch::Tensor& weight, int stride, int padding);

/// 3 x 3 convolution with padding 1, plus bias, no less than zero where `relu`; with gradients
/// where they are asked for. By Winograd's F(4x4, 3x3), which needs a quarter of the
/// multiplications: fp32 on a processor without half-precision arithmetic is two to three times as
/// fast as LibTorch's own. Relative error about 1e-5. Channels-last in and out.
torch::Tensor winogradConvolution(
    const torch::Tensor& x, const torch::Tensor& weight, const torch::Tensor& bias, bool relu);

} // namespace vernier
