#include "core/fetch/unpack.h"

#include "core/base/descriptor.h"
#include "core/base/text.h"

#include <array>
#include <cerrno>
#include <cstring>
#include <memory>
#include <optional>
#include <span>

#include <archive.h>
#include <archive_entry.h>
#include <fcntl.h>
#include <locale.h>
#include <unistd.h>

namespace vernier {

namespace fs = std::filesystem;

namespace {

constexpr std::size_t kReadBytes = 1 << 16;
constexpr std::size_t kMostRefused = 1000; ///< that are listed

struct ArchiveDeleter {
    void operator()(archive* a) const { archive_read_free(a); }
};
using ArchivePtr = std::unique_ptr<archive, ArchiveDeleter>;

/// Below the folder, without "." and ".."; none for a name that leads elsewhere.
std::optional<fs::path> insideOf(const fs::path& name)
{
    if (name.is_absolute())
        return std::nullopt;
    fs::path inside;
    for (const auto& part : name) {
        if (part == "..")
            return std::nullopt;
        if (!part.empty() && part != ".")
            inside /= part;
    }
    return inside;
}

/// For this thread, while it lives: a zip may say that its names are UTF-8, which libarchive drops
/// where the locale is another.
class Utf8Names {
public:
    Utf8Names() : m_locale(::newlocale(LC_CTYPE_MASK, "C.UTF-8", nullptr))
    {
        if (m_locale)
            m_before = ::uselocale(m_locale);
    }
    Utf8Names(const Utf8Names&) = delete;
    Utf8Names& operator=(const Utf8Names&) = delete;
    ~Utf8Names()
    {
        if (!m_locale)
            return;
        ::uselocale(m_before);
        ::freelocale(m_locale);
    }

private:
    locale_t m_locale;
    locale_t m_before {};
};

Status writeAll(const Descriptor& file, std::span<const char> data, const fs::path& path)
{
    while (!data.empty()) {
        const auto count = ::write(file.number(), data.data(), data.size());
        if (count < 0 && errno == EINTR)
            continue;
        if (count < 0)
            return fail(
                errno == ENOSPC || errno == EDQUOT ? ErrorCode::NoSpace : ErrorCode::Unreadable,
                std::string("writing failed: ") + std::strerror(errno), path,
                "free some space and try again");
        data = data.subspan(static_cast<std::size_t>(count));
    }
    return {};
}

class Unpacker {
public:
    Unpacker(const fs::path& file, const fs::path& folder, const UnpackLimits& limits,
        const std::stop_token& stop, const ProgressSink& progress)
        : m_file(file)
        , m_folder(folder)
        , m_limits(limits)
        , m_stop(stop)
        , m_progress(progress)
        , m_archive(archive_read_new())
    {
    }

    Result<Unpacked> run()
    {
        auto* a = m_archive.get();
        archive_read_support_format_tar(a);
        archive_read_support_format_zip(a);
        archive_read_support_filter_gzip(a);
        archive_read_support_filter_bzip2(a);
        archive_read_support_filter_xz(a);
        archive_read_support_filter_zstd(a);
        // A tar's names as their bytes are.
        archive_read_set_options(a, "hdrcharset=BINARY");
        std::error_code error;
        m_total = static_cast<std::int64_t>(fs::file_size(m_file, error));
        if (error)
            return fail(ErrorCode::NotFound, "there is no such file", m_file);
        if (archive_read_open_filename(a, m_file.c_str(), kReadBytes) != ARCHIVE_OK)
            return damaged();
        for (;;) {
            archive_entry* entry = nullptr;
            const int result = archive_read_next_header(a, &entry);
            if (result == ARCHIVE_EOF)
                return std::move(m_done);
            if (result != ARCHIVE_OK && result != ARCHIVE_WARN)
                return damaged();
            if (m_stop.stop_requested())
                return cancelled();
            if (++m_entries > m_limits.mostEntries)
                return tooLarge();
            if (auto ok = take(entry); !ok)
                return tl::unexpected(ok.error());
            report();
        }
    }

private:
    tl::unexpected<Error> damaged() const
    {
        const char* why = archive_error_string(m_archive.get());
        return fail(ErrorCode::Corrupt,
            std::string("is no archive, or is damaged: ") + (why ? why : "unknown"), m_file,
            "download the file again");
    }
    tl::unexpected<Error> tooLarge() const
    {
        return fail(ErrorCode::TooLarge,
            "unpacks to more than " + byteCount(m_limits.mostBytes) + " or "
                + std::to_string(m_limits.mostEntries) + " files",
            m_file, "choose another archive");
    }
    void refuse(const fs::path& name, const char* reason)
    {
        if (m_done.refused.size() < kMostRefused)
            m_done.refused.push_back({ utf8(name), reason });
    }
    void report() const
    {
        if (m_progress)
            m_progress({ "unpacking", archive_filter_bytes(m_archive.get(), -1), m_total });
    }

