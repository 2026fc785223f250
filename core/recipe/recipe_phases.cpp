#include "core/recipe/recipe_phases.h"

#include "core/base/json_reader.h"

#include <algorithm>
#include <ranges>
#include <sstream>

namespace vernier {

namespace {

Result<double> numberFrom(std::string_view text, std::string_view key)
{
    const auto value = parseJson(text, {});
    if (value && value->is_number())
        return value->get<double>();
    return fail(ErrorCode::Invalid,
        "\"" + excerpt(text) + "\" is no number, but " + std::string(key) + " needs one");
}

/// Small enough to keep what a pretrained block knows.
constexpr double kUsualBlockRate = 1e-5;

using NamesWithRates = std::vector<std::pair<std::string, std::optional<double>>>;

/// "4:1e-6,5".
Result<NamesWithRates> namesWithRates(std::string_view list, std::string_view key)
{
    NamesWithRates names;
    for (const auto range : std::views::split(list, ',')) {
        const std::string_view part(range.begin(), range.end());
        if (part.empty())
            continue;
        const auto colon = part.find(':');
        std::optional<double> rate;
        if (colon != std::string_view::npos) {
            const auto parsed = numberFrom(part.substr(colon + 1), key);
            if (!parsed)
                return tl::unexpected(parsed.error());
            rate = *parsed;
        }
        names.emplace_back(std::string(part.substr(0, colon)), rate);
    }
    return names;
}

} // namespace

Result<Phase> phaseFromText(
    std::string_view text, const Architecture& backbone, const Phase& before)
{
    Phase phase = before;
    phase.plan.blockRates.clear();
    phase.plan.layerRates.clear();
    std::optional<double> rate;
    std::optional<double> headRate;
    std::optional<double> below;
    NamesWithRates blocks;
    NamesWithRates layers;
    std::istringstream words { std::string(text) };
    for (std::string spelled; words >> spelled;) {
        const std::string_view word = spelled;
        const auto equals = word.find('=');
        const auto key = word.substr(0, equals);
        const auto value
            = equals == std::string_view::npos ? std::string_view {} : word.substr(equals + 1);
        if (key == "blocks") {
            if (value == "none")
                continue;
            if (value == "all") {
                for (const auto& block : backbone.blocks())
                    blocks.emplace_back(block, std::nullopt);
                continue;
            }
            const auto listed = namesWithRates(value, key);
            if (!listed)
                return tl::unexpected(listed.error());
            for (const auto& [number, own] : *listed)
                blocks.emplace_back(number.starts_with("block") ? number : "block" + number, own);
            continue;
        }
        if (key == "schedule") {
            const auto found
                = std::ranges::find(kScheduleKinds, value, [](auto kind) { return name(kind); });
            if (found == kScheduleKinds.end())
                return fail(ErrorCode::Invalid,
                    "there is no schedule \"" + std::string(value) + "\"", {},
                    "use constant, step, cosine or one_cycle");
            phase.schedule.kind = *found;
            continue;
        }
        if (key == "layers") {
            const auto listed = namesWithRates(value, key);
            if (!listed)
                return tl::unexpected(listed.error());
            layers = *listed;
            continue;
        }
        if (key != "lr" && key != "head_lr" && key != "below" && key != "epochs" && key != "steps"
            && key != "warmup" && key != "patience")
            return fail(ErrorCode::Invalid, "\"" + std::string(word) + "\" is not part of a phase",
                {},
                "use blocks=4,5 layers=block3_conv3:1e-6 lr=1e-5 below=0.3 head_lr=1e-4 epochs=5 "
                "steps=100 schedule=cosine warmup=0.1 patience=3");
        const auto number = numberFrom(value, key);
        if (!number)
            return tl::unexpected(number.error());
        if (key == "lr")
            rate = *number;
        else if (key == "head_lr")
            headRate = *number;
        else if (key == "below")
            below = *number;
        else if (key == "warmup") {
            if (*number < 0 || *number > 0.9)
                return fail(ErrorCode::Invalid, "warmup must be a share from 0 to 0.9");
            phase.schedule.warmup = *number;
        } else if (*number < 0 || *number > 1e6
            || *number != static_cast<double>(static_cast<int>(*number)))
            return fail(
                ErrorCode::Invalid, std::string(key) + " must be a whole number from 0 to 1000000");
        else
            (key == "epochs"         ? phase.epochs
                    : key == "steps" ? phase.stepsPerEpoch
                                     : phase.patience)
                = static_cast<int>(*number);
    }
    if (phase.epochs < 1)
        return fail(ErrorCode::Invalid, "epochs must be at least 1");
    phase.plan.headRate = headRate.value_or(rate.value_or(phase.plan.headRate));
    for (const auto& [block, own] : blocks)
        phase.plan.blockRates[block] = own.value_or(
            rate.value_or(before.plan.trains(block) ? before.plan.rate(block) : kUsualBlockRate));
    if (below)
        lowerRatesBelow(phase.plan, backbone, *below);
    for (const auto& [layer, own] : layers)
        phase.plan.layerRates[layer] = own.value_or(rate.value_or(kUsualBlockRate));
    if (auto ok = check(phase.plan, backbone, backbone.layers.size()); !ok)
        return tl::unexpected(ok.error());
    return phase;
}

Result<Recipe> withPhases(const Recipe& recipe, const std::vector<std::string>& texts)
{
    if (texts.empty())
        return recipe;
    const auto backbone = findArchitecture(recipe.backbone);
    if (!backbone)
        return tl::unexpected(backbone.error());
    auto changed = recipe;
    changed.phases.clear();
    auto before = recipe.phases.back();
    for (const auto& text : texts) {
        auto phase = phaseFromText(text, **backbone, before);
        if (!phase)
            return fail(ErrorCode::Invalid, "the phase \"" + text + "\": " + phase.error().detail);
        before = *phase;
        changed.phases.push_back(std::move(*phase));
    }
    if (auto ok = check(changed); !ok)
        return tl::unexpected(ok.error());
    return changed;
}

} // namespace vernier
