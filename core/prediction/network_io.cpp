#include "core/prediction/network_io.h"

#include "core/features/picture_tensor.h"

#include <ATen/Parallel.h>

namespace vernier {

torch::Tensor toTensor(std::span<const Picture> pictures)
{
    std::vector<const Picture*> each;
    for (const auto& picture : pictures)
        each.push_back(&picture);
    return stacked(each).permute({ 0, 3, 1, 2 });
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
