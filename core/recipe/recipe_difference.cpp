#include "core/recipe/recipe_difference.h"

#include "core/base/text.h"
#include "core/recipe/recipe_json.h"
#include "core/weights/catalogue.h"

#include <algorithm>

namespace vernier {

namespace {

using nlohmann::ordered_json;

struct Leaf {
    std::string key;
    std::string value;
};

std::string valueText(const ordered_json& value)
{
    if (value.is_string())
        return value.get<std::string>();
    if (value.is_number_float())
        return shortNumber(value.get<double>());
    return value.dump();
}

void collect(const ordered_json& value, const std::string& key, std::vector<Leaf>& leaves)
{
    // Each phase has keys of its own; the layers of a head are one value, as --set takes them.
    const bool isBranch = value.is_object() || key == "phases";
    if (!isBranch) {
        leaves.push_back({ key, valueText(value) });
        return;
    }
    for (const auto& [name, child] : value.items())
        collect(child, key.empty() ? name : key + "." + name, leaves);
}

std::vector<Leaf> leavesOf(const Recipe& recipe)
{
    auto whole = recipeToJson(recipe);
    whole.erase("name");
    whole.erase("about");
    std::vector<Leaf> leaves;
    collect(whole, {}, leaves);
    return leaves;
}

const Leaf* find(const std::vector<Leaf>& leaves, const std::string& key)
{
    const auto found = std::find_if(
        leaves.begin(), leaves.end(), [&](const Leaf& leaf) { return leaf.key == key; });
    return found == leaves.end() ? nullptr : &*found;
}

} // namespace

Recipe asWrittenByRun(Recipe recipe, const Recipe& run)
{
    if (recipe.normalization != "auto" || recipe.backbone != run.backbone
        || recipe.weights != run.weights)
        return recipe;
    const auto backbone = findArchitecture(recipe.backbone);
    // Weights of a file may expect anything.
    const bool known = recipe.weights == "random"
        || (recipe.weights == "imagenet" && hasBuiltInWeights(recipe.backbone));
    if (!known || (backbone && run.normalization == (*backbone)->normalization))
        recipe.normalization = run.normalization;
    return recipe;
}

std::vector<RecipeDifference> sideBySide(const Recipe& before, const Recipe& after)
{
    const auto old = leavesOf(before);
    const auto now = leavesOf(after);
    std::vector<RecipeDifference> rows;
    for (const auto& leaf : old) {
        const auto* other = find(now, leaf.key);
        rows.push_back({ leaf.key, leaf.value, other ? other->value : std::string() });
    }
    for (const auto& leaf : now) {
        if (!find(old, leaf.key))
            rows.push_back({ leaf.key, {}, leaf.value });
    }
    return rows;
}

std::vector<RecipeDifference> differences(const Recipe& before, const Recipe& after)
{
    auto rows = sideBySide(before, after);
    std::erase_if(rows, [](const RecipeDifference& row) { return row.before == row.after; });
    return rows;
}

std::string toText(const RecipeDifference& difference)
{
    const auto side = [](const std::string& value) { return value.empty() ? "-" : value; };
    return difference.key + " " + side(difference.before) + " > " + side(difference.after);
}

} // namespace vernier
