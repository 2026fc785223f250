#pragma once

// Private to core: includes LibTorch.

#include "core/base/result.h"

#include <string_view>

#include <torch/torch.h>

namespace vernier {

/// Number of CUDA devices. Loads LibTorch's CUDA half the first time where it is there (seconds):
/// it must come before anything else asks LibTorch about CUDA, and never on the GUI thread.
/// Thread-safe.
int cudaDeviceCount();

/// "auto" (the first GPU, else the CPU), "cpu", "cuda", "cuda:N". Device when there is no such GPU,
/// Invalid for any other word.
Result<torch::Device> findDevice(std::string_view id);

/// True where bf16 is faster than fp32: AVX512-BF16 or AMX on the CPU, Ampere or newer on a GPU.
bool fastBf16(torch::Device device);

/// A CPU tensor's values on a device. On a GPU they go through page-locked memory, so that the
/// caller waits for nothing that the GPU is still busy with.
torch::Tensor onDevice(const torch::Tensor& values, torch::Device device);

} // namespace vernier
