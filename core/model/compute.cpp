#include "core/model/compute.h"

#include <ATen/cpu/Utils.h>
#include <ATen/detail/CUDAHooksInterface.h>
#include <c10/core/DeviceGuard.h>

#include <algorithm>
#include <charconv>

#include <dlfcn.h>

namespace vernier {

int cudaDeviceCount()
{
    static const int count = [] {
        if (!::dlopen("libtorch_cuda.so", RTLD_NOW | RTLD_GLOBAL))
            return 0;
        try {
            return static_cast<int>(torch::cuda::device_count());
        } catch (const c10::Error&) {
            return 0;
        }
    }();
    return count;
}

std::string gpuProblem(int index)
{
    try {
        const torch::Device device(torch::kCUDA, static_cast<c10::DeviceIndex>(index));
        const auto ones = torch::ones({ 8 }, torch::TensorOptions(device));
        return ones.sum().item<double>() == 8 ? "" : "it computes wrong results";
    } catch (const c10::Error& e) {
        return e.what_without_backtrace();
    }
}

Result<torch::Device> findDevice(std::string_view id)
{
    return findDevice(id, [] { return Gpus { cudaDeviceCount(), gpuProblem }; });
}

Result<torch::Device> findDevice(std::string_view id, const std::function<Gpus()>& gpus)
{
    const auto gpu = [](int index) {
        return torch::Device(torch::kCUDA, static_cast<c10::DeviceIndex>(index));
    };
    if (id == "cpu")
        return torch::Device(torch::kCPU);
    constexpr std::string_view prefix = "cuda";
    const bool any = id == "auto" || id == prefix;
    int index = 0;
    if (!any) {
        const auto number = id.substr(std::min(id.size(), prefix.size() + 1));
        const auto* end = number.data() + number.size();
        const auto [parsed, error] = std::from_chars(number.data(), end, index);
        if (!id.starts_with(prefix) || number.empty() || id[prefix.size()] != ':'
            || error != std::errc() || parsed != end || index < 0)
            return fail(ErrorCode::Invalid, "there is no device \"" + std::string(id) + "\"", {},
                "use auto, cpu, cuda or cuda:N");
    }
    const auto found = gpus();
    if (id == "auto" && found.count == 0)
        return torch::Device(torch::kCPU);
    if (found.count == 0)
        return fail(
            ErrorCode::Device, "no usable NVIDIA GPU was found", {}, "use the device cpu or auto");
    if (index >= found.count)
        return fail(ErrorCode::Device,
            "there is no GPU " + std::to_string(index) + "; the highest number is "
                + std::to_string(found.count - 1),
            {}, "use the device cuda:" + std::to_string(found.count - 1));
    std::string why;
    for (int i = index; i < (any ? found.count : index + 1); ++i) {
        const auto problem = found.problem(i);
        if (problem.empty())
            return gpu(i);
        if (why.empty())
            why = "GPU " + std::to_string(i) + " cannot be used: " + problem;
    }
    if (id == "auto")
        return torch::Device(torch::kCPU);
    return fail(ErrorCode::Device, why, {}, "use the device cpu or auto");
}

bool processorHas(const std::string& capability)
{
    const auto capabilities = at::cpu::get_cpu_capabilities();
    const auto found = capabilities.find(capability);
    return found != capabilities.end() && found->second.isBool() && found->second.toBool();
}

bool fastBf16(torch::Device device)
{
    if (device.is_cpu()) {
        static const bool fast = processorHas("avx512_bf16") || processorHas("amx_bf16");
        return fast;
    }
    if (!device.is_cuda() || cudaDeviceCount() == 0)
        return false;
    try {
        // It asks whether the current device is of compute capability 8.0 or higher.
        const c10::DeviceGuard guard(device);
        return at::detail::getCUDAHooks().supportsBFloat16ConvolutionWithCuDNNv8();
    } catch (const c10::Error&) {
        return false;
    }
}

torch::Tensor onDevice(const torch::Tensor& values, torch::Device device)
{
    if (!device.is_cuda())
        return values.to(device);
    return (values.is_pinned() ? values : values.pin_memory()).to(device, true);
}

} // namespace vernier
