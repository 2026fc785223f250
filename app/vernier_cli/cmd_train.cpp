#include "app/vernier_cli/commands.h"
#include "app/vernier_cli/console.h"
#include "app/vernier_cli/recipe_options.h"
#include "app/vernier_cli/scan_options.h"

#include "core/base/text.h"
#include "core/dataset/split.h"
#include "core/recipe/recipe_phases.h"
#include "core/runs/fork_points.h"
#include "core/training/fork.h"
#include "core/training/trainer.h"

#include <iostream>
#include <optional>

#include <CLI/CLI.hpp>

namespace vernier::cli {

namespace {

struct Options {
    std::string folder;
    std::string run;
    RecipeOptions recipe;
    ScanChoice scan;
    bool asFound = false;
    std::string fork;
    std::optional<int> at;
    bool resume = false;
    bool keepEpochs = false;
    bool json = false;
};

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
        if (const auto* preparing = std::get_if<Preparing>(&event)) {
            // Before the first phase, pictures that were never seen are read.
            if (!m_begun)
                m_progress.show("reading pictures", preparing->done, preparing->total);
            return;
        }
        m_begun = m_begun || std::holds_alternative<PhaseStarted>(event);
        m_progress.clear();
        if (m_json)
            std::cout << toJson(event) << std::endl;
        else if (!std::holds_alternative<Failed>(event))
            std::cout << printable(toText(event)) << std::endl;
    }

private:
    Interrupt& m_interrupt;
    const bool m_json;
    ProgressLine m_progress;
    bool m_begun = false;
};

/// A failure before training began, in the form that `--json` promises for a failed run.
int reportFailed(const Error& error, bool json)
{
    if (json && error.code != ErrorCode::Cancelled)
        std::cout << toJson(TrainingEvent(Failed { error })) << std::endl;
    return report(error);
}

/// Those of the run that is gone on with: where somebody says that they are, or where they were.
Result<SnapshotPtr> picturesOfRun(const Options& options)
{
    return readRunDataset(options.fork.empty() ? options.run : options.fork,
        { options.folder,
            options.folder.empty()
                ? "put them back where they were, or say where they are now (train DIR ...)"
                : "say where the run's own pictures are now",
            !options.folder.empty() });
}

/// Makes the forked run, and gives the recipe whose phases it is to go on with.
Result<Recipe> forkedRecipe(const RunInfo& parent, const Options& options)
{
    const int epoch = options.at.value_or(parent.bestEpoch);
    auto recipe = withPhases(parent.recipe, options.recipe.phases);
    if (!recipe)
        return recipe;
    if (options.recipe.phases.empty())
        recipe->phases = phasesAfter(parent, epoch);
    if (auto ok = forkRun(options.fork, epoch, options.run); !ok)
        return tl::unexpected(ok.error());
    if (recipe->phases.empty())
        return fail(ErrorCode::Invalid,
            "stands at the end of its recipe, where nothing is left to train", options.run,
            "go on with --resume and --phase");
    return recipe;
}

int trainRun(const Options& options)
{
    Interrupt interrupt;
    TrainingJob job;
    job.folder = options.run;
    job.keepEpochs = options.keepEpochs;
    Result<Recipe> recipe;
    if (options.fork.empty() && !options.resume) {
        recipe = recipeFrom(options.recipe);
    } else {
        auto run = readRun(options.fork.empty() ? options.run : options.fork);
        if (!run)
            return reportFailed(run.error(), options.json);
        auto pictures = picturesOfRun(options);
        if (!pictures)
            return reportFailed(pictures.error(), options.json);
        const auto apart
            = options.fork.empty() ? Status() : checkRunLiesApart(options.run, (*pictures)->root);
        if (!apart) {
            reportFailed(apart.error(), options.json);
            return kWrongUsage;
        }
        job.dataset = std::move(*pictures);
        job.mode
            = options.resume && options.recipe.phases.empty() ? RunMode::Resume : RunMode::Extend;
        recipe = options.resume ? withPhases(run->recipe, options.recipe.phases)
                                : forkedRecipe(*run, options);
    }
    if (!recipe) {
        reportFailed(recipe.error(), options.json);
        return exitCodeOfRecipe(recipe.error());
    }
    job.recipe = std::move(*recipe);
    if (job.mode == RunMode::Fresh) {
        if (const auto apart = checkRunLiesApart(options.run, options.folder); !apart) {
            reportFailed(apart.error(), options.json);
            return kWrongUsage;
        }
        ProgressLine progress(interrupt, options.json);
        const auto dataset = scanPictures(options.folder, options.scan, interrupt, progress);
        progress.clear();
        if (!dataset)
            return reportFailed(dataset.error(), options.json);
        const auto edits = editsOfFolder((*dataset)->root, options.asFound);
        if (!edits)
            return reportFailed(edits.error(), options.json);
        job.dataset = withEdits(withValidation(*dataset, splitOptions(job.recipe)), *edits);
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
    command->add_option("DIR", o->folder,
        "Folder with a folder for each class; with --resume or --fork only where the run's "
        "pictures are now, if they were moved");
    command->add_option("--out", o->run, "Folder of the run")->required();
    addRecipeOptions(*command, o->recipe,
        "A phase, such as \"blocks=4,5 lr=1e-5 epochs=5\"; may be repeated; with --resume it is "
        "added to the run");
    addScanOptions(*command, o->scan);
    addMendOption(*command, o->asFound);
    command->add_flag(
        "--resume", o->resume, "Go on with the run in --out after its last saved epoch");
    command->add_option("--fork", o->fork,
        "Begin as this run stood after an epoch, and go on with --phase, or with what it had yet "
        "to train");
    command->add_option("--at", o->at, "The epoch to fork at; the best when not given");
    command->add_flag("--keep-epochs", o->keepEpochs,
        "Keep what trains of every epoch, so that the run can be forked at any of them");
    command->add_flag("--json", o->json, "One JSON object a line");
    command->callback([=, &chosen] {
        const bool goesOn = o->resume || !o->fork.empty();
        if (o->folder.empty() && !goesOn)
            throw CLI::RequiredError("DIR");
        if (goesOn && (changesRecipe(o->recipe) || o->scan.classesAreSplits || o->asFound))
            throw CLI::ValidationError(o->resume ? "--resume" : "--fork",
                "a run goes on with its own pictures and recipe; only --phase may be added");
        if (o->resume && !o->fork.empty())
            throw CLI::ValidationError("--fork", "makes a new run, which --resume is not for");
        if (o->at && o->fork.empty())
            throw CLI::ValidationError("--at", "says where to --fork a run");
        chosen = [=] { return trainRun(*o); };
    });
}

} // namespace vernier::cli
