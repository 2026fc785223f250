#include "core/image/header.h"

namespace vernier {

namespace {

enum Tag : std::uint16_t {
    kWidth = 256,
    kHeight = 257,
    kStripOffsets = 273,
    kOrientation = 274,
    kStripBytes = 279,
    kTileWidth = 322,
    kTileHeight = 323,
    kTileOffsets = 324,
    kTileBytes = 325
};

constexpr std::uint32_t kMaxParts = 1 << 16;

/// The first directory of a TIFF structure, which EXIF is, too.
class Directory {
public:
    explicit Directory(ByteSource& source)
        : m_source(source)
        , m_big(source.startsWith(0, "MM"))
        , m_offset(source.u32(4, m_big).value_or(0))
        , m_count(m_offset < 8 ? 0 : source.u16(m_offset, m_big).value_or(0))
    {
    }

    bool empty() const { return m_count == 0; }

    /// The first of a tag's values.
    std::optional<std::uint32_t> value(Tag tag)
    {
        const auto all = values(tag, 1);
        if (all.empty())
            return std::nullopt;
        return all.front();
    }

    /// A tag's values, at most `limit`; none where it is missing or its type is no integer, fewer
    /// than it says where the file ends.
    std::vector<std::uint32_t> values(Tag tag, std::uint32_t limit)
    {
        std::vector<std::uint32_t> result;
        const auto entry = find(tag);
        if (!entry)
            return result;
        constexpr std::uint16_t kShort = 3;
        constexpr std::uint16_t kLong = 4;
        const auto type = m_source.u16(*entry + 2, m_big).value_or(0);
        if (type != kShort && type != kLong)
            return result;
        const std::uint32_t each = type == kShort ? 2 : 4;
        const auto count = m_source.u32(*entry + 4, m_big).value_or(0);
        std::uint64_t at = *entry + 8;
        if (std::uint64_t { count } * each > 4)
            at = m_source.u32(at, m_big).value_or(UINT32_MAX);
        for (std::uint32_t i = 0; i < std::min(count, limit); ++i, at += each) {
            const auto wide = each == 4 ? m_source.u32(at, m_big)
                                        : std::optional<std::uint32_t>(m_source.u16(at, m_big));
            if (!wide)
                break;
            result.push_back(*wide);
        }
        return result;
    }

    /// Where a tag's entry begins.
    std::optional<std::uint64_t> find(Tag tag)
    {
        for (std::uint32_t i = 0; i < m_count; ++i) {
            const auto entry = std::uint64_t { m_offset } + 2 + std::uint64_t { i } * 12;
            const auto found = m_source.u16(entry, m_big);
            if (!found)
                break;
            if (*found == tag)
                return entry;
        }
        return std::nullopt;
    }

private:
    ByteSource& m_source;
    bool m_big;
    std::uint32_t m_offset;
    std::uint32_t m_count;
};

int orientationOf(Directory& directory)
{
    const auto value = directory.value(kOrientation).value_or(1);
    return value >= 1 && value <= 8 ? static_cast<int>(value) : 1;
}

bool partsAreInside(Directory& directory, std::uint64_t size, Tag offsets, Tag bytes)
{
    const auto starts = directory.values(offsets, kMaxParts);
    const auto lengths = directory.values(bytes, kMaxParts);
    for (std::size_t i = 0; i < starts.size(); ++i) {
        if (std::uint64_t { starts[i] } + (i < lengths.size() ? lengths[i] : 0) > size)
            return false;
    }
    return true;
}

} // namespace

Result<Header> readTiffHeader(ByteSource& source, const std::filesystem::path& name)
{
    Directory directory(source);
    if (directory.empty())
        return cutOff(name);
    const auto width = directory.value(kWidth);
    const auto height = directory.value(kHeight);
    if (!width || !height)
        return damaged(name, "its header gives no size");
    constexpr std::uint32_t kMaxStated = 1u << 30;
    Header header { .format = PictureFormat::Tiff };
    header.width = static_cast<int>(std::min(*width, kMaxStated));
    header.height = static_cast<int>(std::min(*height, kMaxStated));
    header.orientation = orientationOf(directory);
    if (const auto entry = directory.find(kOrientation))
        header.orientationAt = *entry + 8;
    const auto tile = std::uint64_t { directory.value(kTileWidth).value_or(0) }
        * directory.value(kTileHeight).value_or(0);
    if (tile > static_cast<std::uint64_t>(kMaxPicturePixels))
        return damaged(name, "its tiles are larger than any picture");
    if (!partsAreInside(directory, source.size(), kStripOffsets, kStripBytes)
        || !partsAreInside(directory, source.size(), kTileOffsets, kTileBytes))
        return cutOff(name);
    return header;
}

} // namespace vernier
