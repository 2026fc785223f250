#include "app/vernier_cli/scan_options.h"

#include "core/base/text.h"
#include "core/dataset/scan.h"
#include "core/features/feature_cache.h"

#include <algorithm>
#include <iostream>

#include <CLI/CLI.hpp>

namespace vernier::cli {

namespace fs = std::filesystem;

void addScanOptions(CLI::App& command, ScanChoice& choice)
{
    command
        .add_option_function<std::string>(
            "--classes-are-splits",
            [&choice](const std::string& answer) { choice.classesAreSplits = answer == "yes"; },
            "no: the folders in DIR are classes, though they are called Training, test_set or such")
        ->check(CLI::IsMember({ "yes", "no" }));
}

namespace {

Result<SnapshotPtr> scanned(
    const fs::path& folder, const ScanChoice& choice, Interrupt& interrupt, ProgressLine& progress)
{
    ScanOptions options { .cache = FeatureCache::defaultFolder(), .found = {} };
    if (choice.classesAreSplits)
        options.foldersAreClasses = !*choice.classesAreSplits;
    return scan(folder, interrupt.token(), progress.sink(), options);
}

/// How else the folders can be read.
std::optional<bool> otherwise(const DatasetSnapshot& dataset)
{
    switch (topFoldersOf(dataset)) {
    case TopFolders::LookLikeSplits:
        return false;
    case TopFolders::AreClasses:
    case TopFolders::MayBeSplits:
        return true;
    case TopFolders::AsNamed:
        break;
    }
    return std::nullopt;
}

void tellWhatTheyWereTakenFor(const DatasetSnapshot& dataset, ProgressLine& progress)
{
    const auto note = std::ranges::find_if(dataset.notes, &isOnTopFolders);
    if (note == dataset.notes.end())
        return;
    progress.clear();
    std::cerr << "vernier-cli: " << inOneLine(dataset.root) << ": " << printable(*note);
    if (const auto splits = otherwise(dataset))
        std::cerr << " If they are " << (*splits ? "splits" : "classes")
                  << ", write --classes-are-splits " << (*splits ? "yes" : "no") << '.';
    std::cerr << '\n';
}

bool hasOneOf(const DatasetSnapshot& dataset, const std::vector<std::string>& classes)
{
    return std::ranges::find_first_of(dataset.classes, classes) != dataset.classes.end();
}

} // namespace

Result<SnapshotPtr> scanPictures(
    const fs::path& folder, const ScanChoice& choice, Interrupt& interrupt, ProgressLine& progress)
{
    auto dataset = scanned(folder, choice, interrupt, progress);
    if (dataset && !choice.classesAreSplits)
        tellWhatTheyWereTakenFor(**dataset, progress);
    return dataset;
}

Result<SnapshotPtr> scanPicturesFor(const std::vector<std::string>& classes, const fs::path& folder,
    const ScanChoice& choice, Interrupt& interrupt, ProgressLine& progress)
{
    auto dataset = scanned(folder, choice, interrupt, progress);
    if (!dataset || choice.classesAreSplits)
        return dataset;
    if (const auto splits = otherwise(**dataset); splits && !hasOneOf(**dataset, classes)) {
        auto other = scanned(folder, { splits }, interrupt, progress);
        if (other && hasOneOf(**other, classes))
            dataset = std::move(other);
    }
    tellWhatTheyWereTakenFor(**dataset, progress);
    return dataset;
}

void addMendOption(CLI::App& command, bool& asFound)
{
    command.add_flag("--as-found", asFound,
        "Without what was mended of these pictures, in the window or with mend");
}

Result<Edits> editsOfFolder(const fs::path& root, bool asFound)
{
    if (asFound)
        return Edits {};
    auto edits = readJournal(journalFile(defaultJournals(), root));
    if (!edits)
        edits.error().advice = "open the folder in the window, which puts the file aside, or say "
                               "--as-found";
    else if (!edits->empty())
        std::cerr << "vernier-cli: " << inOneLine(root) << ": "
                  << counted(static_cast<std::int64_t>(edits->size()), "edit")
                  << " of its pictures count" << (edits->size() == 1 ? "s" : "")
                  << "; see vernier-cli mend\n";
    return edits;
}

Status checkRunLiesApart(const fs::path& run, const fs::path& pictures)
{
    std::error_code error;
    const auto place = fs::weakly_canonical(fs::absolute(run, error), error);
    const auto root = fs::weakly_canonical(fs::absolute(pictures, error), error);
    if (error || std::ranges::mismatch(place, root).in2 != root.end())
        return {};
    auto better = root.parent_path() / (root.filename().native() + " runs") / place.filename();
    if (place == root)
        better = better.parent_path() / "1";
    return fail(ErrorCode::Invalid, "lies in the folder of the pictures", run,
        "choose a place outside of it, such as " + inOneLine(better));
}

} // namespace vernier::cli