    Status take(archive_entry* entry)
    {
        const char* raw = archive_entry_pathname(entry);
        if (!raw)
            return refuse("?", "has a name that cannot be read"), Status {};
        const fs::path name = raw;
        const bool file = archive_entry_filetype(entry) == AE_IFREG;
        const bool folder = archive_entry_filetype(entry) == AE_IFDIR;
        const auto inside = insideOf(name);
        if (!inside)
            return refuse(name, "leads out of the folder"), Status {};
        if (archive_entry_hardlink(entry) || archive_entry_symlink(entry))
            return refuse(name, "is a link"), Status {};
        if (!file && !folder)
            return refuse(name, "is neither a file nor a folder"), Status {};
        if (inside->empty())
            return {};
        const auto path = m_folder / *inside;
        std::error_code error;
        fs::create_directories(folder ? path : path.parent_path(), error);
        if (error)
            return refuse(name, "needs a folder where there is a file"), Status {};
        return folder ? Status {} : write(path, name);
    }

    Status write(const fs::path& path, const fs::path& name)
    {
        const Descriptor out(
            ::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0666));
        if (!out && errno == EEXIST)
            return refuse(name, "comes twice"), Status {};
        if (!out)
            return fail(ErrorCode::Unreadable,
                std::string("cannot be written: ") + std::strerror(errno), path);
        std::array<char, kReadBytes> buffer {};
        for (;;) {
            const auto count = archive_read_data(m_archive.get(), buffer.data(), buffer.size());
            if (count < 0)
                return damaged();
            if (count == 0)
                break;
            if (m_stop.stop_requested())
                return cancelled();
            m_done.bytes += static_cast<std::uint64_t>(count);
            if (m_done.bytes > m_limits.mostBytes)
                return tooLarge();
            if (auto ok
                = writeAll(out, std::span(buffer).first(static_cast<std::size_t>(count)), path);
                !ok)
                return ok;
        }
        ++m_done.files;
        return {};
    }

    const fs::path& m_file;
    const fs::path& m_folder;
    const UnpackLimits& m_limits;
    const std::stop_token& m_stop;
    const ProgressSink& m_progress;
    ArchivePtr m_archive;
    std::int64_t m_total = 0;
    std::size_t m_entries = 0;
    Unpacked m_done;
};

/// Never one that was there.
Result<fs::path> newFolderBeside(const fs::path& folder)
{
    std::error_code error;
    if (folder.has_parent_path())
        fs::create_directories(folder.parent_path(), error);
    for (int i = 0; !error; ++i) {
        auto beside = folder;
        beside += ".unpacking" + std::to_string(::getpid()) + "-" + std::to_string(i);
        if (fs::create_directory(beside, error))
            return beside;
    }
    return fail(ErrorCode::Unreadable, "cannot be made: " + error.message(), folder,
        "choose a folder that you may write to");
}

} // namespace

Result<Unpacked> unpack(const fs::path& archive, const fs::path& folder, const UnpackLimits& limits,
    std::stop_token stop, const ProgressSink& progress)
{
    // "pets/" is the folder pets, and what lies beside it is not in it.
    const auto to = folder.has_filename() ? folder : folder.parent_path();
    std::error_code error;
    if (fs::exists(to, error) && !(fs::is_directory(to, error) && fs::is_empty(to, error)))
        return fail(ErrorCode::Exists, "is there already", to,
            "choose another folder, or remove this one first");
    const auto beside = newFolderBeside(to);
    if (!beside)
        return tl::unexpected(beside.error());
    const auto clear = [&] {
        std::error_code ignored;
        fs::remove_all(*beside, ignored);
    };
    const Utf8Names names;
    auto done = Unpacker(archive, *beside, limits, stop, progress).run();
    if (!done) {
        clear();
        return done;
    }
    // An empty folder gives way.
    fs::rename(*beside, to, error);
    if (error) {
        clear();
        return fail(ErrorCode::Unreadable, "cannot be put in place: " + error.message(), to);
    }
    return done;
}

} // namespace vernier
