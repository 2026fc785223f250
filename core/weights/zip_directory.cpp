#include "core/weights/zip_directory.h"

#include "core/base/little_endian.h"
#include "core/base/text.h"

#include <algorithm>
#include <set>
#include <utility>
#include <vector>

namespace vernier {

namespace {

constexpr const char* kAdvice = "copy or download the file again";

// Far above what any file of weights has; VGG16's has 45 records.
constexpr std::uint64_t kMostRecords = 100'000;
constexpr std::uint64_t kMostDirectoryBytes = 32ull << 20;

// APPNOTE 4.3: lengths of the fixed parts, and the signatures that they begin with.
constexpr std::uint64_t kLocalBytes = 30;
constexpr std::uint64_t kEntryBytes = 46;
constexpr std::uint64_t kEndBytes = 22;
constexpr std::uint64_t kLocatorBytes = 20;
constexpr std::uint64_t kEnd64Bytes = 56;
constexpr std::uint32_t kLocal = 0x04034b50;
constexpr std::uint32_t kEntry = 0x02014b50;
constexpr std::uint32_t kEnd = 0x06054b50;
constexpr std::uint32_t kLocator = 0x07064b50;
constexpr std::uint32_t kEnd64 = 0x06064b50;

constexpr std::uint64_t kLongestComment = 0xffff;
constexpr std::uint32_t kIn64Bits = 0xffffffff; ///< the value is in the extra field instead
constexpr std::uint16_t kExtra64 = 1;

constexpr std::uint16_t kEncrypted = 1 << 0 | 1 << 6 | 1 << 13;
constexpr std::uint16_t kStored = 0; ///< the method of what is not compressed
constexpr std::uint16_t kSizesFollow = 1 << 3; ///< behind the content, instead of before it

/// Little-endian numbers at offsets that the caller has checked.
class Bytes {
public:
    explicit Bytes(std::span<const std::byte> bytes) : m_bytes(bytes) { }
    std::uint16_t u16(std::size_t at) const { return static_cast<std::uint16_t>(number(at, 2)); }
    std::uint32_t u32(std::size_t at) const { return static_cast<std::uint32_t>(number(at, 4)); }
    std::uint64_t u64(std::size_t at) const { return number(at, 8); }
    std::string text(std::size_t at, std::size_t count) const
    {
        const auto part = m_bytes.subspan(at, count);
        return { reinterpret_cast<const char*>(part.data()), part.size() };
    }
    Bytes part(std::size_t at, std::size_t count) const
    {
        return Bytes(m_bytes.subspan(at, count));
    }
    std::size_t size() const { return m_bytes.size(); }

private:
    std::uint64_t number(std::size_t at, std::size_t count) const
    {
        return littleEndian(m_bytes.subspan(at, count));
    }
    std::span<const std::byte> m_bytes;
};

class Directory {
public:
    Directory(const InputFile& file, const std::filesystem::path& path) : m_file(file), m_path(path)
    {
    }

    Result<ZipArchive::Records> read()
    {
        if (auto ok = findEnd(); !ok)
            return tl::unexpected(ok.error());
        if (auto ok = readEntries(); !ok)
            return tl::unexpected(ok.error());
        return std::move(m_records);
    }

private:
    tl::unexpected<Error> damaged(const std::string& what) const
    {
        return fail(ErrorCode::Corrupt, "is cut off or damaged: " + what, m_path, kAdvice);
    }
    tl::unexpected<Error> unsupported(const std::string& what) const
    {
        return fail(ErrorCode::Unsupported, what, m_path,
            "save it again with the program that it comes from");
    }

    Result<std::vector<std::byte>> bytesAt(std::uint64_t at, std::uint64_t count) const
    {
        std::vector<std::byte> bytes(count);
        const auto got = m_file.readAt(at, bytes);
        if (!got)
            return tl::unexpected(got.error());
        if (*got != count)
            return damaged("the archive ends too early");
        return bytes;
    }

