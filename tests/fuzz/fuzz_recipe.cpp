#include "core/recipe/recipe.h"
#include "tests/fuzz/fuzz.h"

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    using namespace vernier;
    const auto recipe = recipeFromJson(fuzz::textOf(data, size), "recipe.json");
    if (!recipe)
        return 0;
    fuzz::require(check(*recipe).has_value(), "what was read keeps all rules");
    const auto again = recipeFromJson(toJson(*recipe), "recipe.json");
    fuzz::require(again && *again == *recipe, "what is written is what is read");
    return 0;
}
