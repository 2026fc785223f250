#include "core/exporting/unproven.h"

#include "core/base/folders.h"
#include "core/base/temporary_name.h"

#include <cerrno>
#include <cstring>
#include <vector>

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>

namespace vernier {

namespace {

namespace fs = std::filesystem;

constexpr std::string_view kSuffix = ".unproven"; // and eight digits: drawnName()
constexpr std::size_t kDigits = 8;
/// Only whoever fills the folder on purpose makes more names than these be taken.
constexpr int kMostTries = 100;

/// The final name of the file in a folder that is called so; empty for a name of another kind.
std::string fileIn(const fs::path& folder)
{
    const auto name = folder.filename().native();
    const auto end = name.size() - std::min(name.size(), kSuffix.size() + kDigits);
    const bool isOurs = end > 0 && name.compare(end, kSuffix.size(), kSuffix) == 0
        && name.find_first_not_of("0123456789abcdef", end + kSuffix.size()) == std::string::npos;
    return isOurs ? name.substr(0, end) : std::string();
}

/// Never what is in there beside such a file, and then not the folder either.
void removeWithFile(const fs::path& folder)
{
    const auto file = fileIn(folder);
    std::error_code error;
    std::vector<fs::path> found;
    for (fs::directory_iterator it(folder, error), end; !error && it != end; it.increment(error)) {
        const auto name = it->path().filename().native();
        if ((name != file && !isTemporaryName(name, file))
            || it->symlink_status(error).type() != fs::file_type::regular)
            return;
        found.push_back(it->path());
    }
    if (error || file.empty())
        return;
    for (const auto& path : found)
        ::unlink(path.c_str());
    ::rmdir(folder.c_str());
}

} // namespace

Unproven::Unproven(fs::path target, fs::path folder, FolderLock lock)
    : m_target(std::move(target)), m_folder(std::move(folder)), m_lock(std::move(lock))
{
}

Unproven::Unproven(Unproven&& other) noexcept
    : m_target(std::move(other.m_target))
    , m_folder(std::exchange(other.m_folder, {}))
    , m_lock(std::move(other.m_lock))
{
}

Unproven::~Unproven()
{
    if (!m_folder.empty())
        removeWithFile(m_folder);
}

Result<Unproven> Unproven::make(const fs::path& target)
{
    for (int i = 0; i < kMostTries; ++i) {
        auto folder = drawnName(target, kSuffix);
        if (::mkdir(folder.c_str(), 0777) != 0) {
            if (errno == EEXIST)
                continue;
            const bool isFull = errno == ENOSPC || errno == EDQUOT;
            return fail(isFull        ? ErrorCode::NoSpace
                    : errno == ENOENT ? ErrorCode::NotFound
                                      : ErrorCode::Unreadable,
                std::string("cannot be written: ") + std::strerror(errno), target,
                isFull ? "free some space and try again"
                       : "choose a folder that is there and that you may write to");
        }
        auto lock = FolderLock::take(folder);
        std::error_code error;
        // Before it was held, another program may have found it and thought its maker dead.
        if (lock && fs::is_directory(folder, error))
            return Unproven(target, std::move(folder), std::move(*lock));
        ::rmdir(folder.c_str());
        if (!lock && lock.error().code == ErrorCode::Unreadable)
            return fail(lock.error().code, lock.error().detail, target, lock.error().advice);
    }
    return fail(ErrorCode::Exists, "cannot be written: all names for its first place are taken",
        target, "choose another folder");
}

fs::path Unproven::path() const { return m_folder / m_target.filename(); }

Status Unproven::accept() const { return renameOnDisk(path(), m_target); }

void removeDeadUnproven(const fs::path& folder)
{
    std::error_code error;
    std::vector<fs::path> found;
    for (fs::directory_iterator it(folder, error), end; !error && it != end; it.increment(error)) {
        if (!fileIn(it->path()).empty())
            found.push_back(it->path());
    }
    for (const auto& path : found) {
        const Descriptor opened(
            ::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
        struct stat info { };
        if (opened && ::fstat(opened.number(), &info) == 0 && info.st_uid == ::geteuid()
            && ::flock(opened.number(), LOCK_EX | LOCK_NB) == 0)
            removeWithFile(path);
    }
}

} // namespace vernier
