#pragma once

#include "core/base/progress.h"
#include "core/dataset/scan.h"
#include "core/dataset/snapshot.h"

#include <deque>
#include <optional>
#include <set>

namespace vernier {

/// A file below a class, with what its folders say of it; whether it is a picture is not known.
struct FoundFile {
    std::filesystem::path path; ///< relative to the root
    std::string className; ///< UTF-8
    Split split = Split::Train;
};

/// Lists the files of a dataset's folder; no file is opened. Private to core/dataset.
class FolderWalk {
public:
    /// `foldersAreClasses`: as ScanOptions has it.
    FolderWalk(std::filesystem::path root, std::optional<bool> foldersAreClasses,
        std::stop_token stop, const ProgressSink& progress);

    /// Fails where the folder cannot be read or has no class folders, and when stopped.
    Status run();

    std::vector<FoundFile> files;
    std::set<std::string> classes; ///< also those without a file
    std::vector<ScanProblem> problems;
    TopFolders topFolders = TopFolders::AsNamed;
    /// Of the folders at the top, where topFolders says that they are, or might be, splits.
    std::vector<std::pair<std::filesystem::path, Split>> splits;
    /// The folders at the top are classes since there are no folders in them, but look like splits.
    bool splitsWouldHoldNoClasses = false;
    std::vector<std::filesystem::path> runs; ///< folders of runs, which were passed over
    bool classesHoldFolders = false; ///< not counting the folders of splits

private:
    enum class Kind : std::uint8_t { File, Folder, FolderLink, BrokenLink };
    struct Entry {
        std::filesystem::path name;
        Kind kind = Kind::File;
    };
    static bool isFolder(const Entry& entry)
    {
        return entry.kind == Kind::Folder || entry.kind == Kind::FolderLink;
    }
    /// A folder still to be read; without a class, its folders are the classes.
    struct Task {
        std::filesystem::path path;
        std::string className; ///< as its folder has it, whatever its bytes
        Split split = Split::Train;
        bool splitsBelow = false; ///< folders named after a split, directly below, are that split
    };

    Result<std::vector<Entry>> list(const std::filesystem::path& folder) const;
    Result<bool> hasFolders(const std::filesystem::path& folder) const;
    /// What the folders at the top look like, by names that are not those of splits.
    enum class Looks : std::uint8_t { Classes, Splits, SplitsWithoutTrain, SplitsWithoutClasses };
    /// Whether the folders at the top are splits; says in topFolders how that was told.
    Result<bool> readTop(const std::vector<Entry>& entries);
    Result<bool> isSplitLayout(const std::vector<Entry>& entries) const;
    Result<Looks> looksOf(const std::vector<Entry>& entries) const;
    /// All that it holds are runs, or it is one.
    Result<bool> isOfRuns(const std::filesystem::path& folder) const;
    std::optional<Split> splitAtTop(const std::filesystem::path& folder) const;
    void read(const Task& task);
    void add(const Task& task, const Entry& entry);
    bool enter(const std::filesystem::path& folder);
    void reportStray(const std::filesystem::path& folder, const std::vector<Entry>& entries);
    void dropClassesOfRuns();
    void nameClasses();

    std::filesystem::path m_root;
    std::optional<bool> m_foldersAreClasses;
    std::stop_token m_stop;
    const ProgressSink& m_progress;
    std::set<std::pair<std::uint64_t, std::uint64_t>> m_seen; ///< device and inode of real folders
    std::deque<Task> m_folders;
    std::deque<Task> m_links; ///< after all folders, so that a link never takes a folder's place
    std::set<std::string> m_classesWithRuns;
};

} // namespace vernier
