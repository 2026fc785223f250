#include "core/model/compute.h"

#include <ATen/cpu/Utils.h>
#include <ATen/detail/CUDAHooksInterface.h>
#include <c10/core/DeviceGuard.h>

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

Result<torch::Device> findDevice(std::string_view id)
{
    if (id == "cpu")
        return torch::Device(torch::kCPU);
    if (id == "auto")
        return cudaDeviceCount() > 0 ? torch::Device(torch::kCUDA, 0) : torch::Device(torch::kCPU);
    constexpr std::string_view prefix = "cuda";
    if (!id.starts_with(prefix))
        return fail(ErrorCode::Invalid, "there is no device \"" + std::string(id) + "\"", {},
            "use auto, cpu, cuda or cuda:N");

    int index = 0;
    if (const auto rest = id.substr(prefix.size()); !rest.empty()) {
        const auto* end = rest.data() + rest.size();
        const auto [parsed, error] = std::from_chars(rest.data() + 1, end, index);
        if (rest.size() < 2 || rest[0] != ':' || error != std::errc() || parsed != end || index < 0)
            return fail(ErrorCode::Invalid, "there is no device \"" + std::string(id) + "\"", {},
                "use auto, cpu, cuda or cuda:N");
    }
    const int count = cudaDeviceCount();
    if (count == 0)
        return fail(
            ErrorCode::Device, "no usable NVIDIA GPU was found", {}, "use the device cpu or auto");
    if (index >= count)
        return fail(ErrorCode::Device,
            "there is no GPU " + std::to_string(index) + "; the highest number is "
                + std::to_string(count - 1),
            {}, "use the device cuda:" + std::to_string(count - 1));
    return torch::Device(torch::kCUDA, static_cast<c10::DeviceIndex>(index));
}

bool fastBf16(torch::Device device)
{
    if (device.is_cpu()) {
        static const bool fast = [] {
            const auto capabilities = at::cpu::get_cpu_capabilities();
            const auto has = [&](const char* name) {
                const auto found = capabilities.find(name);
                return found != capabilities.end() && found->second.isBool()
                    && found->second.toBool();
            };
            return has("avx512_bf16") || has("amx_bf16");
        }();
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
