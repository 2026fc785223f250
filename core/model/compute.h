#pragma once

// Private to core: includes LibTorch.

#include "core/base/result.h"

#include <functional>
#include <string>
#include <string_view>

#include "core/base/torch.h"

namespace vernier {

/// Number of CUDA devices. Loads LibTorch's CUDA half the first time where it is there (seconds):
/// it must come before anything else asks LibTorch about CUDA, and never on the GUI thread.
/// Thread-safe.
int cudaDeviceCount();

/// Why a GPU cannot be used: a small sum that it is asked for fails or comes out wrong, as on a
/// card that is too old for this LibTorch, broken or full. Empty: it can. The same rules as
/// cudaDeviceCount().
std::string gpuProblem(int index);

/// The GPUs of a machine: how many, and what gpuProblem() says of each.
struct Gpus {
    int count = 0;
    std::function<std::string(int)> problem;
};

/// "auto" (the first GPU that can be used, else the CPU), "cpu", "cuda" (the first that can be
/// used), "cuda:N". Device when there is no such GPU or it cannot be used, naming why; Invalid for
/// any other word.
Result<torch::Device> findDevice(std::string_view id);
/// The same on a machine with these GPUs; they are asked only where the answer depends on it.
Result<torch::Device> findDevice(std::string_view id, const std::function<Gpus()>& gpus);

/// As LibTorch names it: "avx512_bf16", "amx_bf16". False for one that it does not know.
bool processorHas(const std::string& capability);
/// True where bf16 is faster than fp32: AVX512-BF16 or AMX on the CPU, Ampere or newer on a GPU.
bool fastBf16(torch::Device device);

/// A CPU tensor's values on a device. On a GPU they go through page-locked memory, so that the
/// caller waits for nothing that the GPU is still busy with.
torch::Tensor onDevice(const torch::Tensor& values, torch::Device device);

} // namespace vernier
