#include "core/runs/run_bin.h"

#include "core/base/folder_lock.h"
#include "core/base/folders.h"

#include <algorithm>
#include <cstdint>

#include <sys/stat.h>

namespace vernier {

namespace fs = std::filesystem;

namespace {

/// Only what lies in the bin itself is moved or removed by its name there.
Status checkInBin(const fs::path& runs, const fs::path& binned)
{
    const auto bin = binOf(runs);
    const auto name = binned.filename();
    if (name.empty() || name == "." || name == ".." || binned != bin / name)
        return fail(ErrorCode::Invalid, "is not in the bin", binned);
    if (auto ok = checkOwnFolder(bin); !ok)
        return ok;
    return checkOwnFolder(binned);
}

/// The folders in the bin, `most` of them at most. None before the first run is deleted.
Result<std::vector<fs::path>> foldersInBin(const fs::path& runs, std::size_t most)
{
    const auto bin = binOf(runs);
    std::vector<fs::path> folders;
    if (const auto ok = checkOwnFolder(bin); !ok) {
        if (ok.error().code == ErrorCode::NotFound)
            return folders;
        return tl::unexpected(ok.error());
    }
    std::error_code error;
    for (fs::directory_iterator it(bin, error), end; !error && it != end && folders.size() < most;
         it.increment(error)) {
        std::error_code ignored;
        if (fs::is_directory(it->symlink_status(ignored)))
            folders.push_back(it->path());
    }
    if (error)
        return fail(ErrorCode::Unreadable, "cannot be read: " + error.message(), bin);
    return folders;
}

std::uint64_t bytesBelow(const fs::path& folder)
{
    std::uint64_t bytes = 0;
    std::error_code error;
    fs::recursive_directory_iterator it(
        folder, fs::directory_options::skip_permission_denied, error);
    for (const fs::recursive_directory_iterator end; !error && it != end; it.increment(error)) {
        std::error_code ignored;
        if (!fs::is_regular_file(it->symlink_status(ignored)))
            continue;
        const auto size = it->file_size(ignored);
        bytes += ignored ? 0 : size;
    }
    return bytes;
}

/// Moving a folder changes its own record on disk, while what is in it keeps its times.
std::string deletedAt(const fs::path& folder)
{
    struct stat info { };
    return ::lstat(folder.c_str(), &info) == 0 ? timeStamp(info.st_ctim.tv_sec) : std::string();
}

Status removeFolder(const fs::path& folder)
{
    const auto lock = FolderLock::take(folder);
    if (!lock)
        return tl::unexpected(lock.error());
    std::error_code error;
    // Of a link in it, the link.
    fs::remove_all(folder, error);
    if (error)
        return fail(ErrorCode::Unreadable, "cannot be removed: " + error.message(), folder,
            "check who may write there");
    return {};
}

/// The first problem of any.
template <class Change>
Status each(const std::vector<fs::path>& folders, const std::stop_token& stop, Change change)
{
    Status status;
    for (const auto& folder : folders) {
        if (stop.stop_requested())
            return cancelled();
        const Status changed = change(folder);
        if (!changed && status)
            status = changed;
    }
    return status;
}

} // namespace

fs::path binOf(const fs::path& runs) { return runs / ".bin"; }

Result<fs::path> moveToBin(const fs::path& run)
{
    const auto lock = FolderLock::take(run);
    if (!lock)
        return tl::unexpected(lock.error());
    const auto bin = binOf(run.parent_path());
    if (auto made = makeOwnFolder(bin); !made)
        return tl::unexpected(made.error());
    auto place = freshFolder(bin, run.filename().native());
    if (auto moved = renameOnDisk(run, place); !moved)
        return tl::unexpected(moved.error());
    return place;
}

Status takeBack(const fs::path& binned, const fs::path& run)
{
    std::error_code error;
    if (!fs::exists(fs::symlink_status(binned, error)))
        return fail(ErrorCode::NotFound, "is no longer in the bin", binned);
    if (auto bin = checkOwnFolder(binned.parent_path()); !bin)
        return bin;
    // An empty folder would be replaced without a word.
    if (fs::exists(run, error))
        return fail(
            ErrorCode::Exists, "is there again, as another run", run, "rename that folder first");
    return renameOnDisk(binned, run);
}

Result<std::vector<BinnedRun>> readBin(const fs::path& runs, std::stop_token stop)
{
    auto folders = foldersInBin(runs, SIZE_MAX);
    if (!folders)
        return tl::unexpected(folders.error());
    std::sort(folders->begin(), folders->end());
    std::vector<BinnedRun> found;
    for (const auto& folder : *folders) {
        if (stop.stop_requested())
            return cancelled();
        found.push_back({ summarizeRun(folder), deletedAt(folder), bytesBelow(folder) });
    }
    return found;
}

bool holdsDeleted(const fs::path& runs)
{
    const auto folders = foldersInBin(runs, 1);
    // What cannot be read is for the list to tell.
    return !folders || !folders->empty();
}

Status takeOut(const fs::path& runs, const std::vector<fs::path>& binned, std::stop_token stop)
{
    return each(binned, stop, [&](const fs::path& run) {
        const auto inBin = checkInBin(runs, run);
        return inBin ? takeBack(run, freshFolder(runs, run.filename().native())) : inBin;
    });
}

Status removeForGood(
    const fs::path& runs, const std::vector<fs::path>& binned, std::stop_token stop)
{
    return each(binned, stop, [&](const fs::path& run) {
        const auto inBin = checkInBin(runs, run);
        return inBin ? removeFolder(run) : inBin;
    });
}

} // namespace vernier
