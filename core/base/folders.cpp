#include "core/base/folders.h"

#include "core/base/descriptor.h"

#include <array>
#include <cerrno>
#include <cstdint>
#include <cstdio>
#include <cstring>

#include <fcntl.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>

namespace vernier {

namespace fs = std::filesystem;

namespace {

fs::path parentOf(const fs::path& path)
{
    return path.has_parent_path() ? path.parent_path() : fs::path(".");
}

tl::unexpected<Error> cannotBeMade(int number, const fs::path& folder)
{
    const bool isFull = number == ENOSPC || number == EDQUOT;
    return fail(isFull ? ErrorCode::NoSpace : ErrorCode::Unreadable,
        std::string("cannot be made: ") + std::strerror(number), folder,
        isFull              ? "free some space and try again"
            : number == EIO ? "look after the disk and try again"
                            : "choose a folder that you may write to");
}

/// One whose parent is there.
Status makeFolder(const fs::path& folder)
{
    if (::mkdir(folder.c_str(), 0777) != 0)
        return cannotBeMade(errno, folder);
    return syncFolder(parentOf(folder));
}

/// Nobody can tell beforehand what they will be, and put something there.
std::string drawnDigits()
{
    std::uint32_t drawn = 0;
    if (::getrandom(&drawn, sizeof drawn, 0) != sizeof drawn)
        drawn = static_cast<std::uint32_t>(::getpid());
    std::array<char, 16> digits {};
    std::snprintf(digits.data(), digits.size(), "%08x", static_cast<unsigned>(drawn));
    return digits.data();
}

} // namespace

Status makeFolders(const fs::path& folder)
{
    std::error_code error;
    const auto status = fs::status(folder, error);
    if (fs::is_directory(status))
        return {};
    if (fs::exists(status))
        return cannotBeMade(ENOTDIR, folder);
    if (folder.empty())
        return cannotBeMade(ENOENT, folder);
    if (!folder.has_filename())
        return makeFolders(folder.parent_path());
    if (folder.has_parent_path()) {
        if (auto ok = makeFolders(folder.parent_path()); !ok)
            return ok;
    }
    // Another program may have been faster.
    auto made = makeFolder(folder);
    return made || fs::is_directory(folder, error) ? Status() : made;
}

Status makeOwnFolder(const fs::path& folder)
{
    auto there = checkOwnFolder(folder);
    if (there || there.error().code != ErrorCode::NotFound)
        return there;
    return makeFolder(folder);
}

Status checkOwnFolder(const fs::path& folder)
{
    std::error_code error;
    const auto status = fs::symlink_status(folder, error);
    if (status.type() == fs::file_type::not_found)
        return fail(ErrorCode::NotFound, "is no longer there", folder);
    if (status.type() == fs::file_type::none)
        return fail(ErrorCode::Unreadable, "cannot be read: " + error.message(), folder);
    if (status.type() != fs::file_type::directory)
        return fail(ErrorCode::Invalid, "is a link or a file, and no folder of Vernier's", folder,
            "move it elsewhere by hand");
    return {};
}

Status syncFolder(const fs::path& folder)
{
    const Descriptor directory(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    // Some file systems cannot sync a folder, and one may be written but not read.
    if (!directory || ::fsync(directory.number()) == 0 || (errno != EIO && errno != ENOSPC))
        return {};
    return fail(errno == ENOSPC ? ErrorCode::NoSpace : ErrorCode::Unreadable,
        std::string("cannot be put on the disk: ") + std::strerror(errno), folder,
        "look after the disk and try again");
}

Status renameOnDisk(const fs::path& from, const fs::path& to)
{
    if (::rename(from.c_str(), to.c_str()) != 0)
        return fail(errno == ENOSPC ? ErrorCode::NoSpace : ErrorCode::Unreadable,
            std::string("cannot be put in place: ") + std::strerror(errno), to,
            "check who may write there");
    auto synced = syncFolder(parentOf(to));
    if (synced && parentOf(from) != parentOf(to))
        synced = syncFolder(parentOf(from));
    return synced;
}

fs::path drawnName(const fs::path& path, std::string_view suffix)
{
    auto name = path;
    name += suffix;
    return name += drawnDigits();
}

} // namespace vernier
