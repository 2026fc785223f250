#include "core/dataset/scan.h"

#include "core/dataset/folder_walk.h"
#include "core/image/decode.h"

#include <algorithm>

namespace vernier {

namespace fs = std::filesystem;

namespace {

std::string reasonOf(const Error& error)
{
    return error.advice.empty() ? error.detail : error.detail + "; " + error.advice;
}

std::vector<std::string> notesOn(const DatasetSnapshot& snapshot, bool classesHoldFolders)
{
    std::vector<std::string> notes;
    if (snapshot.classes.size() == 1) {
        const auto& only = snapshot.classes.front();
        notes.push_back(classesHoldFolders
                ? "There is one class only, " + only
                    + ", and it holds folders: if those are the classes, open " + only + " instead."
                : "There is one class only, " + only + "; training needs two.");
    }
    std::vector<std::array<std::int64_t, kSplits.size()>> counts(snapshot.classes.size());
    std::array<std::int64_t, kSplits.size()> totals {};
    for (const auto& image : snapshot.images) {
        ++counts[static_cast<std::size_t>(image.label)][static_cast<std::size_t>(image.split)];
        ++totals[static_cast<std::size_t>(image.split)];
    }
    for (std::size_t label = 0; label < counts.size(); ++label) {
        const auto& name = snapshot.classes[label];
        if (std::all_of(
                counts[label].begin(), counts[label].end(), [](auto n) { return n == 0; })) {
            notes.push_back("Class " + name + " has no pictures.");
            continue;
        }
        for (const auto split : kSplits) {
            const auto s = static_cast<std::size_t>(split);
            if (totals[s] > 0 && counts[label][s] == 0)
                notes.push_back("Class " + name + " has no " + std::string(vernier::name(split))
                    + " pictures.");
        }
    }
    if (totals[static_cast<std::size_t>(Split::Train)] == 0)
        notes.emplace_back("No train split: there is nothing to learn from.");
    if (totals[static_cast<std::size_t>(Split::Test)] == 0)
        notes.emplace_back("No test split: the final figure will be on validation.");
    return notes;
}

} // namespace

Result<SnapshotPtr> scan(const fs::path& folder, std::stop_token stop, const ProgressSink& progress)
{
    std::error_code error;
    const auto status = fs::status(folder, error);
    if (!fs::exists(status))
        return fail(ErrorCode::NotFound, "the folder does not exist", folder);
    if (!fs::is_directory(status))
        return fail(
            ErrorCode::Invalid, "is no folder", folder, "choose the folder of the pictures");

    auto snapshot = std::make_shared<DatasetSnapshot>();
    snapshot->root = fs::absolute(folder, error).lexically_normal();
    if (!snapshot->root.has_filename())
        snapshot->root = snapshot->root.parent_path();

    FolderWalk walk(snapshot->root, stop, progress);
    if (auto walked = walk.run(); !walked)
        return tl::unexpected(std::move(walked.error()));
    snapshot->classes.assign(walk.classes.begin(), walk.classes.end());
    snapshot->problems = std::move(walk.problems);

    const auto total = static_cast<std::int64_t>(walk.files.size());
    std::int64_t done = 0;
    for (auto& file : walk.files) {
        if (stop.stop_requested())
            return cancelled();
        const auto info = probe(snapshot->root / file.path);
        if (info) {
            const auto label = std::lower_bound(
                snapshot->classes.begin(), snapshot->classes.end(), file.className);
            snapshot->images.push_back(
                { std::move(file.path), static_cast<ClassIndex>(label - snapshot->classes.begin()),
                    file.split, info->bytes, info->width, info->height });
        } else {
            snapshot->problems.push_back({ std::move(file.path), reasonOf(info.error()) });
        }
        if (progress)
            progress({ "reading pictures", ++done, total });
    }
    std::sort(snapshot->images.begin(), snapshot->images.end(),
        [](const ImageEntry& a, const ImageEntry& b) {
            return a.label != b.label ? a.label < b.label : a.path.native() < b.path.native();
        });
    std::sort(snapshot->problems.begin(), snapshot->problems.end(),
        [](const ScanProblem& a, const ScanProblem& b) {
            return a.path.native() < b.path.native();
        });
    if (snapshot->images.empty()) {
        std::string detail = "there is no picture in it that can be used";
        if (!snapshot->problems.empty()) {
            const auto& first = snapshot->problems.front();
            detail += " (" + utf8(first.path) + ": " + first.reason + ")";
        }
        return fail(ErrorCode::Invalid, std::move(detail), snapshot->root,
            "put the pictures of each class into a folder of its own, as JPEG or PNG");
    }
    snapshot->notes = notesOn(*snapshot, walk.classesHoldFolders);
    return SnapshotPtr(std::move(snapshot));
}

} // namespace vernier
