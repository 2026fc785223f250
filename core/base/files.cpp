#include "core/base/files.h"

#include <atomic>
#include <cerrno>
#include <cstring>
#include <utility>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace vernier {

namespace {

tl::unexpected<Error> systemError(int number, const std::filesystem::path& path, const char* doing)
{
    const auto code = number == ENOENT         ? ErrorCode::NotFound
        : number == ENOSPC || number == EDQUOT ? ErrorCode::NoSpace
                                               : ErrorCode::Unreadable;
    const char* advice
        = number == ENOSPC || number == EDQUOT ? "free some space and try again" : "";
    return fail(code, std::string(doing) + ": " + std::strerror(number), path, advice);
}

class Descriptor {
public:
    explicit Descriptor(int number) : m_number(number) { }
    Descriptor(const Descriptor&) = delete;
    Descriptor& operator=(const Descriptor&) = delete;
    ~Descriptor()
    {
        if (m_number >= 0)
            ::close(m_number);
    }
    int number() const { return m_number; }

private:
    int m_number;
};

template <class Buffer>
Result<Buffer> readWhole(const std::filesystem::path& path, std::uint64_t maxBytes)
{
    const Descriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
    if (file.number() < 0)
        return systemError(errno, path, "cannot be opened");
    struct stat info { };
    if (::fstat(file.number(), &info) != 0)
        return systemError(errno, path, "cannot be read");
    if (!S_ISREG(info.st_mode))
        return fail(ErrorCode::Unsupported, "is not a regular file", path);
    const auto size = static_cast<std::uint64_t>(info.st_size);
    if (size > maxBytes)
        return fail(ErrorCode::TooLarge,
            "has " + std::to_string(size) + " bytes, more than the " + std::to_string(maxBytes)
                + " allowed",
            path);
    Buffer data;
    data.resize(size);
    std::size_t filled = 0;
    while (filled < data.size()) {
        const auto count = ::read(file.number(), data.data() + filled, data.size() - filled);
        if (count < 0 && errno == EINTR)
            continue;
        if (count < 0)
            return systemError(errno, path, "reading failed");
        if (count == 0)
            break;
        filled += static_cast<std::size_t>(count);
    }
    data.resize(filled);
    return data;
}

} // namespace

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
    static std::atomic<unsigned> counter { 0 };
    auto temporary = path;
    temporary += ".tmp" + std::to_string(::getpid()) + "-" + std::to_string(counter++);
    const int descriptor
        = ::open(temporary.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
    if (descriptor < 0)
        return systemError(errno, path, "cannot be written");
    return AtomicFile(std::move(path), std::move(temporary), descriptor);
}

AtomicFile::AtomicFile(std::filesystem::path path, std::filesystem::path temporary, int descriptor)
    : m_path(std::move(path)), m_temporary(std::move(temporary)), m_descriptor(descriptor)
{
}

AtomicFile::AtomicFile(AtomicFile&& other) noexcept
    : m_path(std::move(other.m_path))
    , m_temporary(std::move(other.m_temporary))
    , m_descriptor(std::exchange(other.m_descriptor, -1))
{
}

AtomicFile::~AtomicFile()
{
    if (m_descriptor >= 0) {
        ::close(m_descriptor);
        ::unlink(m_temporary.c_str());
    }
}

Status AtomicFile::write(std::span<const std::byte> data)
{
    while (!data.empty()) {
        const auto count = ::write(m_descriptor, data.data(), data.size());
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
    if (::fsync(m_descriptor) != 0)
        return systemError(errno, m_path, "writing failed");
    if (::rename(m_temporary.c_str(), m_path.c_str()) != 0)
        return systemError(errno, m_path, "cannot be put in place");
    ::close(std::exchange(m_descriptor, -1));
    const auto folder
        = m_path.has_parent_path() ? m_path.parent_path() : std::filesystem::path(".");
    const Descriptor directory(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    // Some file systems cannot sync a folder; the rename itself has happened, so that is no
    // failure.
    if (directory.number() >= 0)
        ::fsync(directory.number());
    return {};
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

} // namespace vernier
