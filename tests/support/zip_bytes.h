#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include <zlib.h>

namespace vernier::test {

/// A record of an archive that zipBytes() writes, and what it says untruly of itself.
struct ZipPart {
    std::string name;
    std::string content {};
    std::uint16_t method = 0;
    std::uint16_t flags = 0;
    std::optional<std::uint32_t> size {}; ///< in the directory
    std::optional<std::uint32_t> packed {};
    std::optional<std::uint32_t> checksum {};
    std::optional<std::uint32_t> at {};
    std::string extra {}; ///< in the directory
    std::optional<std::string> localName {};
    std::optional<std::uint32_t> localSize {};
};

/// What the archive says untruly of its directory.
struct ZipEnd {
    std::optional<std::uint16_t> count {};
    std::optional<std::uint32_t> bytes {};
    std::optional<std::uint32_t> at {};
    std::string before {}; ///< between the directory and its end record
    std::uint16_t disk = 0;
};

inline std::string little(std::uint64_t value, int bytes)
{
    std::string text;
    for (int i = 0; i < bytes; ++i, value >>= 8)
        text += static_cast<char>(value & 0xff);
    return text;
}

/// A zip archive (APPNOTE 4.3) of uncompressed records in this order.
inline std::string zipBytes(const std::vector<ZipPart>& parts, const ZipEnd& end = {})
{
    std::string file;
    std::string directory;
    for (const auto& part : parts) {
        const auto bytes = static_cast<std::uint32_t>(part.content.size());
        const auto sum = part.checksum.value_or(static_cast<std::uint32_t>(::crc32_z(
            0, reinterpret_cast<const unsigned char*>(part.content.data()), part.content.size())));
        const auto at = part.at.value_or(static_cast<std::uint32_t>(file.size()));
        const auto& name = part.localName ? *part.localName : part.name;
        file += little(0x04034b50, 4) + little(20, 2) + little(part.flags, 2)
            + little(part.method, 2) + little(0, 4) + little(sum, 4)
            + little(part.localSize.value_or(bytes), 4) + little(part.localSize.value_or(bytes), 4)
            + little(name.size(), 2) + little(0, 2) + name + part.content;
        directory += little(0x02014b50, 4) + little(20, 2) + little(20, 2) + little(part.flags, 2)
            + little(part.method, 2) + little(0, 4) + little(sum, 4)
            + little(part.packed.value_or(part.size.value_or(bytes)), 4)
            + little(part.size.value_or(bytes), 4) + little(part.name.size(), 2)
            + little(part.extra.size(), 2) + little(0, 2) + little(0, 2) + little(0, 2)
            + little(0, 4) + little(at, 4) + part.name + part.extra;
    }
    const auto count = end.count.value_or(static_cast<std::uint16_t>(parts.size()));
    const auto at = file.size();
    return file + directory + end.before + little(0x06054b50, 4) + little(end.disk, 2)
        + little(0, 2) + little(count, 2) + little(count, 2)
        + little(end.bytes.value_or(static_cast<std::uint32_t>(directory.size())), 4)
        + little(end.at.value_or(static_cast<std::uint32_t>(at)), 4) + little(0, 2);
}

} // namespace vernier::test
