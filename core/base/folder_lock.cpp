#include "core/base/folder_lock.h"

#include <cerrno>
#include <cstring>

#include <fcntl.h>
#include <sys/file.h>

namespace vernier {

Result<FolderLock> FolderLock::take(const std::filesystem::path& folder)
{
    Descriptor descriptor(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    if (!descriptor)
        return fail(errno == ENOENT ? ErrorCode::NotFound : ErrorCode::Unreadable,
            std::string("cannot be opened: ") + std::strerror(errno), folder);
    if (::flock(descriptor.number(), LOCK_EX | LOCK_NB) != 0 && errno == EWOULDBLOCK)
        return fail(
            ErrorCode::Exists, "is in use by another program", folder, "wait until that has ended");
    return FolderLock(std::move(descriptor));
}

} // namespace vernier
