#include "ui/session/opening.h"

#include "core/dataset/scan.h"
#include "core/features/feature_cache.h"
#include "ui/base/moved_pictures.h"

namespace vernier::ui {
namespace {

/// How the folders at the top were read, where they could be either.
std::optional<bool> readAsClasses(const DatasetSnapshot& dataset)
{
    const TopFolders top = topFoldersOf(dataset);
    if (top == TopFolders::AsNamed)
        return std::nullopt;
    return top != TopFolders::LookLikeSplits;
}

/// Where what cannot be read lies then; nothing: it could not be moved.
std::optional<std::filesystem::path> putAside(const std::filesystem::path& file)
{
    std::error_code error;
    for (int number = 1;; ++number) {
        std::filesystem::path kept = file;
        kept += ".unreadable" + (number == 1 ? std::string() : std::to_string(number));
        if (std::filesystem::exists(kept, error))
            continue;
        std::filesystem::rename(file, kept, error);
        return error ? std::nullopt : std::optional(kept);
    }
}

/// What cannot be read for another reason than what it holds stays: nobody writes over it.
std::optional<Error> toldOf(Error error, const std::filesystem::path& file)
{
    error.advice = "the labels are as they were before any edit";
    error.path = file;
    if (error.code != ErrorCode::Corrupt)
        return error;
    if (const auto kept = putAside(file)) {
        error.path = *kept;
        error.advice += "; the file is kept";
    }
    return error;
}

} // namespace

CurrentDataset::Opened withJournal(
    const SnapshotPtr& scanned, const std::filesystem::path& journals)
{
    CurrentDataset::Opened opened;
    opened.scanned = scanned;
    opened.journal = journalFile(journals, scanned->root);
    auto edits = readJournal(opened.journal);
    if (edits) {
        opened.edits = std::move(*edits);
        return opened;
    }
    opened.problem = toldOf(edits.error(), opened.journal);
    return opened;
}

Result<OpenedRun> readToOpen(
    const RunToOpen& what, std::stop_token stop, const ProgressSink& progress)
{
    auto info = readRun(what.run);
    if (!info)
        return tl::unexpected(info.error());
    const auto trainedOn = readRunDataset(what.run, movedTo(what.pictures));
    if (!trainedOn)
        return tl::unexpected(trainedOn.error());
    OpenedRun opened { std::move(*info), *trainedOn, {}, {}, {} };
    const std::filesystem::path own = what.run / run_files::kEdits;
    if (auto edits = readJournal(own))
        opened.ownEdits = std::move(*edits);
    else
        opened.problem = toldOf(edits.error(), own);
    const DatasetSnapshot& dataset = **trainedOn;
    if (what.open && what.open->root == dataset.root
        && readAsClasses(*what.open) == readAsClasses(dataset))
        return opened;
    const auto scanned = scan(dataset.root, stop, progress,
        { .cache = FeatureCache::defaultFolder(),
            .found = {},
            .foldersAreClasses = readAsClasses(dataset) });
    if (!scanned)
        return tl::unexpected(scanned.error());
    what.written.wait();
    opened.pictures = withJournal(*scanned, what.journals);
    return opened;
}

} // namespace vernier::ui
