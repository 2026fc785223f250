#include "core/base/files.h"

#include "core/base/folders.h"
#include "core/base/temporary_name.h"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <regex>
#include <string_view>
#include <utility>

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

namespace vernier {

namespace {

constexpr std::string_view kWriting = "cannot be written";

tl::unexpected<Error> systemError(
    int number, const std::filesystem::path& path, std::string_view doing)
{
    const auto code = number == ENOENT         ? ErrorCode::NotFound
        : number == EEXIST                     ? ErrorCode::Exists
        : number == ENOSPC || number == EDQUOT ? ErrorCode::NoSpace
                                               : ErrorCode::Unreadable;
    if (number == ELOOP)
        return fail(ErrorCode::Unreadable,
            std::string(doing) + ": it is a link, which may lead anywhere", path,
            "put the file that it leads to in its place");
    const char* advice = number == ENOSPC || number == EDQUOT ? "free some space and try again"
        : doing != kWriting                                   ? ""
        : number == ENOENT ? "make its folder first, or choose another"
                           : "choose a folder that you may write to";
    return fail(code, std::string(doing) + ": " + std::strerror(number), path, advice);
}

/// Renames an open file once its content is on the disk.
Status renameSynced(
    const Descriptor& file, const std::filesystem::path& from, const std::filesystem::path& to)
{
    if (::fsync(file.number()) != 0)
        return systemError(errno, to, "writing failed");
    return renameOnDisk(from, to);
}

/// What a file is called until it is whole, after its own name; eight digits follow.
const std::string kTemporary = ".tmp"; // and how it goes on: isTemporaryName()
/// Only whoever fills the folder on purpose makes more names than these be taken.
constexpr int kMostTries = 100;

template <class Buffer>
Result<Buffer> readWhole(const std::filesystem::path& path, std::uint64_t maxBytes)
{
    const auto file = InputFile::open(path);
    if (!file)
        return tl::unexpected(file.error());
    if (file->size() > maxBytes)
        return fail(ErrorCode::TooLarge,
            "has " + std::to_string(file->size()) + " bytes, more than the "
                + std::to_string(maxBytes) + " allowed",
            path);
    Buffer data;
    data.resize(file->size());
    const auto filled = file->readAt(0, std::as_writable_bytes(std::span(data)));
    if (!filled)
        return tl::unexpected(filled.error());
    data.resize(*filled);
    return data;
}

} // namespace

Result<InputFile> InputFile::open(std::filesystem::path path)
{
    Descriptor descriptor(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
    if (!descriptor)
        return systemError(errno, path, "cannot be opened");
    InputFile file(std::move(path), std::move(descriptor), 0);
    struct stat info { };
    if (::fstat(file.m_descriptor.number(), &info) != 0)
        return systemError(errno, file.m_path, "cannot be read");
    if (!S_ISREG(info.st_mode))
        return fail(ErrorCode::Unsupported, "is not a regular file", file.m_path);
    file.m_size = static_cast<std::uint64_t>(info.st_size);
    return file;
}

InputFile::InputFile(std::filesystem::path path, Descriptor descriptor, std::uint64_t size)
    : m_path(std::move(path)), m_descriptor(std::move(descriptor)), m_size(size)
{
}

Result<std::size_t> InputFile::readAt(std::uint64_t offset, std::span<std::byte> buffer) const
{
    std::size_t filled = 0;
    while (filled < buffer.size()) {
        const auto count = ::pread(m_descriptor.number(), buffer.data() + filled,
            buffer.size() - filled, static_cast<off_t>(offset + filled));
        if (count < 0 && errno == EINTR)
            continue;
        if (count < 0)
            return systemError(errno, m_path, "reading failed");
        if (count == 0)
            break;
        filled += static_cast<std::size_t>(count);
    }
    return filled;
}

Result<std::vector<std::byte>> readFile(const std::filesystem::path& path, std::uint64_t maxBytes)
{
    return readWhole<std::vector<std::byte>>(path, maxBytes);
}

Result<std::string> readTextFile(const std::filesystem::path& path, std::uint64_t maxBytes)
{
    return readWhole<std::string>(path, maxBytes);
}

Result<AtomicFile> AtomicFile::create(std::filesystem::path path)
{
    // What is renamed over a device or a pipe, or over the link to one, takes its place.
    std::error_code ignored;
    if (const auto there = std::filesystem::status(path, ignored); std::filesystem::is_other(there))
        return fail(ErrorCode::Exists, "is a device or a pipe, which is not written to", path,
            "give the name of a file");
    int number = EEXIST;
    for (int i = 0; i < kMostTries && number == EEXIST; ++i) {
        auto temporary = drawnName(path, kTemporary);
        Descriptor descriptor(
            ::open(temporary.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0666));
        if (descriptor)
            return AtomicFile(std::move(path), std::move(temporary), std::move(descriptor));
        number = errno;
    }
    return systemError(number, path, kWriting);
}

AtomicFile::AtomicFile(
    std::filesystem::path path, std::filesystem::path temporary, Descriptor descriptor)
    : m_path(std::move(path))
    , m_temporary(std::move(temporary))
    , m_descriptor(std::move(descriptor))
{
}

AtomicFile::~AtomicFile()
{
    if (m_descriptor)
        ::unlink(m_temporary.c_str());
}

Status AtomicFile::write(std::span<const std::byte> data)
{
    while (!data.empty()) {
        const auto count = ::write(m_descriptor.number(), data.data(), data.size());
        if (count < 0 && errno == EINTR)
            continue;
        if (count < 0)
            return systemError(errno, m_path, "writing failed");
        data = data.subspan(static_cast<std::size_t>(count));
    }
    return {};
}

Status AtomicFile::commit()
{
    auto moved = renameSynced(m_descriptor, m_temporary, m_path);
    if (moved)
        m_descriptor.close();
    return moved;
}

bool isTemporaryName(std::string_view name, std::string_view of)
{
    // With the process and a number, as earlier versions named them.
    static const std::regex pattern("\\" + kTemporary + "([0-9a-f]{8}|[0-9]+-[0-9]+)$");
    std::match_results<std::string_view::const_iterator> found;
    return std::regex_search(name.begin(), name.end(), found, pattern)
        && (of.empty() || (found.position() == std::ssize(of) && name.starts_with(of)));
}

void removeTemporaryFiles(const std::filesystem::path& folder, std::span<const char* const> of)
{
    const auto isLeft = [&](const std::string& name) {
        return of.empty() ? isTemporaryName(name) : std::ranges::any_of(of, [&](const char* file) {
            return isTemporaryName(name, file);
        });
    };
    // Held open: nothing is removed elsewhere, whatever is put in its place meanwhile.
    const Descriptor directory(
        ::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
    if (!directory)
        return;
    std::error_code error;
    std::vector<std::string> left;
    for (std::filesystem::directory_iterator it(folder, error), end; !error && it != end;
         it.increment(error)) {
        if (auto name = it->path().filename().native(); isLeft(name))
            left.push_back(std::move(name));
    }
    // Of a link the link; a folder is none of ours.
    for (const auto& name : left)
        ::unlinkat(directory.number(), name.c_str(), 0);
}

Status writeFileAtomically(const std::filesystem::path& path, std::span<const std::byte> data)
{
    auto file = AtomicFile::create(path);
    if (!file)
        return tl::unexpected(file.error());
    if (auto written = file->write(data); !written)
        return written;
    return file->commit();
}

Status writeFileAtomically(const std::filesystem::path& path, std::string_view text)
{
    return writeFileAtomically(path, std::as_bytes(std::span(text)));
}

Result<AppendFile> AppendFile::create(std::filesystem::path path)
{
    return open(std::move(path), O_CREAT | O_EXCL, false);
}

Result<AppendFile> AppendFile::open(std::filesystem::path path)
{
    return open(std::move(path), 0, true);
}

Result<AppendFile> AppendFile::open(std::filesystem::path path, int flags, bool needsLock)
{
    Descriptor descriptor(
        ::open(path.c_str(), flags | O_RDWR | O_CLOEXEC | O_NONBLOCK | O_NOFOLLOW, 0666));
    if (!descriptor)
        return systemError(errno, path, kWriting);
    AppendFile file(std::move(path), std::move(descriptor));
    const int number = file.m_descriptor.number();
    // A file system without locks still serves files that are new; but somebody may have seen one
    // of those and taken it already.
    if (::flock(number, LOCK_EX | LOCK_NB) != 0 && (needsLock || errno == EWOULDBLOCK))
        return systemError(errno, file.m_path, "cannot be locked");
    struct stat info { };
    if (::fstat(number, &info) != 0)
        return systemError(errno, file.m_path, kWriting);
    if (!S_ISREG(info.st_mode))
        return fail(ErrorCode::Unsupported, "is not a regular file", file.m_path);
    file.m_size = static_cast<std::uint64_t>(info.st_size);
    return file;
}

AppendFile::AppendFile(std::filesystem::path path, Descriptor descriptor)
    : m_path(std::move(path)), m_descriptor(std::move(descriptor))
{
}

Status AppendFile::append(std::span<const std::byte> data)
{
    for (std::size_t done = 0; done < data.size();) {
        const auto count = ::pwrite(m_descriptor.number(), data.data() + done, data.size() - done,
            static_cast<off_t>(m_size + done));
        if (count < 0 && errno == EINTR)
            continue;
        if (count < 0) {
            auto error = systemError(errno, m_path, "writing failed");
            // Where even that fails, the part lies behind everything that readers know of.
            [[maybe_unused]] const int cut
                = ::ftruncate(m_descriptor.number(), static_cast<off_t>(m_size));
            return error;
        }
        done += static_cast<std::size_t>(count);
    }
    m_size += data.size();
    return {};
}

Status AppendFile::moveTo(const std::filesystem::path& path)
{
    auto moved = renameSynced(m_descriptor, m_path, path);
    if (moved)
        m_path = path;
    return moved;
}

bool AppendFile::removed() const
{
    struct stat info { };
    return ::fstat(m_descriptor.number(), &info) != 0 || info.st_nlink == 0;
}

} // namespace vernier
