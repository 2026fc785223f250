#include "core/training/views.h"

#include "core/base/random.h"

#include <cstring>

namespace vernier {

namespace {

/// Part of the random numbers' key: what they are for.
constexpr std::uint64_t kView = 12;

} // namespace

AugmentationDraw keptView(
    const Augmentation& augmentation, int size, const Result<ContentHash>& content, int view)
{
    std::uint64_t own = 0;
    if (content)
        std::memcpy(&own, content->bytes.data(), sizeof own);
    Random random { kView, own, static_cast<std::uint64_t>(view) };
    return draw(augmentation, size, size, random);
}

} // namespace vernier
