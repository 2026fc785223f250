#include "core/base/file_state.h"

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <system_error>

#include <sys/stat.h>

namespace vernier {

namespace {

std::int64_t nanoseconds(const timespec& time)
{
    // Some file systems have times beyond 2262, where 64 bits end.
    constexpr std::int64_t furthest = 9'000'000'000;
    return std::clamp(std::int64_t { time.tv_sec }, -furthest, furthest) * 1'000'000'000
        + time.tv_nsec;
}

} // namespace

Result<FileState> FileState::of(const std::filesystem::path& file)
{
    struct stat info { };
    if (::stat(file.c_str(), &info) != 0)
        return fail(errno == ENOENT ? ErrorCode::NotFound : ErrorCode::Unreadable,
            "cannot be read: " + std::generic_category().message(errno), file);
    if (!S_ISREG(info.st_mode))
        return fail(ErrorCode::Unsupported, "is not a regular file", file);
    return FileState { static_cast<std::uint64_t>(info.st_size), nanoseconds(info.st_mtim),
        nanoseconds(info.st_ctim) };
}

bool FileState::isSettledAt(std::int64_t time) const
{
    // Two seconds on some file systems.
    constexpr std::int64_t kTick = 2'000'000'000;
    const auto isNow
        = [&](std::int64_t when) { return when > time - kTick && when < time + kTick; };
    return !isNow(changed) && !isNow(modified);
}

std::int64_t clockTime()
{
    const auto time = std::chrono::system_clock::now().time_since_epoch();
    return std::chrono::duration_cast<std::chrono::nanoseconds>(time).count();
}

} // namespace vernier
