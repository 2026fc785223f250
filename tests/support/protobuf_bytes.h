#pragma once

#include "core/weights/protobuf_reader.h"

#include <algorithm>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace vernier::test {

/// A message of protobuf's as a list of its fields, to be written anew with changes.
struct Field {
    std::uint32_t field = 0;
    std::variant<std::uint64_t, std::string> value {}; ///< whole number or bytes
};
using Message = std::vector<Field>;

inline Message messageOf(std::string_view text)
{
    Message message;
    ProtobufReader reader(std::as_bytes(std::span(text)));
    while (reader.next()) {
        auto& field = message.emplace_back();
        field.field = reader.field();
        if (reader.kind() == ProtobufReader::Kind::Bytes)
            field.value.emplace<std::string>(reader.text());
        else
            field.value = reader.number();
    }
    return message;
}

inline std::string varint(std::uint64_t value)
{
    std::string text;
    for (; value >= 0x80; value >>= 7)
        text += static_cast<char>(0x80 | (value & 0x7f));
    return text + static_cast<char>(value);
}

inline std::string textOf(const Message& message)
{
    std::string text;
    for (const auto& [field, value] : message) {
        if (const auto* number = std::get_if<std::uint64_t>(&value))
            text += varint(field << 3) + varint(*number);
        else
            text += varint(field << 3 | 2) + varint(std::get<std::string>(value).size())
                + std::get<std::string>(value);
    }
    return text;
}

/// The first field of a number, as a message of its own.
inline void change(Message& message, std::uint32_t field, const std::function<void(Message&)>& how)
{
    const auto found = std::ranges::find(message, field, &Field::field);
    auto inner = messageOf(std::get<std::string>(found->value));
    how(inner);
    found->value = textOf(inner);
}

} // namespace vernier::test