    /// The end record is the last thing in the file, behind it there is only its comment.
    Status findEnd()
    {
        const auto size = m_file.size();
        if (size < kEndBytes)
            return damaged("it has no directory");
        const auto count = std::min(size, kEndBytes + kLongestComment);
        const auto start = size - count;
        const auto tail = bytesAt(start, count);
        if (!tail)
            return tl::unexpected(tail.error());
        const Bytes bytes(*tail);
        for (auto at = bytes.size() - kEndBytes + 1; at-- > 0;) {
            if (bytes.u32(at) == kEnd && bytes.u16(at + 20) == bytes.size() - at - kEndBytes)
                return readEnd(start + at, bytes.part(at, kEndBytes));
        }
        return damaged("it has no directory");
    }

    Status readEnd(std::uint64_t at, Bytes end)
    {
        if (end.u16(4) != 0 || end.u16(6) != 0 || end.u16(8) != end.u16(10))
            return unsupported("is one of several pieces of an archive");
        m_count = end.u16(10);
        m_bytes = end.u32(12);
        m_at = end.u32(16);
        m_end = at;
        const bool in64Bits = m_count == 0xffff || m_bytes == kIn64Bits || m_at == kIn64Bits;
        if (at < kLocatorBytes)
            return in64Bits ? damaged("its directory is not where it says") : checkPlace();
        const auto before = bytesAt(at - kLocatorBytes, kLocatorBytes);
        if (!before)
            return tl::unexpected(before.error());
        const Bytes locator(*before);
        if (locator.u32(0) == kLocator)
            return readEnd64(at - kLocatorBytes, locator);
        return in64Bits ? damaged("its directory is not where it says") : checkPlace();
    }

    Status readEnd64(std::uint64_t locatorAt, Bytes locator)
    {
        const auto at = locator.u64(8);
        if (locator.u32(4) != 0 || locator.u32(16) > 1)
            return unsupported("is one of several pieces of an archive");
        if (locatorAt < kEnd64Bytes || at > locatorAt - kEnd64Bytes)
            return damaged("its directory is not where it says");
        const auto record = bytesAt(at, kEnd64Bytes);
        if (!record)
            return tl::unexpected(record.error());
        const Bytes end(*record);
        // The size does not count itself and the signature.
        if (end.u32(0) != kEnd64 || end.u64(4) != locatorAt - at - 12 || end.u32(16) != 0
            || end.u32(20) != 0 || end.u64(24) != end.u64(32))
            return damaged("its directory is not where it says");
        const auto agree = [](std::uint64_t in32, std::uint64_t saturated, std::uint64_t in64) {
            return in32 == in64 || in32 == saturated;
        };
        if (!agree(m_count, 0xffff, end.u64(32)) || !agree(m_bytes, kIn64Bits, end.u64(40))
            || !agree(m_at, kIn64Bits, end.u64(48)))
            return damaged("it says two different things of its directory");
        m_count = end.u64(32);
        m_bytes = end.u64(40);
        m_at = end.u64(48);
        m_end = at;
        return checkPlace();
    }

    Status checkPlace() const
    {
        if (m_at > m_end || m_bytes != m_end - m_at)
            return damaged("its directory is not where it says");
        if (m_count > kMostRecords || m_bytes > kMostDirectoryBytes)
            return fail(ErrorCode::TooLarge, "the archive has too many parts", m_path, kAdvice);
        return {};
    }

    Status readEntries()
    {
        const auto directory = bytesAt(m_at, m_bytes);
        if (!directory)
            return tl::unexpected(directory.error());
        const Bytes bytes(*directory);
        std::size_t at = 0;
        for (std::uint64_t i = 0; i < m_count; ++i) {
            if (bytes.size() - at < kEntryBytes || bytes.u32(at) != kEntry)
                return damaged("its directory has fewer entries than it says");
            const std::size_t name = bytes.u16(at + 28);
            const std::size_t extra = bytes.u16(at + 30);
            const auto length = kEntryBytes + name + extra + bytes.u16(at + 32);
            if (length > bytes.size() - at)
                return damaged("its directory is cut off");
            if (auto ok = readEntry(bytes.part(at, kEntryBytes), bytes.text(at + kEntryBytes, name),
                    bytes.part(at + kEntryBytes + name, extra));
                !ok)
                return ok;
            at += length;
        }
        if (at != bytes.size())
            return damaged("its directory has more entries than it says");
        return checkOverlap();
    }

