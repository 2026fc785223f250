#pragma once

#include "core/base/hash.h"
#include "core/model/architecture.h"

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>

namespace vernier {

/// How one sample's features are kept.
enum class HalfType : std::uint8_t { Fp16 = 1, Bf16 = 2 };

/// One entry of a segment's index: everything that is known of features without reading them.
struct FeatureRecord {
    ContentHash key;
    HalfType type = HalfType::Fp16;
    Shape shape; ///< kept row by row, channels innermost, as the network runs
    std::uint64_t offset = 0; ///< in the segment's data file
    std::uint32_t bytes = 0;
    std::uint64_t checksum = 0; ///< of those bytes

    bool operator==(const FeatureRecord&) const = default;
};

inline constexpr std::size_t kIndexEntryBytes = 64;
using IndexEntry = std::array<std::byte, kIndexEntryBytes>;

IndexEntry toIndexEntry(const FeatureRecord& record);
/// Nothing for an entry of another version, a damaged one, and one whose numbers do not go
/// together.
std::optional<FeatureRecord> fromIndexEntry(std::span<const std::byte, kIndexEntryBytes> entry);

/// Bytes of features of this shape in 16 bits; 0 for a shape that no layer gives.
std::uint32_t halfBytes(Shape shape);

} // namespace vernier
