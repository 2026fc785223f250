#include "core/model/freeze_plan.h"

#include "core/base/text.h"

#include <algorithm>
#include <optional>
#include <span>

namespace vernier {

double FreezePlan::rate(const std::string& name) const
{
    if (name == "head")
        return headRate;
    for (const auto* rates : { &blockRates, &layerRates }) {
        if (const auto found = rates->find(name); found != rates->end())
            return found->second;
    }
    return 0;
}

double FreezePlan::rateOf(const Layer& layer) const
{
    if (!layer.hasParameters())
        return 0;
    const auto own = layerRates.find(layer.name);
    return own == layerRates.end() ? rate(layer.block) : own->second;
}

std::vector<TrainingGroup> trainingGroups(
    const FreezePlan& plan, const Architecture& backbone, std::size_t end)
{
    const std::span layers(backbone.layers.data(), end);
    std::vector<TrainingGroup> groups;
    for (const auto& [block, rate] : plan.blockRates) {
        TrainingGroup group { block, rate, {} };
        for (const auto& layer : layers) {
            if (layer.block == block && layer.hasParameters()
                && !plan.layerRates.contains(layer.name))
                group.layers.push_back(layer.name);
        }
        if (!group.layers.empty())
            groups.push_back(std::move(group));
    }
    for (const auto& layer : layers) {
        if (plan.layerRates.contains(layer.name) && plan.rateOf(layer) > 0)
            groups.push_back({ layer.name, plan.rateOf(layer), { layer.name } });
    }
    groups.push_back({ "head", plan.headRate, {} });
    return groups;
}

std::size_t cutOf(const Architecture& backbone, std::size_t end, const FreezePlan& plan)
{
    for (std::size_t i = 0; i < end; ++i) {
        if (plan.rateOf(backbone.layers[i]) > 0)
            return i;
    }
    return end;
}

Status check(const FreezePlan& plan, const Architecture& backbone, std::size_t end)
{
    const std::span layers(backbone.layers.data(), end);
    const auto checkRate = [](const std::string& name, double rate, bool mayBeFrozen) -> Status {
        if ((rate > 0 && rate <= 10) || (mayBeFrozen && rate == 0))
            return {};
        return fail(ErrorCode::Invalid,
            "the learning rate of " + name + (mayBeFrozen ? " must be 0 (frozen) or" : " must be")
                + " above 0 and at most 10, is " + shortNumber(rate));
    };
    const auto missing = [](const std::string& what, const std::vector<std::string>& names) {
        std::string known;
        for (const auto& name : names)
            known += (known.empty() ? "" : ", ") + name;
        return fail(ErrorCode::NotFound, "there is no " + what + " below the transfer layer", {},
            "use " + known);
    };
    if (auto ok = checkRate("the head", plan.headRate, false); !ok)
        return ok;
    for (const auto& [block, rate] : plan.blockRates) {
        const auto inUse = std::any_of(layers.begin(), layers.end(),
            [&](const Layer& layer) { return layer.block == block && layer.hasParameters(); });
        if (!inUse)
            return missing("block \"" + block + "\"", backbone.blocks());
        if (auto ok = checkRate(block, rate, false); !ok)
            return ok;
    }
    for (const auto& [name, rate] : plan.layerRates) {
        const auto inUse = std::any_of(layers.begin(), layers.end(),
            [&](const Layer& layer) { return layer.name == name && layer.hasParameters(); });
        if (!inUse) {
            std::vector<std::string> names;
            for (const auto& layer : layers) {
                if (layer.hasParameters())
                    names.push_back(layer.name);
            }
            return missing("layer \"" + name + "\" with weights", names);
        }
        if (auto ok = checkRate(name, rate, true); !ok)
            return ok;
    }
    return {};
}

void simplify(FreezePlan& plan, const Architecture& backbone)
{
    for (const auto& block : backbone.blocks()) {
        const auto followers = std::count_if(
            backbone.layers.begin(), backbone.layers.end(), [&](const Layer& layer) {
                return layer.block == block && layer.hasParameters()
                    && !plan.layerRates.contains(layer.name);
            });
        if (followers == 0)
            plan.blockRates.erase(block);
    }
    for (const auto& layer : backbone.layers) {
        const auto own = plan.layerRates.find(layer.name);
        if (own != plan.layerRates.end() && own->second == plan.rate(layer.block))
            plan.layerRates.erase(own);
    }
}

void lowerRatesBelow(FreezePlan& plan, const Architecture& backbone, double fraction)
{
    const auto blocks = backbone.blocks();
    std::optional<double> above;
    for (auto block = blocks.rbegin(); block != blocks.rend(); ++block) {
        const auto own = plan.blockRates.find(*block);
        if (own == plan.blockRates.end())
            continue;
        if (above)
            own->second = *above * fraction;
        above = own->second;
    }
}

std::string describe(const FreezePlan& plan)
{
    std::string text = "head only";
    if (!plan.blockRates.empty()) {
        std::string numbers;
        bool sameRate = true;
        const double rate = plan.blockRates.begin()->second;
        for (const auto& [block, blockRate] : plan.blockRates) {
            const auto number = block.starts_with("block") ? block.substr(5) : block;
            numbers += (numbers.empty() ? "" : ", ") + number;
            sameRate = sameRate && blockRate == rate;
        }
        text = (plan.blockRates.size() == 1 ? "block " : "blocks ") + numbers
            + (sameRate ? " at " + shortNumber(rate) : " at different rates");
    }
    if (plan.layerRates.size() > 1)
        return text + ", " + std::to_string(plan.layerRates.size()) + " layers apart";
    for (const auto& [layer, rate] : plan.layerRates)
        text += ", " + layer + (rate > 0 ? " at " + shortNumber(rate) : " frozen");
    return text;
}

} // namespace vernier
