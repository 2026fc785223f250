#include "core/prediction/picture_tensor.h"

#include <ATen/Parallel.h>

#include <cstring>

namespace vernier {

torch::Tensor toTensor(std::span<const Picture> pictures)
{
    const auto& first = pictures.front();
    auto tensor = torch::empty(
        { static_cast<std::int64_t>(pictures.size()), first.height, first.width, 3 }, torch::kByte);
    auto* target = tensor.data_ptr<std::uint8_t>();
    for (const auto& picture : pictures) {
        std::memcpy(target, picture.rgb.data(), picture.rgb.size());
        target += picture.rgb.size();
    }
    return tensor.permute({ 0, 3, 1, 2 });
}

ProbabilityRows toRows(const torch::Tensor& probabilities)
{
    const auto values = probabilities.to(torch::kCPU, torch::kFloat).contiguous();
    const auto width = static_cast<std::size_t>(values.size(1));
    const auto* at = values.const_data_ptr<float>();
    ProbabilityRows rows;
    for (std::int64_t i = 0; i < values.size(0); ++i, at += width)
        rows.emplace_back(at, at + width);
    return rows;
}

int decodeThreadsFor(torch::Device device)
{
    return device.is_cuda() ? std::clamp(at::get_num_threads(), 1, 8) : 1;
}

} // namespace vernier
