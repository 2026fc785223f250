#include "core/model/devices.h"

#include "core/model/compute.h"

#include <c10/core/CachingDeviceAllocator.h>

#include <algorithm>
#include <filesystem>
#include <fstream>

#include <sched.h>
#include <unistd.h>

namespace vernier {

namespace {

/// The value of the first line "key : value" of a file in /proc; empty where there is none.
std::string procValue(const std::filesystem::path& file, std::string_view key)
{
    std::ifstream in(file);
    for (std::string line; std::getline(in, line);) {
        if (!line.starts_with(key))
            continue;
        const auto start = line.find_first_not_of(" \t", line.find(':') + 1);
        return start == std::string::npos ? std::string() : line.substr(start);
    }
    return {};
}

/// The driver's own list; its order is the bus's, as CUDA's is where CUDA_DEVICE_ORDER does not say
/// otherwise.
std::vector<std::string> nvidiaModels()
{
    std::vector<std::filesystem::path> folders;
    std::error_code error;
    for (const auto& entry : std::filesystem::directory_iterator("/proc/driver/nvidia/gpus", error))
        folders.push_back(entry.path());
    std::sort(folders.begin(), folders.end());
    std::vector<std::string> names;
    for (const auto& folder : folders)
        names.push_back(procValue(folder / "information", "Model"));
    return names;
}

} // namespace

std::string deviceName(const std::string& id)
{
    if (id == "cpu") {
        auto name = procValue("/proc/cpuinfo", "model name");
        return name.empty() ? "Processor" : name;
    }
    const auto names = nvidiaModels();
    for (std::size_t i = 0; i < names.size(); ++i) {
        if (id == "cuda:" + std::to_string(i))
            return names[i];
    }
    return "NVIDIA GPU";
}

int usableCores()
{
    cpu_set_t set;
    CPU_ZERO(&set);
    if (::sched_getaffinity(0, sizeof set, &set) == 0)
        return std::max(1, CPU_COUNT(&set));
    return 1;
}

int loaderThreads(bool onGpu) { return onGpu ? std::max(1, usableCores() - 1) : 1; }

std::vector<Device> devices()
{
    std::vector<Device> list;
    Device cpu;
    cpu.id = "cpu";
    cpu.name = deviceName(cpu.id);
    const auto pageSize = static_cast<std::uint64_t>(::sysconf(_SC_PAGESIZE));
    cpu.totalBytes = static_cast<std::uint64_t>(::sysconf(_SC_PHYS_PAGES)) * pageSize;
    cpu.freeBytes = static_cast<std::uint64_t>(::sysconf(_SC_AVPHYS_PAGES)) * pageSize;
    cpu.fastBf16 = fastBf16(torch::kCPU);
    list.push_back(std::move(cpu));

    for (int i = 0; i < cudaDeviceCount(); ++i) {
        Device gpu;
        gpu.id = "cuda:" + std::to_string(i);
        gpu.name = deviceName(gpu.id);
        const torch::Device device(torch::kCUDA, static_cast<c10::DeviceIndex>(i));
        try {
            const auto [free, total]
                = c10::getDeviceAllocator(torch::kCUDA)->getMemoryInfo(device.index());
            gpu.freeBytes = free;
            gpu.totalBytes = total;
            gpu.problem = gpuProblem(i);
            gpu.fastBf16 = fastBf16(device);
        } catch (const c10::Error& e) {
            gpu.problem = e.what_without_backtrace();
        }
        list.push_back(std::move(gpu));
    }
    return list;
}

} // namespace vernier
