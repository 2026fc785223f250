#include "core/training/views.h"

#include "core/base/random.h"

#include <cstring>

namespace vernier {

namespace {

// Part of the random numbers' key: what they are for.
constexpr std::uint64_t kView = 12;
constexpr std::uint64_t kFresh = 13;

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

std::optional<AugmentationDraw> viewInEpoch(const Recipe& recipe, int size, int kept,
    std::size_t image, const std::function<Result<ContentHash>()>& content, int epoch)
{
    if (recipe.augmentation.none())
        return std::nullopt;
    if (kept > 0)
        return keptView(recipe.augmentation, size, content(), epoch % kept);
    Random random { recipe.seed, kFresh, image, static_cast<std::uint64_t>(epoch) };
    return draw(recipe.augmentation, size, size, random);
}

} // namespace vernier
