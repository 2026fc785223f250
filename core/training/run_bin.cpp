#include "core/training/run_bin.h"

#include "core/base/folder_lock.h"
#include "core/training/run_store.h"

namespace vernier {

namespace {

Status move(const std::filesystem::path& from, const std::filesystem::path& to)
{
    std::error_code error;
    std::filesystem::rename(from, to, error);
    if (error)
        return fail(ErrorCode::Unreadable, "cannot be moved: " + error.message(), from);
    return {};
}

} // namespace

std::filesystem::path binOf(const std::filesystem::path& runs) { return runs / ".bin"; }

Result<std::filesystem::path> moveToBin(const std::filesystem::path& run)
{
    const auto lock = FolderLock::take(run);
    if (!lock)
        return tl::unexpected(lock.error());
    const auto bin = binOf(run.parent_path());
    std::error_code error;
    std::filesystem::create_directories(bin, error);
    if (error)
        return fail(ErrorCode::Unreadable, "cannot be made: " + error.message(), bin);
    auto place = freshFolder(bin, run.filename().native());
    if (auto moved = move(run, place); !moved)
        return tl::unexpected(moved.error());
    return place;
}

Status takeBack(const std::filesystem::path& binned, const std::filesystem::path& run)
{
    std::error_code error;
    // An empty folder would be replaced without a word.
    if (std::filesystem::exists(run, error))
        return fail(
            ErrorCode::Exists, "is there again, as another run", run, "rename that folder first");
    return move(binned, run);
}

} // namespace vernier
