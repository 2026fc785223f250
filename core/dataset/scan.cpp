#include "core/dataset/scan.h"

#include "core/base/text.h"
#include "core/dataset/file_check.h"
#include "core/image/decode.h"

#include <algorithm>
#include <map>

namespace vernier {

namespace fs = std::filesystem;

namespace {

constexpr std::string_view kReadAsSplits
    = "The folders are read as splits, which their names look like";
constexpr std::string_view kReadAsClasses
    = "The folders are read as classes, though their names look like splits.";
constexpr std::string_view kMayBeSplits
    = "The folders are read as classes, since none of them is called like one to train on, though "
      "their names look like splits";
constexpr std::string_view kNoClassesInSplits
    = "The folders are read as classes, since there are no folders in them, though their names "
      "look like splits.";

/// "Testing as test, Training as train".
std::string listed(const std::vector<std::pair<fs::path, Split>>& splits)
{
    std::string text;
    for (const auto& [folder, split] : splits)
        text += (text.empty() ? "" : ", ") + inOneLine(folder) + " as "
            + std::string(vernier::name(split));
    return text;
}

std::vector<std::string> notesOn(const DatasetSnapshot& snapshot, const FolderWalk& walk)
{
    std::vector<std::string> notes;
    if (walk.topFolders == TopFolders::LookLikeSplits)
        notes.push_back(std::string(kReadAsSplits) + ": " + listed(walk.splits) + ".");
    else if (walk.topFolders == TopFolders::AreClasses)
        notes.emplace_back(kReadAsClasses);
    else if (walk.topFolders == TopFolders::MayBeSplits)
        notes.push_back(std::string(kMayBeSplits) + ": " + listed(walk.splits) + ".");
    else if (walk.splitsWouldHoldNoClasses)
        notes.emplace_back(kNoClassesInSplits);
    if (!walk.runs.empty())
        notes.push_back(counted(static_cast<std::int64_t>(walk.runs.size()), "folder")
            + (walk.runs.size() == 1 ? " of a run is" : " of runs are")
            + " passed over among the pictures: " + inOneLine(walk.runs.front())
            + (walk.runs.size() == 1 ? "." : " ..."));
    if (snapshot.classes.size() == 1) {
        const auto& only = snapshot.classes.front();
        notes.push_back(walk.classesHoldFolders
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

ClassIndex labelOf(const FoundFile& file, const DatasetSnapshot& snapshot)
{
    const auto& classes = snapshot.classes;
    return static_cast<ClassIndex>(
        std::lower_bound(classes.begin(), classes.end(), file.className) - classes.begin());
}

void sortImages(DatasetSnapshot& snapshot)
{
    std::sort(snapshot.images.begin(), snapshot.images.end(),
        [](const ImageEntry& a, const ImageEntry& b) {
            return a.label != b.label ? a.label < b.label : a.path.native() < b.path.native();
        });
}

/// What is called like a picture is listed when it is none: something has become of it.
bool isPlainlyNoPicture(const FoundFile& file, const PictureFacts& facts)
{
    return facts.problem == kIsNoPicture && !mayBePicture(file.path);
}

/// The first of them, by name, to stand at the end of a sentence.
std::string namesOf(std::vector<fs::path> files)
{
    std::ranges::sort(files, {}, &fs::path::native);
    constexpr std::size_t kNamed = 5;
    std::string names;
    for (std::size_t i = 0; i < std::min(files.size(), kNamed); ++i)
        names += (i == 0 ? "" : ", ") + inOneLine(files[i]);
    return names + (files.size() > kNamed ? " ..." : ".");
}

std::string noteOnNoPictures(std::vector<fs::path> files)
{
    const auto count = files.size();
    return (count == 1 ? "1 file is no picture and is passed over: "
                       : grouped(static_cast<std::int64_t>(count))
                       + " files are no pictures and are passed over: ")
        + namesOf(std::move(files));
}

/// `what`: PictureInfo's words on pictures that are used all the same.
std::string noteOnOddPictures(const std::string& what, std::vector<fs::path> files)
{
    const auto count = counted(static_cast<std::int64_t>(files.size()), "picture");
    return count + " with " + what + ": " + namesOf(std::move(files));
}

SnapshotPtr unread(const FolderWalk& walk, const DatasetSnapshot& begun)
{
    auto found = std::make_shared<DatasetSnapshot>(begun);
    for (const auto& file : walk.files) {
        if (mayBePicture(file.path))
            found->images.push_back({ file.path, labelOf(file, *found), file.split, 0, 0, 0 });
    }
    sortImages(*found);
    return found;
}

} // namespace

bool isOnTopFolders(std::string_view note)
{
    return note.starts_with(kReadAsSplits) || note == kReadAsClasses
        || note.starts_with(kMayBeSplits) || note == kNoClassesInSplits;
}

TopFolders topFoldersOf(const DatasetSnapshot& dataset)
{
    for (const auto& note : dataset.notes) {
        if (note == kReadAsClasses)
            return TopFolders::AreClasses;
        if (note.starts_with(kReadAsSplits))
            return TopFolders::LookLikeSplits;
        if (note.starts_with(kMayBeSplits))
            return TopFolders::MayBeSplits;
    }
    return TopFolders::AsNamed;
}

Result<SnapshotPtr> scan(const fs::path& folder, std::stop_token stop, const ProgressSink& progress,
    const ScanOptions& options)
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

    FolderWalk walk(snapshot->root, options.foldersAreClasses, stop, progress);
    if (auto walked = walk.run(); !walked)
        return tl::unexpected(std::move(walked.error()));
    snapshot->classes.assign(walk.classes.begin(), walk.classes.end());
    snapshot->problems = std::move(walk.problems);

    if (options.found)
        options.found(unread(walk, *snapshot));

    FolderIndex index(options.cache, snapshot->root);
    auto checked = checkFiles(snapshot->root, walk.files, index, stop, progress);
    for (std::size_t i = 0; i < checked.size(); ++i) {
        if (checked[i].state)
            index.keep(walk.files[i].path, *checked[i].state, checked[i].facts);
    }
    const bool stopped = stop.stop_requested();
    index.save(!stopped);
    if (stopped)
        return cancelled();
    std::vector<fs::path> noPictures;
    std::map<std::string, std::vector<fs::path>> oddPictures; ///< by what is odd
    for (std::size_t i = 0; i < checked.size(); ++i) {
        auto& file = walk.files[i];
        auto& facts = checked[i].facts;
        if (isPlainlyNoPicture(file, facts)) {
            noPictures.push_back(std::move(file.path));
            continue;
        }
        if (!facts.problem.empty()) {
            snapshot->problems.push_back({ std::move(file.path), std::move(facts.problem) });
            continue;
        }
        if (!facts.note.empty())
            oddPictures[facts.note].push_back(file.path);
        const auto label = labelOf(file, *snapshot);
        snapshot->images.push_back({ std::move(file.path), label, file.split, checked[i].bytes,
            facts.width, facts.height });
    }
    sortImages(*snapshot);
    std::sort(snapshot->problems.begin(), snapshot->problems.end(),
        [](const ScanProblem& a, const ScanProblem& b) {
            return a.path.native() < b.path.native();
        });
    if (snapshot->images.empty()) {
        std::string detail = "there is no picture in it that can be used";
        if (!snapshot->problems.empty()) {
            const auto& first = snapshot->problems.front();
            detail += " (" + inOneLine(first.path) + ": " + first.reason + ")";
        } else if (!noPictures.empty()) {
            detail += " (" + inOneLine(noPictures.front()) + " is none)";
        }
        return fail(ErrorCode::Invalid, std::move(detail), snapshot->root,
            "put the pictures of each class into a folder of its own, as JPEG or PNG");
    }
    snapshot->notes = notesOn(*snapshot, walk);
    for (auto& [what, files] : oddPictures)
        snapshot->notes.push_back(noteOnOddPictures(what, std::move(files)));
    if (!noPictures.empty())
        snapshot->notes.push_back(noteOnNoPictures(std::move(noPictures)));
    return SnapshotPtr(std::move(snapshot));
}

} // namespace vernier
