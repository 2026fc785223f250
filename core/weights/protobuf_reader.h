#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

namespace vernier {

/// Goes through the fields of one message in protobuf's wire format, in the order in which they
/// lie. Nothing is allocated and nothing copied: what a field holds stays where it is, so that a
/// file of millions of tiny messages takes no more memory than itself, where the classes that
/// protoc makes take a hundred times of it.
/// https://protobuf.dev/programming-guides/encoding/
class ProtobufReader {
public:
    enum class Kind : std::uint8_t { Varint = 0, Fixed64 = 1, Bytes = 2, Fixed32 = 5 };

    explicit ProtobufReader(std::span<const std::byte> message) : m_rest(message) { }

    /// Goes to the next field: false at the end, and where the rest is no field; see ok().
    bool next();
    bool ok() const { return m_ok; } ///< false once something was no field

    std::uint32_t field() const { return m_field; }
    Kind kind() const { return m_kind; }
    bool is(std::uint32_t field, Kind kind) const { return m_field == field && m_kind == kind; }
    std::uint64_t number() const { return m_number; } ///< where kind() is not Bytes
    std::span<const std::byte> bytes() const { return m_bytes; } ///< where kind() is Bytes
    std::string_view text() const
    {
        return { reinterpret_cast<const char*>(m_bytes.data()), m_bytes.size() };
    }

    /// Reads a packed list of whole numbers; false at its end and where it is none, as next().
    bool nextNumber();

private:
    bool varint(std::uint64_t& value);
    bool take(std::uint64_t count, std::span<const std::byte>& part);

    std::span<const std::byte> m_rest;
    bool m_ok = true;
    std::uint32_t m_field = 0;
    Kind m_kind = Kind::Varint;
    std::uint64_t m_number = 0;
    std::span<const std::byte> m_bytes;
};

} // namespace vernier
