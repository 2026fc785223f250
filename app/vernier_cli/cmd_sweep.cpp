#include "app/vernier_cli/commands.h"
#include "app/vernier_cli/console.h"
#include "app/vernier_cli/recipe_options.h"
#include "app/vernier_cli/scan_options.h"

#include "core/base/text.h"
#include "core/dataset/split.h"
#include "core/evaluation/metrics.h"
#include "core/runs/grid_step.h"
#include "core/runs/run_list.h"
#include "core/training/trainer.h"

#include <algorithm>
#include <array>
#include <iomanip>
#include <iostream>

#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

namespace vernier::cli {

namespace {

using nlohmann::ordered_json;

struct Options {
    std::string folder;
    std::string runs;
    RecipeOptions recipe;
    ScanChoice scan;
    bool asFound = false;
    std::vector<std::string> grid;
    bool keepEpochs = false;
    bool json = false;
};

enum class State : std::uint8_t { Finished, Skipped, Failed };

struct Row {
    GridRun run;
    State state = State::Finished;
    RunSummary summary; ///< of a run that has not failed
    std::string error;

    /// Of the best epoch; below any real one where there is none.
    double accuracy() const
    {
        const auto* best = state == State::Failed ? nullptr : summary.best();
        return best ? best->validationAccuracy.value_or(-1) : -1;
    }
};

ordered_json toJson(const Row& row)
{
    constexpr std::array kStates { "finished", "skipped", "failed" };
    ordered_json j;
    j["event"] = "run";
    j["name"] = row.run.name;
    for (const auto& [key, value] : row.run.values)
        j["values"][key] = value;
    j["state"] = kStates[static_cast<std::size_t>(row.state)];
    if (row.state == State::Failed) {
        j["error"] = row.error;
        return j;
    }
    j["run"] = writtenPath(row.summary.folder);
    const auto* best = row.summary.best();
    const bool scored = row.accuracy() >= 0;
    j["best_epoch"] = row.summary.bestEpoch;
    const auto interval
        = scored ? wilsonOfShare(row.accuracy(), best->validationCount) : Interval();
    j["validation_accuracy"] = scored ? ordered_json(row.accuracy()) : ordered_json(nullptr);
    j["low"] = scored ? ordered_json(interval.low) : ordered_json(nullptr);
    j["high"] = scored ? ordered_json(interval.high) : ordered_json(nullptr);
    j["validation_count"] = scored ? best->validationCount : 0;
    j["seconds"] = row.summary.seconds();
    return j;
}

std::string toText(const Row& row)
{
    if (row.state == State::Failed)
        return "failed: " + row.error;
    if (row.accuracy() < 0)
        return "no figure on validation pictures";
    const auto* best = row.summary.best();
    const auto interval = wilsonOfShare(row.accuracy(), best->validationCount);
    return percent(row.accuracy()) + " (95 %: " + percent(interval.low) + " to "
        + percent(interval.high) + ") of " + std::to_string(best->validationCount) + ", epoch "
        + std::to_string(best->epoch);
}

void printTable(std::vector<Row> rows)
{
    std::stable_sort(rows.begin(), rows.end(),
        [](const Row& a, const Row& b) { return a.accuracy() > b.accuracy(); });
    std::size_t width = 0;
    for (const auto& row : rows)
        width = std::max(width, printable(row.run.name).size());
    std::cout << "\nThe best first, on validation pictures:\n";
    for (const auto& row : rows)
        std::cout << std::left << std::setw(static_cast<int>(width) + 2) << printable(row.run.name)
                  << toText(row) << '\n';
}

class Sweep {
public:
    explicit Sweep(const Options& options) : m_options(options) { }

    int run()
    {
        std::vector<GridAxis> axes;
        for (const auto& text : m_options.grid) {
            auto axis = gridAxisFromText(text);
            if (!axis)
                return wrongUsage(axis.error());
            axes.push_back(std::move(*axis));
        }
        const auto runs = recipeFrom(m_options.recipe).and_then([&](const Recipe& recipe) {
            return gridRuns(recipe, axes);
        });
        if (!runs)
            return wrongUsage(runs.error());
        if (const auto apart = checkRunLiesApart(m_options.runs, m_options.folder); !apart)
            return wrongUsage(apart.error());
        ProgressLine progress(m_interrupt, m_options.json);
        auto dataset = scanPictures(m_options.folder, m_options.scan, m_interrupt, progress);
        progress.clear();
        if (!dataset)
            return report(dataset.error());
        auto edits = editsOfFolder((*dataset)->root, m_options.asFound);
        if (!edits)
            return report(edits.error());
        m_dataset = std::move(*dataset);
        m_edits = std::move(*edits);
        for (std::size_t i = 0; i < runs->size(); ++i) {
            const auto place = std::to_string(i + 1) + " of " + std::to_string(runs->size());
            auto row = runOne((*runs)[i], place);
            if (m_interrupt.token().stop_requested())
                return report(Error { ErrorCode::Cancelled, "cancelled", {}, {} });
            tell(row, place);
            m_rows.push_back(std::move(row));
        }
        return conclude();
    }

private:
    static int wrongUsage(const Error& error)
    {
        report(error);
        return kWrongUsage;
    }

