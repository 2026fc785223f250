#pragma once

// Private to core: includes LibTorch.

#include "core/base/torch.h"

namespace vernier {

/// True where winogradConvolution serves and pays: on the CPU, 3 x 3, stride 1, padding 1, enough
/// channels; pictures in fp32, or in bf16 where the processor has AVX512-BF16 and no AMX. The
/// weights are fp32.
bool winogradServes(const torch::Tensor& x, const torch::Tensor& weight, int stride, int padding);

/// 3 x 3 convolution with padding 1, plus bias, no less than zero where `relu`; with gradients
/// where they are asked for. In fp32 by Winograd's F(4x4, 3x3), which needs a quarter of the
/// multiplications: on a processor without half-precision arithmetic two to three times as fast as
/// LibTorch's own, relative error about 1e-5. In bf16 by F(2x2, 3x3): twice as fast, relative error
/// 3e-3 where LibTorch's own has 2e-3. Channels-last in and out, in the precision of `x`.
torch::Tensor winogradConvolution(
    const torch::Tensor& x, const torch::Tensor& weight, const torch::Tensor& bias, bool relu);

} // namespace vernier
