#include "app/vernier_cli/commands.h"
#include "app/vernier_cli/console.h"
#include "app/vernier_cli/recipe_options.h"
#include "app/vernier_cli/scan_options.h"

#include "core/base/csv.h"
#include "core/base/files.h"
#include "core/base/text.h"
#include "core/dataset/passed_over.h"
#include "core/evaluation/suspects.h"
#include "core/runs/run_store.h"

#include <algorithm>
#include <iostream>
#include <limits>
#include <optional>

#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

namespace vernier::cli {

namespace {

using nlohmann::ordered_json;

struct Options {
    std::string folder;
    std::string data;
    std::optional<std::int64_t> top;
    std::string csv;
    bool csvRaw = false;
    std::string device = "auto";
    std::uint64_t seed = SuspectsOptions {}.seed;
    ScanChoice scan;
    bool asFound = false;
    bool json = false;
};

constexpr const char* kCsvHeader = "path,label,proposal,probability_of_label,likely_wrong\r\n";

/// One suspect, in the words that people and programs get.
class Line {
public:
    Line(const DatasetSnapshot& dataset, const Suspect& suspect)
        : m_path(dataset.images[suspect.image].path)
        , m_label(dataset.classes[static_cast<std::size_t>(suspect.label)])
        , m_proposal(dataset.classes[static_cast<std::size_t>(suspect.proposal)])
        , m_suspect(suspect)
    {
    }

    std::string json() const
    {
        ordered_json j;
        j["path"] = writtenPath(m_path);
        j["label"] = m_label;
        j["proposal"] = m_proposal;
        j["probability_of_label"] = m_suspect.probabilityOfLabel;
        j["likely_wrong"] = m_suspect.likelyWrong;
        return j.dump();
    }

    std::string csv(CsvText how) const
    {
        return csvField(writtenPath(m_path), how) + "," + csvField(m_label, how) + ","
            + csvField(m_proposal, how) + "," + shortNumber(m_suspect.probabilityOfLabel) + ","
            + (m_suspect.likelyWrong ? "true" : "false") + "\r\n";
    }

