#pragma once

#include <filesystem>
#include <map>
#include <memory>
#include <string>
#include <tuple>
#include <vector>

namespace vernier::test {

/// A call that fault_library.cpp wrote down.
struct LoggedCall {
    std::string what; ///< call (any, as it begins), open, truncating, read, write, truncate, sync,
                      ///< rename, link, unlink, mkdir
    int descriptor = -1;
    std::filesystem::path path;
    std::filesystem::path second; ///< the new name
    long offset = 0; ///< of a write; the size of what is truncated
    std::string data;
};
std::vector<LoggedCall> readFaultLog(const std::filesystem::path& file);
/// How many calls there were that could have been made to fail.
long countCalls(const std::vector<LoggedCall>& log);

/// What is on a disk below a folder: files by their path below it; folders have no content.
struct DiskState {
    std::map<std::filesystem::path, std::string> files;
    std::vector<std::filesystem::path> folders;
    bool operator<(const DiskState& other) const
    {
        return std::tie(files, folders) < std::tie(other.files, other.folders);
    }
};

/// Replays a log call by call and tells what a crash of the machine after each may leave. What was
/// not synced by then is there or not: of a file's content nothing, half, zeros or all; of names
/// each one by itself, in whatever order they were given. A rename is there or not as a whole.
class CrashingDisk {
public:
    /// That begins with what lies in `folder`.
    explicit CrashingDisk(std::filesystem::path folder);
    ~CrashingDisk();

    void play(const LoggedCall& call);
    /// All of them, or for more than a few unsynced names those where one is missing, one is there,
    /// or the last ones are missing.
    std::vector<DiskState> afterCrash() const;

private:
    struct File {
        std::string synced;
        std::string now;
    };
    struct Change {
        std::filesystem::path folder; ///< whose sync settles it
        std::filesystem::path added;
        std::shared_ptr<File> file; ///< that is called so; none: a folder
        std::filesystem::path removed;
    };
    using Names = std::map<std::filesystem::path, std::shared_ptr<File>>;

    static void apply(const Change& change, Names& names);
    void change(Change change);
    std::vector<std::vector<bool>> choices() const;

    std::filesystem::path m_folder;
    Names m_synced; ///< null: a folder
    Names m_now;
    std::vector<Change> m_pending;
    std::map<int, std::shared_ptr<File>> m_open;
};

} // namespace vernier::test
