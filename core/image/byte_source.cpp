#include "core/image/byte_source.h"

#include <cstring>

namespace vernier {

namespace {

constexpr std::size_t kWindow = 16 << 10;

std::optional<std::uint32_t> integer(std::span<const std::byte> bytes, std::size_t size, bool big)
{
    if (bytes.size() < size)
        return std::nullopt;
    std::uint32_t value = 0;
    for (std::size_t i = 0; i < size; ++i)
        value = value << 8 | std::to_integer<std::uint32_t>(bytes[big ? i : size - 1 - i]);
    return value;
}

} // namespace

std::optional<std::uint8_t> ByteSource::u8(std::uint64_t offset)
{
    const auto bytes = at(offset, 1);
    if (bytes.empty())
        return std::nullopt;
    return std::to_integer<std::uint8_t>(bytes.front());
}

std::optional<std::uint16_t> ByteSource::u16(std::uint64_t offset, bool bigEndian)
{
    const auto value = integer(at(offset, 2), 2, bigEndian);
    if (!value)
        return std::nullopt;
    return static_cast<std::uint16_t>(*value);
}

std::optional<std::uint32_t> ByteSource::u32(std::uint64_t offset, bool bigEndian)
{
    return integer(at(offset, 4), 4, bigEndian);
}

bool ByteSource::startsWith(std::uint64_t offset, std::string_view text)
{
    const auto bytes = at(offset, text.size());
    return bytes.size() == text.size() && std::memcmp(bytes.data(), text.data(), text.size()) == 0;
}

std::span<const std::byte> MemorySource::at(std::uint64_t offset, std::size_t count)
{
    if (offset >= m_data.size())
        return {};
    return m_data.subspan(offset, std::min<std::uint64_t>(count, m_data.size() - offset));
}

std::span<const std::byte> FileSource::at(std::uint64_t offset, std::size_t count)
{
    if (offset >= size())
        return {};
    count = std::min<std::uint64_t>(count, size() - offset);
    if (offset < m_start || offset + count > m_start + m_window.size()) {
        m_window.resize(std::min<std::uint64_t>(std::max(count, kWindow), size() - offset));
        m_start = offset;
        const auto filled = m_file.readAt(offset, m_window);
        if (!filled)
            m_error = filled.error();
        m_window.resize(filled.value_or(0));
    }
    const auto window = std::span<const std::byte>(m_window);
    const auto begin = std::min<std::uint64_t>(offset - m_start, window.size());
    return window.subspan(begin, std::min<std::size_t>(count, window.size() - begin));
}

} // namespace vernier