    Row runOne(const GridRun& run, const std::string& place)
    {
        Row row;
        row.run = run;
        const auto folder = std::filesystem::path(m_options.runs) / run.name;
        const auto step = stepOf(run, folder);
        auto status = step ? Status() : Status(tl::unexpected(step.error()));
        if (step && *step == GridStep::Nothing)
            row.state = State::Skipped;
        else if (step)
            status = train(run, folder, *step, place);
        if (status) {
            row.summary = summarizeRun(folder);
            if (row.summary.problem)
                status = tl::unexpected(*row.summary.problem);
        }
        if (!status) {
            row.state = State::Failed;
            row.error = status.error().text();
        }
        return row;
    }

    Status train(const GridRun& run, const std::filesystem::path& folder, GridStep step,
        const std::string& place)
    {
        TrainingJob job;
        job.recipe = run.recipe;
        job.folder = folder;
        job.mode = step == GridStep::GoOn ? RunMode::Resume : RunMode::Fresh;
        job.cache = m_cache;
        job.keepEpochs = m_options.keepEpochs;
        job.dataset = withEdits(withValidation(m_dataset, splitOptions(run.recipe)), m_edits);
        LiveKnobs knobs;
        ProgressLine progress(m_interrupt, m_options.json);
        const auto show = [&](const TrainingEvent& event) {
            m_interrupt.check();
            if (const auto* done = std::get_if<StepDone>(&event))
                progress.show("run " + place + ", epoch " + std::to_string(done->epoch), done->step,
                    done->steps, done->secondsLeft);
        };
        return vernier::train(job, knobs, show, m_interrupt.token()).map([](const Finished&) {});
    }

    void tell(const Row& row, const std::string& place) const
    {
        if (m_options.json) {
            std::cout << toJson(row).dump(-1, ' ', false, ordered_json::error_handler_t::replace)
                      << std::endl;
            return;
        }
        const bool best = row.accuracy() >= 0
            && std::all_of(m_rows.begin(), m_rows.end(),
                [&](const Row& other) { return other.accuracy() < row.accuracy(); });
        std::cout << place << "  " << printable(row.run.name) << ": " << toText(row)
                  << (row.state == State::Skipped ? ", was done already" : "")
                  << (best ? ", the best so far" : "") << std::endl;
    }

    int conclude() const
    {
        const auto best = std::max_element(m_rows.begin(), m_rows.end(),
            [](const Row& a, const Row& b) { return a.accuracy() < b.accuracy(); });
        if (!m_options.json) {
            printTable(m_rows);
        } else if (best->accuracy() >= 0) {
            auto j = toJson(*best);
            j["event"] = "best";
            std::cout << j.dump(-1, ' ', false, ordered_json::error_handler_t::replace) << '\n';
        }
        const auto failed = std::count_if(m_rows.begin(), m_rows.end(),
            [](const Row& row) { return row.state == State::Failed; });
        if (failed == 0)
            return kDone;
        std::cerr << "vernier-cli: " << failed << " of "
                  << counted(static_cast<std::int64_t>(m_rows.size()), "run")
                  << " failed; call it again to try them once more\n";
        return kFailed;
    }

    const Options& m_options;
    Interrupt m_interrupt;
    SnapshotPtr m_dataset;
    Edits m_edits;
    std::shared_ptr<FeatureCache> m_cache = std::make_shared<FeatureCache>(
        FeatureCache::Options { .folder = FeatureCache::defaultFolder() });
    std::vector<Row> m_rows;
};

} // namespace

void addSweep(CLI::App& app, Command& chosen)
{
    auto* command = app.add_subcommand("sweep",
        "Trains a grid of recipes one after the other; called again, it goes on where it was");
    auto o = std::make_shared<Options>();
    command->add_option("DIR", o->folder, "Folder with a folder for each class")->required();
    command->add_option("--out", o->runs, "Folder for the runs, one folder each")->required();
    command
        ->add_option("--grid", o->grid,
            "A key of the recipe with the values to try, such as head.dropout=0.3,0.5; may be "
            "repeated for every combination. phase=\"blocks=none|blocks=5 lr=1e-5\" tries phases")
        ->required()
        ->allow_extra_args(false);
    addRecipeOptions(
        *command, o->recipe, "A phase, such as \"blocks=4,5 lr=1e-5 epochs=5\"; may be repeated");
    addScanOptions(*command, o->scan);
    addMendOption(*command, o->asFound);
    command->add_flag("--keep-epochs", o->keepEpochs,
        "Keep what trains of every epoch, so that the runs can be forked at any of them");
    command->add_flag("--json", o->json, "One JSON object a line");
    command->callback([=, &chosen] { chosen = [=] { return Sweep(*o).run(); }; });
}

} // namespace vernier::cli
