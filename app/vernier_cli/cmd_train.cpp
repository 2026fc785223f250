#include "app/vernier_cli/commands.h"
#include "app/vernier_cli/console.h"

#include "core/base/files.h"
#include "core/dataset/scan.h"
#include "core/dataset/split.h"
#include "core/training/trainer.h"

#include <iostream>
#include <optional>

#include <CLI/CLI.hpp>

namespace vernier::cli {

namespace {

constexpr std::uint64_t kMaxRecipeBytes = 1 << 20;

struct Options {
    std::string folder;
    std::string run;
    std::optional<std::string> recipe;
    std::vector<std::string> phases;
    std::vector<std::string> settings;
    std::optional<std::string> seed;
    std::string device;
    std::string precision;
    bool resume = false;
    bool json = false;
};

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

/// The phases of the command line, each like the one before it but for what its text says.
Status setPhases(Recipe& recipe, const std::vector<std::string>& texts)
{
    if (texts.empty())
        return {};
    const auto backbone = findArchitecture(recipe.backbone);
    if (!backbone)
        return tl::unexpected(backbone.error());
    auto before = recipe.phases.back();
    recipe.phases.clear();
    for (const auto& text : texts) {
        auto phase = phaseFromText(text, **backbone, before);
        if (!phase) {
            auto error = phase.error();
            error.code = ErrorCode::Invalid;
            error.detail = "--phase \"" + text + "\": " + error.detail;
            return tl::unexpected(error);
        }
        before = *phase;
        recipe.phases.push_back(std::move(*phase));
    }
    return check(recipe);
}

Result<Recipe> recipeFrom(const Options& options)
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
    recipe = withValues(*recipe, values);
    if (!recipe)
        return recipe;
    if (auto ok = setPhases(*recipe, options.phases); !ok)
        return tl::unexpected(ok.error());
    return recipe;
}

class EventPrinter {
public:
    EventPrinter(Interrupt& interrupt, bool json)
        : m_interrupt(interrupt), m_json(json), m_progress(interrupt, json)
    {
    }

    void operator()(const TrainingEvent& event)
    {
        m_interrupt.check();
        if (const auto* step = std::get_if<StepDone>(&event)) {
            m_progress.show(step->testing ? "test of the best epoch"
                                          : "epoch " + std::to_string(step->epoch)
                        + (step->validating ? ", validation" : ""),
                step->step, step->steps, step->secondsLeft);
            return;
        }
        if (std::holds_alternative<Preparing>(event))
            return;
        m_progress.clear();
        if (m_json)
            std::cout << toJson(event) << std::endl;
        else if (!std::holds_alternative<Failed>(event))
            std::cout << toText(event) << std::endl;
    }

private:
    Interrupt& m_interrupt;
    const bool m_json;
    ProgressLine m_progress;
};

/// A failure before training began, in the form that `--json` promises for a failed run.
int reportFailed(const Error& error, bool json)
{
    if (json && error.code != ErrorCode::Cancelled)
        std::cout << toJson(TrainingEvent(Failed { error })) << std::endl;
    return report(error);
}

int trainRun(const Options& options)
{
    Interrupt interrupt;
    TrainingJob job;
    job.folder = options.run;
    Result<Recipe> recipe;
    if (options.resume) {
        job.mode = options.phases.empty() ? RunMode::Resume : RunMode::Extend;
        auto run = readRun(job.folder);
        if (!run)
            return reportFailed(run.error(), options.json);
        recipe = std::move(run->recipe);
        if (auto ok = setPhases(*recipe, options.phases); !ok)
            recipe = tl::unexpected(ok.error());
    } else {
        recipe = recipeFrom(options);
    }
    if (!recipe) {
        reportFailed(recipe.error(), options.json);
        const auto code = recipe.error().code;
        return code == ErrorCode::Invalid || code == ErrorCode::Corrupt ? kWrongUsage : kFailed;
    }
    job.recipe = std::move(*recipe);
    if (job.mode == RunMode::Fresh) {
        ProgressLine progress(interrupt, options.json);
        const auto dataset = scan(options.folder, interrupt.token(), progress.sink(),
            { .cache = FeatureCache::defaultFolder(), .found = {} });
        progress.clear();
        if (!dataset)
            return reportFailed(dataset.error(), options.json);
        job.dataset = withValidation(*dataset, { job.recipe.validationFraction, job.recipe.seed });
    }
    LiveKnobs knobs;
    job.cache = std::make_shared<FeatureCache>(
        FeatureCache::Options { .folder = FeatureCache::defaultFolder() });
    EventPrinter print(interrupt, options.json);
    const auto finished = train(
        job, knobs, [&](const TrainingEvent& event) { print(event); }, interrupt.token());
    if (!finished)
        return report(finished.error());
    return finished->stopped ? kCancelled : kDone;
}

} // namespace

void addTrain(CLI::App& app, Command& chosen)
{
    auto* command
        = app.add_subcommand("train", "Trains on a folder of pictures and writes a run folder");
    auto o = std::make_shared<Options>();
    command->add_option(
        "DIR", o->folder, "Folder with a folder for each class (not needed with --resume)");
    command->add_option("--out", o->run, "Folder of the run")->required();
    command->add_option(
        "--recipe", o->recipe, "default (taken when not given), tutorial or a recipe file");
    command
        ->add_option("--phase", o->phases,
            "A phase, such as \"blocks=4,5 lr=1e-5 epochs=5\"; may be repeated; with --resume it "
            "is added to the run")
        ->allow_extra_args(false);
    command
        ->add_option(
            "--set", o->settings, "key=value for any key of the recipe, such as head.dropout=0.3")
        ->allow_extra_args(false);
    command->add_option("--seed", o->seed, "Seed of everything random");
    command->add_option("--device", o->device, "auto, cpu, cuda or cuda:N");
    command->add_option("--precision", o->precision, "auto, fp32 or bf16");
    command->add_flag(
        "--resume", o->resume, "Go on with the run in --out after its last saved epoch");
    command->add_flag("--json", o->json, "One JSON object a line");
    command->callback([=, &chosen] {
        if (o->folder.empty() && !o->resume)
            throw CLI::RequiredError("DIR");
        const bool changes = !o->folder.empty() || o->recipe || !o->settings.empty() || o->seed
            || !o->device.empty() || !o->precision.empty();
        if (o->resume && changes)
            throw CLI::ValidationError("--resume",
                "a run goes on with its own pictures and recipe; only --phase may be added");
        chosen = [=] { return trainRun(*o); };
    });
}

} // namespace vernier::cli
