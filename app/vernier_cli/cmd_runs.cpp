#include "app/vernier_cli/commands.h"
#include "app/vernier_cli/console.h"

#include "core/base/files.h"
#include "core/base/text.h"
#include "core/evaluation/metrics.h"
#include "core/exporting/run_metrics.h"
#include "core/exporting/tensorboard.h"
#include "core/runs/run_list.h"

#include <iomanip>
#include <iostream>

#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

namespace vernier::cli {

namespace {

using nlohmann::ordered_json;

ordered_json toJson(const RunSummary& run)
{
    ordered_json j;
    j["run"] = writtenPath(run.folder);
    j["name"] = run.name();
    j["note"] = run.notes.note;
    if (run.problem) {
        j["problem"] = run.problem->text();
        return j;
    }
    j["parent"] = nullptr;
    if (const auto& parent = run.record.parent)
        j["parent"] = { { "run", writtenPath(parent->run) }, { "epoch", parent->epoch } };
    j["compared_with"] = run.comparedWith;
    auto& differences = j["differences"] = ordered_json::array();
    for (const auto& each : run.differences)
        differences.push_back(
            { { "key", each.key }, { "before", each.before }, { "after", each.after } });
    auto& further = j["further_phases"] = ordered_json::array();
    for (const auto& phase : run.furtherPhases)
        further.push_back(describe(phase));
    auto& rates = j["rate_changes"] = ordered_json::array();
    for (const auto& change : run.rateChanges)
        rates.push_back({ { "block", change.group }, { "phase", change.phase },
            { "epoch", change.epoch }, { "before", change.before }, { "after", change.after } });
    j["epochs"] = run.epochs.size();
    j["finished"] = run.finished;
    j["best_epoch"] = run.bestEpoch;
    const auto* best = run.best();
    const bool scored = best && best->validationAccuracy;
    for (const auto* key : { "validation_accuracy", "low", "high" })
        j[key] = nullptr;
    if (scored) {
        const auto interval = wilsonOfShare(*best->validationAccuracy, best->validationCount);
        j["validation_accuracy"] = *best->validationAccuracy;
        j["low"] = interval.low;
        j["high"] = interval.high;
    }
    j["validation_count"] = scored ? best->validationCount : 0;
    j["seconds"] = run.seconds();
    j["started"] = run.started();
    j["seed"] = run.recipe.seed;
    j["dataset"] = writtenPath(run.dataset);
    auto& sittings = j["sittings"] = ordered_json::array();
    for (const auto& s : run.record.sittings)
        sittings.push_back({ { "first_epoch", s.firstEpoch }, { "started", s.started },
            { "device", s.device }, { "device_name", s.deviceName }, { "precision", s.precision },
            { "threads", s.threads }, { "vernier", s.vernier }, { "torch", s.torch } });
    return j;
}

void print(const RunSummary& run)
{
    std::cout << printable(run.name()) << '\n';
    if (!run.notes.note.empty())
        std::cout << "  " << printable(run.notes.note) << '\n';
    if (run.problem) {
        std::cout << "  cannot be read: " << run.problem->text() << '\n';
        return;
    }
    const auto* best = run.best();
    if (best && best->validationAccuracy) {
        const auto interval = wilsonOfShare(*best->validationAccuracy, best->validationCount);
        std::cout << "  validation " << percent(*best->validationAccuracy)
                  << " (95 %: " << percent(interval.low) << " to " << percent(interval.high)
                  << ") of " << counted(best->validationCount, "picture") << ", epoch "
                  << best->epoch << " of " << run.epochs.size() << '\n';
    } else {
        std::cout << "  no figure on validation pictures, "
                  << counted(static_cast<std::int64_t>(run.epochs.size()), "epoch") << '\n';
    }
    std::cout << "  " << printable(run.started()) << ", " << std::fixed << std::setprecision(1)
              << run.seconds() << " s, seed " << run.recipe.seed;
    if (!run.record.sittings.empty()) {
        const auto& s = run.record.sittings.back();
        std::cout << ", " << printable(s.device) << " (" << printable(s.deviceName) << ") in "
                  << printable(s.precision) << ", " << s.threads
                  << (s.threads == 1 ? " thread" : " threads");
    }
    std::cout << (run.finished ? "\n" : ", not finished\n");
    if (const auto& parent = run.record.parent)
        std::cout << "  forked from " << inOneLine(parent->run.filename()) << " after epoch "
                  << parent->epoch << '\n';
    std::cout << "  against " << printable(run.comparedWith) << ':';
    for (const auto& phase : run.furtherPhases)
        std::cout << " then " << printable(describe(phase)) << ';';
    for (const auto& each : run.differences)
        std::cout << ' ' << printable(toText(each)) << ';';
    for (const auto& change : run.rateChanges)
        std::cout << ' ' << printable(toText(change)) << ';';
    const bool same
        = run.furtherPhases.empty() && run.differences.empty() && run.rateChanges.empty();
    std::cout << (same ? " no difference\n" : "\n");
}

int listRuns(const std::string& folder, bool asJson)
{
    Interrupt interrupt;
    ProgressLine progress(interrupt, asJson);
    const auto runs = readRunList(folder, interrupt.token(), progress.sink());
    progress.clear();
    if (!runs)
        return report(runs.error());
    for (const auto& run : *runs) {
        if (asJson)
            std::cout << toJson(run).dump(-1, ' ', false, ordered_json::error_handler_t::replace)
                      << '\n';
        else
            print(run);
    }
    if (runs->empty() && !asJson)
        std::cout << "no run in " << inOneLine(folder) << '\n';
    return kDone;
}

int exportRun(const std::string& folder, const std::string& csv, const std::string& tensorBoard)
{
    const auto run = summarizeRun(folder);
    if (run.problem)
        return report(*run.problem);
    if (!csv.empty()) {
        const auto table = metricsToCsv(run.phases, run.epochs, run.bestEpoch);
        if (const auto written = writeFileAtomically(csv, table); !written)
            return report(written.error());
        std::cout << inOneLine(csv) << ": "
                  << counted(static_cast<std::int64_t>(run.epochs.size()), "epoch") << '\n';
    }
    if (!tensorBoard.empty()) {
        const auto written = writeTensorBoard(tensorBoard, run.epochs, timeOfStamp(run.started()));
        if (!written)
            return report(written.error());
        std::cout << inOneLine(tensorBoard) << ": "
                  << counted(static_cast<std::int64_t>(run.epochs.size()), "epoch") << '\n';
    }
    return kDone;
}

} // namespace

void addRuns(CLI::App& app, Command& chosen)
{
    auto* command = app.add_subcommand("runs", "What runs there are, and what came of them");
    command->require_subcommand(1);
    auto* listing = command->add_subcommand("list",
        "The runs in a folder: figures, what was changed in the recipe, and what they were "
        "computed with");
    auto folder = std::make_shared<std::string>();
    auto asJson = std::make_shared<bool>(false);
    listing->add_option("DIR", *folder, "Folder that holds run folders")->required();
    listing->add_flag("--json", *asJson, "One JSON object a run");
    listing->callback([=, &chosen] { chosen = [=] { return listRuns(*folder, *asJson); }; });

    auto* exporting
        = command->add_subcommand("export", "The figures of a run's epochs for other programs");
    auto run = std::make_shared<std::string>();
    auto csv = std::make_shared<std::string>();
    auto tensorBoard = std::make_shared<std::string>();
    exporting->add_option("RUN", *run, "Folder of a run")->required();
    exporting->add_option("--csv", *csv, "Table file to write");
    exporting->add_option("--tensorboard", *tensorBoard,
        "Folder for event files that TensorBoard reads, train and validation apart");
    exporting->callback([=, &chosen] {
        if (csv->empty() && tensorBoard->empty())
            throw CLI::RequiredError("--csv or --tensorboard");
        chosen = [=] { return exportRun(*run, *csv, *tensorBoard); };
    });
}

} // namespace vernier::cli
