#pragma once

#include "core/dataset/journal.h"
#include "core/runs/run_course.h"
#include "core/weights/model_metadata.h"

#include <array>
#include <filesystem>
#include <vector>

namespace vernier {

/// Files of a run folder. All appear atomically.
namespace run_files {
inline constexpr const char* kRecipe = "recipe.json";
inline constexpr const char* kDataset
    = "dataset.json"; ///< root, classes, and each picture's class and split, as they were trained
inline constexpr const char* kEvents = "events.jsonl"; ///< one event a line; steps are left out
inline constexpr const char* kBest = kBestModelFile; ///< a whole model: weights and description
inline constexpr const char* kLast
    = "last.safetensors"; ///< the same, after the last finished epoch
inline constexpr const char* kResume = "resume.safetensors"; ///< optimizer, counters
inline constexpr const char* kRecord = "run.json"; ///< see RunRecord
inline constexpr const char* kNotes = "notes.json"; ///< see RunNotes
inline constexpr const char* kEdits = "edits.json"; ///< of older runs, see Edit
inline constexpr const char* kKept = "epochs"; ///< folder of what was kept of single epochs
inline constexpr std::array kAll { kRecipe, kDataset, kEvents, kBest, kLast, kResume, kRecord,
    kNotes };
} // namespace run_files

/// More is no recipe, list of pictures or log of a run.
inline constexpr std::uint64_t kMaxRunTextBytes = 512ull << 20;

/// What a run folder says of itself, read without any weights.
struct RunInfo : RunCourse {
    std::filesystem::path folder;
    Recipe recipe;
    std::vector<TrainingEvent> events;
    bool finished = false; ///< all phases of the recipe were run
};
Result<RunInfo> readRun(const std::filesystem::path& folder);

/// Where the pictures of a run may be by now.
struct MovedPictures {
    std::filesystem::path folder; ///< looked into where the run's own holds none; empty: nowhere
    std::string advice = "put them back where they were"; ///< where none are found
    bool only = false; ///< somebody says that they are there: the run's own is not looked into
};

/// The dataset as the run saw it; its root is where the pictures are now. Pictures that are gone
/// are listed in `problems` and stay in `images`: they may come back. NotFound where all are, and
/// for a folder that is none of a run.
Result<SnapshotPtr> readRunDataset(
    const std::filesystem::path& folder, const MovedPictures& moved = {});

/// The same as it was written down, whether the pictures are still there or not.
Result<DatasetSnapshot> readRecordedDataset(const std::filesystem::path& folder);

/// The same with the labels and splits of now, as the journal of the pictures' folder has them.
Result<SnapshotPtr> readMendedRunDataset(const std::filesystem::path& folder,
    const MovedPictures& moved = {}, const std::filesystem::path& journals = defaultJournals());

/// The same for judging the run, see judgedBy().
Result<SnapshotPtr> readJudgedRunDataset(const std::filesystem::path& folder,
    const MovedPictures& moved = {}, const std::filesystem::path& journals = defaultJournals());

/// Where the weights of a single epoch are kept: those tensors that had trained by then.
std::filesystem::path keptEpochFile(const std::filesystem::path& run, int epoch);
/// The epochs that were kept so, in order.
std::vector<int> keptEpochs(const std::filesystem::path& run);

/// A new folder name below `parent` that does not exist yet: "2026-11-24 14.05 forky knifey
/// spoony".
std::filesystem::path freshRunFolder(
    const std::filesystem::path& parent, const DatasetSnapshot& dataset);
/// `name` below `parent`, or `name` with the first number that makes it one that does not exist
/// yet.
std::filesystem::path freshFolder(const std::filesystem::path& parent, const std::string& name);

} // namespace vernier
