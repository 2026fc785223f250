// Loaded ahead of the C library (LD_PRELOAD) into a program under test: counts what it does to the
// files below one folder, makes the n-th of these calls fail, and writes down what was done.
// Environment:
//
//   VERNIER_FAULT_BELOW   the folder; without it nothing happens
//   VERNIER_FAULT_AT      which call fails, from 1; 0 or missing: none
//   VERNIER_FAULT_KIND    EIO, once; ENOSPC, from then on whatever needs room; SHORT, a write that
//   writes half; KILL,
//                         the program ends there
//   VERNIER_FAULT_LOG     a file that each call is appended to, as fault_log.h reads it, and that
//                         the fault has struck
//
// It knows the calls that Vernier makes, on a Linux of 64 bits.

#include <atomic>
#include <cerrno>
#include <climits>
#include <csignal>
#include <cstdarg>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string>

#include <dlfcn.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace {

template <class Function> Function* next(const char* name)
{
    return reinterpret_cast<Function*>(::dlsym(RTLD_NEXT, name));
}

using Open = int(const char*, int, ...);
using OpenAt = int(int, const char*, int, ...);
using Write = ssize_t(int, const void*, size_t);
using PWrite = ssize_t(int, const void*, size_t, off_t);

enum class Kind { Eio, NoSpace, Short, Kill };

struct Plan {
    std::string below;
    long at = 0;
    Kind kind = Kind::Eio;
    int log = -1;

    Plan()
    {
        const auto variable = [](const char* name) {
            const char* value = std::getenv(name);
            return std::string(value ? value : "");
        };
        below = variable("VERNIER_FAULT_BELOW");
        at = std::atol(variable("VERNIER_FAULT_AT").c_str());
        const auto name = variable("VERNIER_FAULT_KIND");
        kind = name == "ENOSPC" ? Kind::NoSpace
            : name == "SHORT"   ? Kind::Short
            : name == "KILL"    ? Kind::Kill
                                : Kind::Eio;
        if (const auto file = variable("VERNIER_FAULT_LOG"); !file.empty())
            log = next<Open>("open")(file.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644);
    }
};

const Plan& plan()
{
    static const Plan thePlan;
    return thePlan;
}

/// Absolute and without "." and "..", as far as that can be told without looking; empty: elsewhere.
std::string ours(const std::string& path)
{
    if (plan().below.empty())
        return {};
    const auto& below = plan().below;
    if (path.compare(0, below.size(), below) != 0)
        return {};
    return path.size() == below.size() || path[below.size()] == '/' ? path : std::string();
}

std::string absolute(int folder, const char* path)
{
    if (!path)
        return {};
    if (path[0] == '/')
        return path;
    char base[PATH_MAX] = {};
    if (folder == AT_FDCWD) {
        if (!::getcwd(base, sizeof base))
            return {};
    } else {
        const auto link = "/proc/self/fd/" + std::to_string(folder);
        if (::readlink(link.c_str(), base, sizeof base - 1) < 0)
            return {};
    }
    return std::string(base) + "/" + path;
}

std::string pathOf(int descriptor)
{
    const auto link = "/proc/self/fd/" + std::to_string(descriptor);
    char path[PATH_MAX] = {};
    return ::readlink(link.c_str(), path, sizeof path - 1) < 0 ? std::string() : path;
}

std::atomic<long> counted { 0 };

/// What becomes of a call: 0, or the number of an error; a write may be cut short.
struct Fate {
    int error = 0;
    bool isShort = false;
};

void log(const std::string& what, int descriptor, const std::string& path,
    const std::string& second = {}, long offset = 0, const void* data = nullptr, size_t size = 0);

Fate fate(bool needsRoom, const std::string& path)
{
    const long number = ++counted;
    log("call", -1, path);
    if (plan().at == 0 || number < plan().at)
        return {};
    if (plan().kind == Kind::NoSpace && number > plan().at)
        return { needsRoom ? ENOSPC : 0, false };
    if (number > plan().at)
        return {};
    // Where it is no write that it is to cut short, it does nothing.
    if (plan().kind == Kind::Short)
        return { 0, true };
    log("struck", -1, path);
    if (plan().kind == Kind::Kill)
        ::kill(::getpid(), SIGKILL);
    return { plan().kind == Kind::NoSpace ? ENOSPC : EIO, false };
}

void log(const std::string& what, int descriptor, const std::string& path,
    const std::string& second, long offset, const void* data, size_t size)
{
    if (plan().log < 0)
        return;
    auto record = what + '\t' + std::to_string(descriptor) + '\t' + path + '\t' + second + '\t'
        + std::to_string(offset) + '\t' + std::to_string(size) + '\n';
    if (data)
        record.append(static_cast<const char*>(data), size);
    record += '\n';
    [[maybe_unused]] const auto written
        = next<Write>("write")(plan().log, record.data(), record.size());
}

bool writes(int flags) { return (flags & O_ACCMODE) != O_RDONLY; }

template <class Call> int opened(const std::string& path, int flags, const Call& call)
{
    const auto own = ours(path);
    if (own.empty())
        return call();
    if (const auto end = fate((flags & O_CREAT) != 0, own); end.error != 0) {
        errno = end.error;
        return -1;
    }
    const int descriptor = call();
    if (descriptor >= 0 && writes(flags))
        log((flags & O_TRUNC) ? "truncating" : "open", descriptor, own);
    else if (descriptor >= 0)
        log("read", descriptor, own);
    return descriptor;
}

/// A call on names: `call` has to give 0.
template <class Call>
int named(const char* what, const std::string& path, const std::string& second, bool needsRoom,
    const Call& call)
{
    const auto own = ours(path);
    const auto other = ours(second);
    if (own.empty() && other.empty())
        return call();
    if (const auto end = fate(needsRoom, own); end.error != 0) {
        errno = end.error;
        return -1;
    }
    const int result = call();
    if (result == 0)
        log(what, -1, own, other);
    return result;
}

