#include "app/vernier_cli/commands.h"
#include "app/vernier_cli/console.h"
#include "app/vernier_cli/recipe_options.h"
#include "app/vernier_cli/scan_options.h"

#include "core/base/text.h"
#include "core/dataset/split.h"
#include "core/training/rate_finder.h"

#include <algorithm>
#include <cmath>
#include <iomanip>
#include <iostream>

#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

namespace vernier::cli {

namespace {

using nlohmann::ordered_json;

struct Options {
    std::string folder;
    RecipeOptions recipe;
    ScanChoice scan;
    bool asFound = false;
    bool json = false;
};

/// One line for about every third of a decade.
void print(const RateSweep& sweep)
{
    std::cout << "rate\tloss\n";
    double shown = 0;
    for (const auto& point : sweep.points) {
        if (shown > 0 && std::log10(point.rate / shown) < 1.0 / 3)
            continue;
        shown = point.rate;
        std::cout << std::setprecision(2) << std::scientific << point.rate << '\t'
                  << std::setprecision(3) << std::fixed << point.smoothed << '\n';
    }
    if (sweep.diverged && !sweep.points.empty())
        std::cout << "the loss ran away at " << std::setprecision(1) << std::scientific
                  << sweep.points.back().rate << '\n';
    if (sweep.suggestion)
        std::cout << "suggestion: " << shortNumber(*sweep.suggestion)
                  << ", where the loss falls most steeply\n";
    else
        std::cout << "no suggestion: the loss hardly falls at any rate\n";
}

ordered_json toJson(const RateSweep& sweep)
{
    ordered_json j;
    auto& points = j["points"] = ordered_json::array();
    for (const auto& point : sweep.points)
        points.push_back(
            { { "rate", point.rate }, { "loss", point.loss }, { "smoothed", point.smoothed } });
    j["diverged"] = sweep.diverged;
    j["suggestion"] = sweep.suggestion ? ordered_json(*sweep.suggestion) : ordered_json(nullptr);
    return j;
}

int findRateOn(const Options& options)
{
    Interrupt interrupt;
    const auto recipe = recipeFrom(options.recipe);
    if (!recipe) {
        report(recipe.error());
        return exitCodeOfRecipe(recipe.error());
    }
    ProgressLine progress(interrupt, options.json);
    const auto dataset = scanPictures(options.folder, options.scan, interrupt, progress);
    if (!dataset)
        return report(dataset.error());
    const auto edits = editsOfFolder((*dataset)->root, options.asFound);
    if (!edits)
        return report(edits.error());
    const auto drawn = withEdits(withValidation(*dataset, splitOptions(*recipe)), *edits);
    FeatureCache cache({ .folder = FeatureCache::defaultFolder() });
    const auto sweep
        = findRate(*drawn, *recipe, 0, {}, cache, {}, interrupt.token(), progress.sink());
    progress.clear();
    if (!sweep)
        return report(sweep.error());
    if (options.json)
        std::cout << toJson(*sweep).dump() << '\n';
    else
        print(*sweep);
    return kDone;
}

} // namespace

void addFindRate(CLI::App& app, Command& chosen)
{
    auto* command = app.add_subcommand(
        "find-rate", "Tries rising learning rates for a moment and suggests one");
    auto o = std::make_shared<Options>();
    command->add_option("DIR", o->folder, "Folder with a folder for each class")->required();
    addRecipeOptions(*command, o->recipe,
        "The phase to find a rate for, such as \"blocks=5:1e-5 head_lr=1e-4\": its blocks train at "
        "their fraction of the head's rate");
    addScanOptions(*command, o->scan);
    addMendOption(*command, o->asFound);
    command->add_flag("--json", o->json, "One JSON object");
    command->callback([=, &chosen] { chosen = [=] { return findRateOn(*o); }; });
}

} // namespace vernier::cli
