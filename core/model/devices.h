#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace vernier {

struct Device {
    std::string id; ///< "cpu", "cuda:0": what a recipe says
    std::string name; ///< "AMD EPYC", "NVIDIA H100"
    std::uint64_t totalBytes = 0;
    std::uint64_t freeBytes = 0;
    bool fastBf16 = false; ///< AVX512-BF16 or AMX; Ampere or newer
    std::string problem; ///< why it cannot be used; empty: it can
};

/// Slow the first time (it may load CUDA's libraries): never on the GUI thread.
std::vector<Device> devices();
/// Device::name of one of them, without asking the device itself.
std::string deviceName(const std::string& id);
/// Cores that training threads and loaders share.
int usableCores();
/// Those for a loader: a GPU that trains leaves the cores to it.
int loaderThreads(bool onGpu);

} // namespace vernier
