#include "core/features/picture_tensor.h"

#include <cstring>

namespace vernier {

torch::Tensor stacked(std::span<const Picture* const> pictures, bool pinned)
{
    const auto& first = *pictures.front();
    auto tensor
        = torch::empty({ static_cast<std::int64_t>(pictures.size()), first.height, first.width, 3 },
            torch::TensorOptions(torch::kByte).pinned_memory(pinned));
    auto* target = tensor.data_ptr<std::uint8_t>();
    for (const auto* picture : pictures) {
        std::memcpy(target, picture->rgb.data(), picture->rgb.size());
        target += picture->rgb.size();
    }
    return tensor;
}

} // namespace vernier
