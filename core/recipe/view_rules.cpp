#include "core/recipe/view_rules.h"

#include "core/recipe/recipe.h"

namespace vernier {

ViewRules viewRules(const Recipe& recipe, int size, int kept)
{
    return { size, recipe.geometry, recipe.augmentation, kept, recipe.seed };
}

Result<ViewRules> viewRules(const Recipe& recipe, int kept)
{
    return findArchitecture(recipe.backbone).map([&](const Architecture* backbone) {
        return viewRules(recipe, inputSize(recipe, *backbone), kept);
    });
}

} // namespace vernier
