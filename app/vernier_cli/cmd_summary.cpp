#include "app/vernier_cli/commands.h"
#include "app/vernier_cli/console.h"
#include "app/vernier_cli/recipe_options.h"

#include "core/model/summary.h"
#include "core/recipe/recipe.h"

#include <iostream>

#include <CLI/CLI.hpp>

namespace vernier::cli {

namespace {

struct Options {
    std::string backbone; ///< empty: the recipe's
    std::string recipe = "default";
    int classes = 3;
    bool includeTop = false;
};

int summary(const Options& options)
{
    auto recipe = findRecipe(options.recipe);
    if (!recipe) {
        report(recipe.error());
        return exitCodeOfRecipe(recipe.error());
    }
    if (!options.backbone.empty()) {
        recipe->backbone = options.backbone;
        fitToBackbone(*recipe);
    }
    const auto architecture = findArchitecture(recipe->backbone);
    if (!architecture) {
        report(architecture.error());
        return kWrongUsage;
    }
    auto layers = (*architecture)->layers;
    auto input = (*architecture)->inputShape();
    if (options.includeTop) {
        layers.insert(layers.end(), (*architecture)->top.begin(), (*architecture)->top.end());
    } else {
        const auto transfer = (*architecture)->indexOf(recipe->transferLayer);
        if (!transfer) {
            report(transfer.error());
            return kWrongUsage;
        }
        layers.resize(*transfer + 1);
        input = (*architecture)->withInputSize(inputSize(*recipe, **architecture)).inputShape();
        const auto head = headLayers(recipe->head, options.classes);
        layers.insert(layers.end(), head.begin(), head.end());
    }
    std::cout << toText(summarize(input, layers), (*architecture)->title);
    return kDone;
}

} // namespace

void addSummary(CLI::App& app, Command& chosen)
{
    auto* command = app.add_subcommand("summary", "Table of layers with shapes and parameters");
    auto options = std::make_shared<Options>();
    command->add_option(
        "--backbone", options->backbone, architectureNames() + "; the recipe's when not given");
    command->add_option("--classes", options->classes, "Number of classes of the head")
        ->check(CLI::Range(1, 10000))
        ->capture_default_str();
    command
        ->add_option("--recipe", options->recipe,
            "default, tutorial or a recipe file, whose picture size, transfer layer and head are "
            "shown")
        ->capture_default_str();
    command->add_flag("--include-top", options->includeTop,
        "The original classifier of 1000 classes instead of a head");
    command->callback([=, &chosen] { chosen = [=] { return summary(*options); }; });
}

} // namespace vernier::cli