    std::string text() const
    {
        auto line = inOneLine(m_path) + ": " + printable(m_label) + " "
            + percent(m_suspect.probabilityOfLabel);
        if (m_suspect.proposal != m_suspect.label)
            line += ", rather " + printable(m_proposal) + " "
                + percent(m_suspect.probabilityOfProposal);
        return line + (m_suspect.likelyWrong ? " (likely wrong)" : "");
    }

private:
    const std::filesystem::path& m_path;
    const std::string& m_label;
    const std::string& m_proposal;
    const Suspect& m_suspect;
};

std::string csvOf(
    const Options& options, const DatasetSnapshot& dataset, std::span<const Suspect> suspects)
{
    std::string table = kCsvHeader;
    for (const auto& each : suspects)
        table += Line(dataset, each).csv(options.csvRaw ? CsvText::Raw : CsvText::Guarded);
    return table;
}

/// `evenIfRight`: also those whose label is the most probable class.
void print(const DatasetSnapshot& dataset, const Suspects& all, std::span<const Suspect> suspects,
    bool evenIfRight)
{
    const auto isOther = [](const Suspect& each) { return each.proposal != each.label; };
    std::cout << all.likelyWrong() << " of "
              << counted(static_cast<std::int64_t>(all.ranked.size()), "label")
              << " likely wrong, another class more probable for "
              << std::ranges::count_if(all.ranked, isOther) << '\n';
    for (const auto& each : suspects) {
        if (evenIfRight || isOther(each))
            std::cout << Line(dataset, each).text() << '\n';
    }
}

/// What could not be judged, and why.
void tellTheRest(const DatasetSnapshot& dataset, const Suspects& suspects)
{
    for (const auto image : suspects.alone)
        std::cerr << "vernier-cli: " << inOneLine(dataset.images[image].path)
                  << ": not judged: the only picture of its class\n";
    // What the scan could not use, and what could not be read since.
    auto problems = dataset.problems;
    problems.insert(problems.end(), suspects.problems.begin(), suspects.problems.end());
    for (const auto& problem : problems)
        std::cerr << "vernier-cli: " << inOneLine(problem.path)
                  << ": not judged: " << printable(problem.reason) << '\n';
}

Result<SnapshotPtr> mendedPictures(
    const Options& options, Interrupt& interrupt, ProgressLine& progress)
{
    return scanPictures(options.folder, options.scan, interrupt, progress)
        .and_then([&](const SnapshotPtr& dataset) {
            return editsOfFolder(dataset->root, options.asFound).map([&](const Edits& edits) {
                return withEdits(dataset, edits);
            });
        });
}

int findIn(const Options& options)
{
    Interrupt interrupt;
    ProgressLine progress(interrupt, options.json);
    const bool isRun = isRunFolder(options.folder);
    if (!isRun && !options.data.empty()) {
        report({ ErrorCode::Invalid, "is no run, whose pictures --data could say the place of",
            options.folder, "leave --data out" });
        return kWrongUsage;
    }
    const MovedPictures moved { options.data,
        "put them back where they were, or say where they are now (--data DIR)", false };
    const auto dataset = isRun ? options.asFound ? readRunDataset(options.folder, moved)
                                                 : readMendedRunDataset(options.folder, moved)
                               : mendedPictures(options, interrupt, progress);
    if (!dataset)
        return report(dataset.error());
    // Before the work, so that a place that cannot be written to is known at once.
    std::optional<AtomicFile> csv;
    if (!options.csv.empty()) {
        auto file = AtomicFile::create(options.csv);
        if (!file)
            return report(file.error());
        csv.emplace(std::move(*file));
    }
    FeatureCache cache({ .folder = FeatureCache::defaultFolder() });
    const auto found = findSuspects(**dataset,
        { isRun ? options.folder : std::string(), options.device, options.seed }, cache,
        interrupt.token(), progress.sink());
    progress.clear();
    if (!found)
        return report(found.error());

    std::span<const Suspect> suspects = found->ranked;
    if (options.top)
        suspects
            = suspects.first(std::min(suspects.size(), static_cast<std::size_t>(*options.top)));
    if (csv) {
        const auto table = csvOf(options, **dataset, suspects);
        const auto written
            = csv->write(std::as_bytes(std::span(table))).and_then([&] { return csv->commit(); });
        if (!written)
            return report(written.error());
    }
    if (options.json) {
        for (const auto& each : suspects)
            std::cout << Line(**dataset, each).json() << '\n';
    } else if (options.csv.empty()) {
        print(**dataset, *found, suspects, options.top.has_value());
    }
    tellTheRest(**dataset, *found);
    return kDone;
}

} // namespace

void addSuspects(CLI::App& app, Command& chosen)
{
    auto* command = app.add_subcommand("suspects",
        "Pictures whose label may be wrong, and the class that each would be, worst first");
    auto o = std::make_shared<Options>();
    command
        ->add_option(
            "FOLDER", o->folder, "Folder of a run, or of pictures with a folder for each class")
        ->required();
    command->add_option(
        "--data", o->data, "Where the pictures of the run are, if they are not where they were");
    command
        ->add_option("--top", o->top,
            "How many to name, likely wrong or not; when not given, those that another class is "
            "more probable for, and in JSON and tables all")
        ->check(CLI::Range(1, 1'000'000'000));
    command->add_option("--csv", o->csv, "Write a table to this file instead");
    command->add_flag("--csv-raw", o->csvRaw,
        "Leave names in the table as they are that a spreadsheet would compute");
    command
        ->add_option("--seed", o->seed, "Seed of how the pictures are parted to judge each other")
        ->check(CLI::Range(std::int64_t { 0 }, std::numeric_limits<std::int64_t>::max()))
        ->capture_default_str();
    addScanOptions(*command, o->scan);
    addMendOption(*command, o->asFound);
    addDeviceOption(*command, o->device);
    command->add_flag("--json", o->json, "One JSON object a picture");
    command->callback([=, &chosen] { chosen = [=] { return findIn(*o); }; });
}

} // namespace vernier::cli
