#include "core/weights/protobuf_reader.h"

#include "core/base/little_endian.h"

namespace vernier {

bool ProtobufReader::next()
{
    if (m_rest.empty() || !m_ok)
        return false;
    m_ok = false;
    std::uint64_t tag = 0;
    if (!varint(tag) || tag >> 3 == 0 || tag >> 32 != 0)
        return false;
    m_field = static_cast<std::uint32_t>(tag >> 3);
    m_kind = static_cast<Kind>(tag & 7);
    m_number = 0;
    m_bytes = {};
    std::span<const std::byte> part;
    switch (m_kind) {
    case Kind::Varint:
        m_ok = varint(m_number);
        return m_ok;
    case Kind::Bytes:
        m_ok = varint(m_number) && take(m_number, m_bytes);
        return m_ok;
    case Kind::Fixed64:
    case Kind::Fixed32:
        if (!take(m_kind == Kind::Fixed64 ? 8 : 4, part))
            return false;
        m_number = littleEndian(part);
        m_ok = true;
        return true;
    }
    return false; // a group, which nobody has written for twenty years
}

bool ProtobufReader::nextNumber()
{
    if (m_rest.empty() || !m_ok)
        return false;
    m_ok = varint(m_number);
    return m_ok;
}

bool ProtobufReader::varint(std::uint64_t& value)
{
    value = 0;
    for (int shift = 0; shift < 64 && !m_rest.empty(); shift += 7) {
        const auto byte = std::to_integer<std::uint64_t>(m_rest.front());
        m_rest = m_rest.subspan(1);
        if (shift == 63 && byte > 1)
            return false;
        value |= (byte & 0x7f) << shift;
        if (byte < 0x80)
            return true;
    }
    return false;
}

bool ProtobufReader::take(std::uint64_t count, std::span<const std::byte>& part)
{
    if (count > m_rest.size())
        return false;
    part = m_rest.first(count);
    m_rest = m_rest.subspan(count);
    return true;
}

} // namespace vernier
