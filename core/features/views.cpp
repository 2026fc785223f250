#include "core/features/views.h"

#include "core/base/random.h"

#include <cstring>

namespace vernier {

namespace {

// Part of the random numbers' key: what they are for.
constexpr std::uint64_t kView = 12;
constexpr std::uint64_t kFresh = 13;

} // namespace

AugmentationDraw keptView(const ViewRules& rules, const Result<ContentHash>& content, int view)
{
    std::uint64_t own = 0;
    if (content)
        std::memcpy(&own, content->bytes.data(), sizeof own);
    Random random { kView, own, static_cast<std::uint64_t>(view) };
    return draw(rules.augmentation, rules.size, rules.size, random);
}

std::optional<AugmentationDraw> viewInEpoch(const ViewRules& rules, std::size_t image,
    const std::function<Result<ContentHash>()>& content, int epoch)
{
    if (rules.augmentation.none())
        return std::nullopt;
    if (rules.kept > 0)
        return keptView(rules, content(), epoch % rules.kept);
    Random random { rules.seed, kFresh, image, static_cast<std::uint64_t>(epoch) };
    return draw(rules.augmentation, rules.size, rules.size, random);
}

} // namespace vernier
