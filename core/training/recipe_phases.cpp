#include "core/training/recipe_phases.h"

namespace vernier {

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
