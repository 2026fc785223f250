#include "core/model/freeze_plan.h"

#include "core/base/text.h"

#include <algorithm>

namespace vernier {

double FreezePlan::rate(const std::string& block) const
{
    if (block == "head")
        return headRate;
    const auto found = blockRates.find(block);
    return found == blockRates.end() ? 0 : found->second;
}

std::size_t cutOf(const Architecture& backbone, std::size_t end, const FreezePlan& plan)
{
    for (std::size_t i = 0; i < end; ++i) {
        if (backbone.layers[i].hasParameters() && plan.trains(backbone.layers[i].block))
            return i;
    }
    return end;
}

Status check(const FreezePlan& plan, const Architecture& backbone, std::size_t end)
{
    const auto checkRate = [](const std::string& block, double rate) -> Status {
        if (!(rate > 0 && rate <= 10))
            return fail(ErrorCode::Invalid,
                "the learning rate of " + block + " must be above 0 and at most 10, is "
                    + shortNumber(rate));
        return {};
    };
    if (auto ok = checkRate("the head", plan.headRate); !ok)
        return ok;
    for (const auto& [block, rate] : plan.blockRates) {
        const auto inUse = std::any_of(backbone.layers.begin(),
            backbone.layers.begin() + static_cast<std::ptrdiff_t>(end),
            [&](const Layer& layer) { return layer.block == block && layer.hasParameters(); });
        if (!inUse) {
            std::string known;
            for (const auto& name : backbone.blocks())
                known += (known.empty() ? "" : ", ") + name;
            return fail(ErrorCode::NotFound,
                "there is no block \"" + block + "\" below the transfer layer", {}, "use " + known);
        }
        if (auto ok = checkRate(block, rate); !ok)
            return ok;
    }
    return {};
}

std::string describe(const FreezePlan& plan)
{
    if (plan.blockRates.empty())
        return "head only";
    std::string numbers;
    bool sameRate = true;
    const double rate = plan.blockRates.begin()->second;
    for (const auto& [block, blockRate] : plan.blockRates) {
        const auto number = block.starts_with("block") ? block.substr(5) : block;
        numbers += (numbers.empty() ? "" : ", ") + number;
        sameRate = sameRate && blockRate == rate;
    }
    return (plan.blockRates.size() == 1 ? "block " : "blocks ") + numbers
        + (sameRate ? " at " + shortNumber(rate) : " at different rates");
}

} // namespace vernier
