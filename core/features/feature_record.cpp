#include "core/features/feature_record.h"

#include <bit>
#include <cstring>

namespace vernier {

namespace {

static_assert(std::endian::native == std::endian::little, "the cache is stored little-endian");

constexpr std::uint32_t kMagic = 0x46464e56; // "VNFF"
constexpr std::uint8_t kVersion = 1;
constexpr std::int64_t kLargestEdge = 1 << 20;
constexpr std::int64_t kMostBytes = 64 << 20;

struct Raw {
    std::uint32_t magic = kMagic;
    std::uint8_t version = kVersion;
    std::uint8_t type = 0;
    std::uint16_t unused = 0;
    ContentHash key;
    std::array<std::int32_t, 3> shape {};
    std::uint32_t bytes = 0;
    std::uint64_t offset = 0;
    std::uint64_t checksum = 0;
    std::uint64_t ownChecksum = 0; ///< of all before it
};
static_assert(sizeof(Raw) == kIndexEntryBytes && std::has_unique_object_representations_v<Raw>);

std::uint64_t ownChecksum(const Raw& raw)
{
    return checksum(std::as_bytes(std::span(&raw, 1)).first(offsetof(Raw, ownChecksum)));
}

} // namespace

std::uint32_t halfBytes(Shape shape)
{
    for (const std::int64_t edge : { shape.channels, shape.height, shape.width }) {
        if (edge < 1 || edge > kLargestEdge)
            return 0;
    }
    // Two edges at a time: three together may overflow.
    const auto plane = std::int64_t { shape.height } * shape.width;
    if (plane > kMostBytes || plane * shape.channels * 2 > kMostBytes)
        return 0;
    return static_cast<std::uint32_t>(shape.count() * 2);
}

IndexEntry toIndexEntry(const FeatureRecord& record)
{
    Raw raw;
    raw.type = static_cast<std::uint8_t>(record.type);
    raw.key = record.key;
    raw.shape = { record.shape.channels, record.shape.height, record.shape.width };
    raw.bytes = record.bytes;
    raw.offset = record.offset;
    raw.checksum = record.checksum;
    raw.ownChecksum = ownChecksum(raw);
    return std::bit_cast<IndexEntry>(raw);
}

std::optional<FeatureRecord> fromIndexEntry(std::span<const std::byte, kIndexEntryBytes> entry)
{
    Raw raw;
    std::memcpy(&raw, entry.data(), entry.size());
    const auto type = static_cast<HalfType>(raw.type);
    const Shape shape { raw.shape[0], raw.shape[1], raw.shape[2] };
    if (raw.magic != kMagic || raw.version != kVersion || raw.ownChecksum != ownChecksum(raw)
        || (type != HalfType::Fp16 && type != HalfType::Bf16) || raw.bytes == 0
        || raw.bytes != halfBytes(shape))
        return std::nullopt;
    return FeatureRecord { raw.key, type, shape, raw.offset, raw.bytes, raw.checksum };
}

} // namespace vernier
