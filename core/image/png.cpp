#include "core/image/png.h"

#include "core/image/header.h"

#include <array>

namespace vernier {

namespace {

constexpr auto kCrcTable = [] {
    std::array<std::uint32_t, 256> table {};
    for (std::uint32_t i = 0; i < table.size(); ++i) {
        std::uint32_t value = i;
        for (int bit = 0; bit < 8; ++bit)
            value = value & 1 ? 0xEDB88320U ^ value >> 1 : value >> 1;
        table[i] = value;
    }
    return table;
}();

std::uint32_t checksum(std::span<const std::byte> bytes)
{
    std::uint32_t value = 0xFFFFFFFFU;
    for (const auto byte : bytes)
        value = kCrcTable[(value ^ std::to_integer<std::uint32_t>(byte)) & 0xFF] ^ value >> 8;
    return ~value;
}

} // namespace

Result<std::vector<std::byte>> essentialPng(
    std::span<const std::byte> file, const std::filesystem::path& name)
{
    constexpr std::array<std::string_view, 5> kEssential { "IHDR", "PLTE", "tRNS", "IDAT", "IEND" };
    constexpr std::size_t kSignature = 8;
    MemorySource source(file);
    std::vector<std::byte> result;
    result.reserve(file.size());
    result.insert(result.end(), file.begin(), file.begin() + kSignature);
    for (std::uint64_t offset = kSignature;;) {
        const auto length = source.u32(offset, true);
        if (!length || offset + 12 + *length > file.size())
            return cutOff(name);
        for (const auto type : kEssential) {
            if (!source.startsWith(offset + 4, type))
                continue;
            if (checksum(file.subspan(offset + 4, 4 + std::size_t { *length }))
                != source.u32(offset + 8 + *length, true))
                return damaged(name, "a checksum does not match");
            const auto chunk = file.subspan(offset, 12 + std::size_t { *length });
            result.insert(result.end(), chunk.begin(), chunk.end());
            if (type == "IEND")
                return result;
        }
        offset += 12 + std::uint64_t { *length };
    }
}

} // namespace vernier
