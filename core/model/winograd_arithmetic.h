#pragma once

// Private to core: includes LibTorch.

#include "core/base/torch.h"

// A 3 x 3 convolution of stride 1 and padding 1 and its gradients, once in each precision. Pictures
// are (n, channels, height, width), channels-last, and in the precision; filters (out, in, 3, 3),
// biases and the gradients of both are fp32.

namespace vernier::winograd {

namespace fp32 {

/// Plus `bias` where it is defined, no less than zero where `relu`.
torch::Tensor forward(
    const torch::Tensor& x, const torch::Tensor& weight, const torch::Tensor& bias, bool relu);
/// What an output's gradient is to the input.
torch::Tensor inputGradient(const torch::Tensor& gradient, const torch::Tensor& weight);
/// What an output's gradient is to the filter.
torch::Tensor filterGradient(const torch::Tensor& x, const torch::Tensor& gradient);

} // namespace fp32

/// Likewise.
namespace bf16 {

/// True where the others run and pay: on a processor with AVX512-BF16. AMX multiplies eight times
/// as fast, and LibTorch's own convolutions are built for it.
bool served();

torch::Tensor forward(
    const torch::Tensor& x, const torch::Tensor& weight, const torch::Tensor& bias, bool relu);
torch::Tensor inputGradient(const torch::Tensor& gradient, const torch::Tensor& weight);
torch::Tensor filterGradient(const torch::Tensor& x, const torch::Tensor& gradient);

} // namespace bf16

} // namespace vernier::winograd
