#pragma once

#include "core/base/result.h"

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>

namespace vernier {

/// 128-bit XXH3 digest: identifies content (feature cache, duplicates). Not for security.
struct ContentHash {
    std::array<std::uint8_t, 16> bytes {};
    auto operator<=>(const ContentHash&) const = default;
    std::string hex() const;
};

/// For unordered containers: a digest is spread evenly as it is.
struct ContentHasher {
    std::size_t operator()(const ContentHash& hash) const;
};

ContentHash contentHash(std::span<const std::byte> data);
/// The digest's first 64 bits, to tell a damaged block from a whole one.
std::uint64_t checksum(std::span<const std::byte> data);

/// SHA-256 as 64 lower-case hex digits; for weight files, whose publishers state it.
std::string sha256(std::span<const std::byte> data);
Result<std::string> sha256OfFile(const std::filesystem::path& path);
/// Not for security: where a publisher states no other.
Result<std::string> md5OfFile(const std::filesystem::path& path);

} // namespace vernier