template <class Call> int synced(int descriptor, const Call& call)
{
    const auto own = ours(pathOf(descriptor));
    if (own.empty())
        return call();
    if (const auto end = fate(false, own); end.error != 0) {
        errno = end.error;
        return -1;
    }
    const int result = call();
    if (result == 0)
        log("sync", descriptor, own);
    return result;
}

template <class Call>
ssize_t written(int descriptor, const void* data, size_t size, long offset, const Call& call)
{
    const auto own = ours(pathOf(descriptor));
    if (own.empty())
        return call(size);
    const auto end = fate(true, own);
    if (end.error != 0) {
        errno = end.error;
        return -1;
    }
    const bool isCut = end.isShort && size > 1;
    if (isCut)
        log("struck", -1, own);
    const auto count = call(isCut ? size / 2 : size);
    if (count > 0)
        log("write", descriptor, own, {}, offset, data, static_cast<size_t>(count));
    return count;
}

mode_t modeOf(int flags, va_list arguments)
{
    return (flags & O_CREAT) ? static_cast<mode_t>(va_arg(arguments, int)) : 0;
}

} // namespace

// With the C library's own names.
extern "C" {

#define OPENING(name)                                                                              \
    __attribute__((visibility("default"))) int name(const char* path, int flags, ...)              \
    {                                                                                              \
        va_list arguments;                                                                         \
        va_start(arguments, flags);                                                                \
        const auto mode = modeOf(flags, arguments);                                                \
        va_end(arguments);                                                                         \
        return opened(absolute(AT_FDCWD, path), flags,                                             \
            [&] { return next<Open>(#name)(path, flags, mode); });                                 \
    }
#define OPENING_AT(name)                                                                           \
    __attribute__((visibility("default"))) int name(int folder, const char* path, int flags, ...)  \
    {                                                                                              \
        va_list arguments;                                                                         \
        va_start(arguments, flags);                                                                \
        const auto mode = modeOf(flags, arguments);                                                \
        va_end(arguments);                                                                         \
        return opened(absolute(folder, path), flags,                                               \
            [&] { return next<OpenAt>(#name)(folder, path, flags, mode); });                       \
    }
#define WRITING_AT(name)                                                                           \
    __attribute__((visibility("default"))) ssize_t name(                                           \
        int descriptor, const void* data, size_t size, off_t offset)                               \
    {                                                                                              \
        return written(descriptor, data, size, offset,                                             \
            [&](size_t count) { return next<PWrite>(#name)(descriptor, data, count, offset); });   \
    }

OPENING(open)
OPENING(open64)
OPENING_AT(openat)
OPENING_AT(openat64)
WRITING_AT(pwrite)
WRITING_AT(pwrite64)

__attribute__((visibility("default"))) ssize_t write(int descriptor, const void* data, size_t size)
{
    return written(descriptor, data, size, ::lseek(descriptor, 0, SEEK_CUR),
        [&](size_t count) { return next<Write>("write")(descriptor, data, count); });
}

__attribute__((visibility("default"))) int fsync(int descriptor)
{
    return synced(descriptor, [&] { return next<int(int)>("fsync")(descriptor); });
}

__attribute__((visibility("default"))) int fdatasync(int descriptor)
{
    return synced(descriptor, [&] { return next<int(int)>("fdatasync")(descriptor); });
}

__attribute__((visibility("default"))) int ftruncate(int descriptor, off_t size) noexcept
{
    const auto own = ours(pathOf(descriptor));
    if (own.empty())
        return next<int(int, off_t)>("ftruncate")(descriptor, size);
    const int result = next<int(int, off_t)>("ftruncate")(descriptor, size);
    if (result == 0)
        log("truncate", descriptor, own, {}, size);
    return result;
}

__attribute__((visibility("default"))) int rename(const char* from, const char* to) noexcept
{
    return named("rename", absolute(AT_FDCWD, from), absolute(AT_FDCWD, to), false,
        [&] { return next<int(const char*, const char*)>("rename")(from, to); });
}

__attribute__((visibility("default"))) int link(const char* from, const char* to) noexcept
{
    return named("link", absolute(AT_FDCWD, from), absolute(AT_FDCWD, to), true,
        [&] { return next<int(const char*, const char*)>("link")(from, to); });
}

__attribute__((visibility("default"))) int mkdir(const char* path, mode_t mode) noexcept
{
    return named("mkdir", absolute(AT_FDCWD, path), {}, true,
        [&] { return next<int(const char*, mode_t)>("mkdir")(path, mode); });
}

__attribute__((visibility("default"))) int unlink(const char* path) noexcept
{
    return named("unlink", absolute(AT_FDCWD, path), {}, false,
        [&] { return next<int(const char*)>("unlink")(path); });
}

__attribute__((visibility("default"))) int unlinkat(
    int folder, const char* path, int flags) noexcept
{
    return named("unlink", absolute(folder, path), {}, false,
        [&] { return next<int(int, const char*, int)>("unlinkat")(folder, path, flags); });
}

__attribute__((visibility("default"))) int rmdir(const char* path) noexcept
{
    return named("unlink", absolute(AT_FDCWD, path), {}, false,
        [&] { return next<int(const char*)>("rmdir")(path); });
}

// The standard library's way to unlink and rmdir; names that are not there are no call.
__attribute__((visibility("default"))) int remove(const char* path) noexcept
{
    struct stat info { };
    if (::lstat(path, &info) != 0)
        return -1;
    return S_ISDIR(info.st_mode) ? ::rmdir(path) : ::unlink(path);
}
}
