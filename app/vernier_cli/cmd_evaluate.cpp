#include "app/vernier_cli/commands.h"
#include "app/vernier_cli/console.h"
#include "app/vernier_cli/recipe_options.h"
#include "app/vernier_cli/scan_options.h"

#include "core/base/text.h"
#include "core/dataset/class_match.h"
#include "core/dataset/scan.h"
#include "core/evaluation/metrics.h"
#include "core/evaluation/split_scores.h"
#include "core/runs/run_model.h"
#include "core/runs/run_store.h"

#include <iomanip>
#include <iostream>

#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

namespace vernier::cli {

namespace {

using nlohmann::ordered_json;

struct Options {
    std::string run;
    std::string data;
    std::string split;
    std::string device = "auto";
    ScanChoice scan;
    bool asFound = false;
    bool json = false;
};

/// Test where there is one, since that is what a final figure is; else what there is.
Split bestSplit(const DatasetSnapshot& dataset)
{
    for (const auto split : { Split::Test, Split::Validation }) {
        if (dataset.count(split) > 0)
            return split;
    }
    return Split::Train;
}

void print(const Evaluation& e)
{
    std::cout << name(e.split) << ": " << percent(e.accuracy)
              << " (95 %: " << percent(e.interval.low) << " to " << percent(e.interval.high)
              << ") of " << counted(static_cast<std::int64_t>(e.images.size()), "picture")
              << ", loss " << std::fixed << std::setprecision(3) << e.loss << ", epoch " << e.epoch
              << '\n';
    std::cout << "true \\ predicted";
    for (const auto& each : e.classes)
        std::cout << '\t' << printable(each);
    std::cout << '\n';
    for (std::size_t row = 0; row < e.classes.size(); ++row) {
        std::cout << printable(e.classes[row]);
        for (const auto count : e.confusion[row])
            std::cout << '\t' << count;
        std::cout << '\n';
    }
}

const std::string kWhereToLook
    = "put them back where they were, or say where they are now (--data DIR)";

Result<SnapshotPtr> picturesFor(const Options& options, const std::vector<std::string>& classes,
    Interrupt& interrupt, ProgressLine& progress)
{
    const auto ofRun
        = options.data.empty() ? nullptr : readRunDataset(options.run).value_or(nullptr);
    if (!ofRun) {
        // The run's own, moved or not: a scan would not know the splits that were drawn for it.
        const MovedPictures moved { options.data, kWhereToLook };
        auto own = options.asFound ? readRunDataset(options.run, moved)
                                   : readJudgedRunDataset(options.run, moved);
        if (own || options.data.empty() || own.error().code != ErrorCode::NotFound)
            return own;
    }
    auto choice = options.scan;
    if (!choice.classesAreSplits && ofRun && topFoldersOf(*ofRun) == TopFolders::AreClasses)
        choice.classesAreSplits = false;
    return scanPicturesFor(classes, options.data, choice, interrupt, progress)
        .and_then([&](const SnapshotPtr& dataset) {
            return editsOfFolder(dataset->root, options.asFound).map([&](const Edits& edits) {
                return withEdits(dataset, edits);
            });
        });
}

int evaluateRun(const Options& options)
{
    Interrupt interrupt;
    ProgressLine progress(interrupt, options.json);
    const auto classes = classesOfRun(options.run);
    const auto pictures
        = picturesFor(options, classes.value_or(std::vector<std::string>()), interrupt, progress);
    if (!pictures)
        return report(pictures.error());
    const auto matched
        = classes.and_then([&](const auto& each) { return withClassesOf(*pictures, each); });
    if (!matched)
        return report(matched.error());
    const auto* dataset = &matched->dataset;
    auto split = bestSplit(**dataset);
    if (!options.split.empty()) {
        const auto chosen = splitFromName(options.split);
        if (!chosen) {
            report(chosen.error());
            return kWrongUsage;
        }
        split = *chosen;
    }
    if ((*dataset)->count(split) == 0)
        return report(
            { ErrorCode::NotFound, "has no picture in its " + std::string(name(split)) + " split",
                (*dataset)->root, "choose another --split" });
    FeatureCache cache({ .folder = FeatureCache::defaultFolder() });
    const auto evaluation = scoreSplit(
        options.run, **dataset, split, options.device, cache, interrupt.token(), progress.sink())
                                .map([&](SplitScores scores) {
                                    return evaluate(split, **dataset, std::move(scores));
                                });
    progress.clear();
    if (!evaluation)
        return report(evaluation.error());
    if (evaluation->images.empty())
        return report({ ErrorCode::NotFound,
            "none of the pictures of its " + std::string(name(split)) + " split can be read",
            (*dataset)->root, kWhereToLook });
    if (!options.json) {
        print(*evaluation);
    } else {
        const auto& e = *evaluation;
        ordered_json j;
        j["split"] = name(e.split);
        j["count"] = e.images.size();
        j["accuracy"] = e.accuracy;
        j["low"] = e.interval.low;
        j["high"] = e.interval.high;
        j["loss"] = e.loss;
        j["classes"] = e.classes;
        j["confusion"] = e.confusion;
        auto& unknown = j["unknown_classes"] = ordered_json::array();
        for (const auto& each : matched->unknown)
            unknown.push_back({ { "name", each.name }, { "pictures", each.pictures } });
        std::cout << j.dump() << '\n';
    }
    for (const auto& each : matched->unknown)
        std::cerr << "vernier-cli: the model has no class " << printable(each.name) << ": "
                  << counted(each.pictures, "picture") << " left away\n";
    for (const auto& problem : evaluation->problems)
        std::cerr << "vernier-cli: " << inOneLine(problem.path) << ": " << printable(problem.reason)
                  << '\n';
    return kDone;
}

} // namespace

void addEvaluate(CLI::App& app, Command& chosen)
{
    auto* command
        = app.add_subcommand("evaluate", "Accuracy and confusion matrix of a run's best epoch");
    auto o = std::make_shared<Options>();
    command->add_option("RUN", o->run, "Folder of a run")->required();
    command->add_option("--data", o->data, "Folder of pictures; the run's own when not given");
    command->add_option(
        "--split", o->split, "train, validation or test; test where there is one when not given");
    addScanOptions(*command, o->scan);
    addMendOption(*command, o->asFound);
    addDeviceOption(*command, o->device);
    command->add_flag("--json", o->json, "One JSON object");
    command->callback([=, &chosen] { chosen = [=] { return evaluateRun(*o); }; });
}

} // namespace vernier::cli