    Status readEntry(Bytes entry, std::string name, Bytes extra)
    {
        if (name.empty() || name.find('\0') != std::string::npos)
            return damaged("a part has no name");
        const auto flags = entry.u16(8);
        if ((flags & kEncrypted) != 0)
            return unsupported("is encrypted");
        std::uint64_t packed = entry.u32(20);
        ZipArchive::Record record { entry.u32(42), entry.u32(24), entry.u32(16),
            entry.u16(10) != kStored };
        if (auto ok = readExtra64(extra, record.size, packed, record.at); !ok)
            return ok;
        if (entry.u16(34) != 0)
            return unsupported("is one of several pieces of an archive");
        if (!record.compressed && packed != record.size)
            return damaged("a part says two different things of its size");
        const auto start = record.at;
        if (auto ok = findContent(name, entry, packed, record); !ok)
            return ok;
        m_extents.emplace_back(start, record.at + packed);
        if (!m_lowered.insert(lowered(name)).second)
            return damaged("the name of a part comes twice");
        m_records.emplace(std::move(name), record);
        return {};
    }

    /// Those values that 32 bits do not hold, in this order (4.5.3).
    Status readExtra64(
        Bytes extra, std::uint64_t& size, std::uint64_t& packed, std::uint64_t& at) const
    {
        std::vector<std::uint64_t*> wanted;
        for (auto* value : { &size, &packed, &at }) {
            if (*value == kIn64Bits)
                wanted.push_back(value);
        }
        bool found = false;
        for (std::size_t place = 0; place < extra.size();) {
            if (extra.size() - place < 4 || extra.size() - place - 4 < extra.u16(place + 2))
                return damaged("its directory is cut off");
            const std::size_t length = extra.u16(place + 2);
            if (extra.u16(place) == kExtra64) {
                if (std::exchange(found, true) || length < 8 * wanted.size())
                    return damaged("a part says two different things of its size");
                for (std::size_t i = 0; i < wanted.size(); ++i)
                    *wanted[i] = extra.u64(place + 4 + 8 * i);
            }
            place += 4 + length;
        }
        if (!wanted.empty() && !found)
            return damaged("a part does not say how large it is");
        return {};
    }

    /// Before its content each record has a header of its own, which must be of the same record.
    Status findContent(const std::string& name, Bytes entry, std::uint64_t packed,
        ZipArchive::Record& record) const
    {
        const auto before = kLocalBytes + name.size();
        if (record.at > m_at || m_at - record.at < before)
            return damaged("a part lies outside of the file");
        const auto header = bytesAt(record.at, before);
        if (!header)
            return tl::unexpected(header.error());
        const Bytes local(*header);
        if (local.u32(0) != kLocal || local.u16(26) != name.size()
            || local.text(kLocalBytes, name.size()) != name || local.u16(8) != entry.u16(10)
            || (local.u16(6) & kEncrypted) != 0)
            return damaged("a part is not the one that the directory says");
        const auto same = [&](std::uint32_t said, std::uint64_t size) {
            return said == size || said == kIn64Bits
                || (said == 0 && (local.u16(6) & kSizesFollow) != 0);
        };
        if (!same(local.u32(18), packed) || !same(local.u32(22), record.size))
            return damaged("a part says two different things of its size");
        record.at += before + local.u16(28);
        if (record.at > m_at || packed > m_at - record.at)
            return damaged("a part lies outside of the file");
        return {};
    }

    Status checkOverlap()
    {
        std::ranges::sort(m_extents);
        for (std::size_t i = 1; i < m_extents.size(); ++i) {
            if (m_extents[i].first < m_extents[i - 1].second)
                return damaged("its parts overlap");
        }
        return {};
    }

    const InputFile& m_file;
    const std::filesystem::path& m_path;
    std::uint64_t m_at = 0; ///< where the directory lies, and how long it is
    std::uint64_t m_bytes = 0;
    std::uint64_t m_count = 0;
    std::uint64_t m_end = 0; ///< what comes behind the directory
    ZipArchive::Records m_records;
    std::set<std::string> m_lowered;
    std::vector<std::pair<std::uint64_t, std::uint64_t>> m_extents;
};

} // namespace

Result<ZipArchive::Records> readZipDirectory(
    const InputFile& file, const std::filesystem::path& path)
{
    return Directory(file, path).read();
}

} // namespace vernier
