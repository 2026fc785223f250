#include "app/vernier_cli/recipe_options.h"

#include "app/vernier_cli/console.h"

#include "core/base/files.h"
#include "core/recipe/recipe_phases.h"

#include <CLI/CLI.hpp>

namespace vernier::cli {

namespace {

constexpr std::uint64_t kMaxRecipeBytes = 1 << 20;

} // namespace

Result<Recipe> findRecipe(const std::string& nameOrFile)
{
    for (const auto& known : builtInRecipeNames()) {
        if (known == nameOrFile)
            return builtInRecipe(known);
    }
    const auto text = readTextFile(nameOrFile, kMaxRecipeBytes);
    if (!text) {
        auto error = text.error();
        if (error.code == ErrorCode::NotFound)
            error.advice = "use default, tutorial or the path of a recipe file";
        return tl::unexpected(error);
    }
    return recipeFromJson(*text, nameOrFile);
}

void addDeviceOption(CLI::App& command, std::string& device)
{
    command.add_option("--device", device, "auto, cpu, cuda or cuda:N")
        ->check([](const std::string& text) {
            return isDevice(text) ? std::string()
                                  : "must be auto, cpu, cuda or cuda:N, is \"" + text + "\"";
        })
        ->capture_default_str();
}

void addRecipeOptions(CLI::App& command, RecipeOptions& options, const std::string& aboutPhases)
{
    command.add_option(
        "--recipe", options.recipe, "default (taken when not given), tutorial or a recipe file");
    command.add_option("--phase", options.phases, aboutPhases)->allow_extra_args(false);
    command
        .add_option("--set", options.settings,
            "key=value for any key of the recipe, such as head.dropout=0.3")
        ->allow_extra_args(false);
    command.add_option("--seed", options.seed, "Seed of everything random");
    addDeviceOption(command, options.device);
    command.add_option("--precision", options.precision, "auto, fp32 or bf16");
}

bool changesRecipe(const RecipeOptions& options)
{
    return options.recipe || !options.settings.empty() || options.seed || !options.device.empty()
        || !options.precision.empty();
}

Result<Recipe> recipeFrom(const RecipeOptions& options)
{
    auto recipe = findRecipe(options.recipe.value_or("default"));
    if (!recipe)
        return recipe;
    std::vector<std::pair<std::string, std::string>> values;
    for (const auto& setting : options.settings) {
        const auto equals = setting.find('=');
        if (equals == std::string::npos)
            return fail(ErrorCode::Invalid, "--set " + setting + " has no \"=\"", {},
                "write --set head.dropout=0.3");
        values.emplace_back(setting.substr(0, equals), setting.substr(equals + 1));
    }
    if (!options.precision.empty())
        values.emplace_back("precision", options.precision);
    if (!options.device.empty())
        values.emplace_back("device", options.device);
    if (options.seed)
        values.emplace_back("seed", *options.seed);
    return withValues(*recipe, values).and_then([&](const Recipe& changed) {
        return withPhases(changed, options.phases);
    });
}

int exitCodeOfRecipe(const Error& error)
{
    return error.code == ErrorCode::Invalid || error.code == ErrorCode::Corrupt ? kWrongUsage
                                                                                : kFailed;
}

} // namespace vernier::cli
