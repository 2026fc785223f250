#include "tests/fuzz/mutation.h"

#include <algorithm>
#include <optional>

namespace vernier::fuzz {

namespace {

// https://protobuf.dev/programming-guides/encoding/
enum Wire : std::uint8_t { Varint = 0, Fixed64 = 1, Length = 2, Fixed32 = 5 };

struct Field {
    std::uint32_t number = 0;
    std::uint8_t wire = Varint;
    std::uint64_t value = 0; ///< of a varint
    Bytes bytes; ///< of the others
    std::optional<std::uint64_t> length; ///< that it says it has
};
using Message = std::vector<Field>;

void appendVarint(Bytes& bytes, std::uint64_t value)
{
    while (value >= 0x80) {
        bytes.push_back(static_cast<std::uint8_t>(value | 0x80));
        value >>= 7;
    }
    bytes.push_back(static_cast<std::uint8_t>(value));
}

std::optional<std::uint64_t> readVarint(const Bytes& bytes, std::size_t& at)
{
    std::uint64_t value = 0;
    for (unsigned shift = 0; shift < 64 && at < bytes.size(); shift += 7) {
        const auto byte = bytes[at++];
        value |= std::uint64_t { byte & 0x7FU } << shift;
        if (byte < 0x80)
            return value;
    }
    return std::nullopt;
}

/// Nothing for what is no message from end to end.
std::optional<Message> parse(const Bytes& bytes)
{
    constexpr std::size_t kMostFields = 500;
    Message message;
    for (std::size_t at = 0; at < bytes.size();) {
        const auto tag = readVarint(bytes, at);
        if (!tag || *tag < 8 || *tag > 8000 || message.size() >= kMostFields)
            return std::nullopt;
        Field field { static_cast<std::uint32_t>(*tag >> 3), static_cast<std::uint8_t>(*tag & 7), 0,
            {}, {} };
        std::size_t size = 0;
        if (field.wire == Varint) {
            const auto value = readVarint(bytes, at);
            if (!value)
                return std::nullopt;
            field.value = *value;
        } else if (field.wire == Length) {
            const auto length = readVarint(bytes, at);
            if (!length || *length > bytes.size() - at)
                return std::nullopt;
            size = static_cast<std::size_t>(*length);
        } else if (field.wire == Fixed64 || field.wire == Fixed32) {
            size = field.wire == Fixed64 ? 8 : 4;
            if (size > bytes.size() - at)
                return std::nullopt;
        } else {
            return std::nullopt;
        }
        const auto from = bytes.begin() + static_cast<std::ptrdiff_t>(at);
        field.bytes.assign(from, from + static_cast<std::ptrdiff_t>(size));
        at += size;
        message.push_back(std::move(field));
    }
    return message;
}

Bytes write(const Message& message)
{
    Bytes bytes;
    for (const auto& field : message) {
        appendVarint(bytes, field.number << 3 | field.wire);
        if (field.wire == Varint)
            appendVarint(bytes, field.value);
        if (field.wire == Length)
            appendVarint(bytes, field.length.value_or(field.bytes.size()));
        bytes.insert(bytes.end(), field.bytes.begin(), field.bytes.end());
    }
    return bytes;
}

void change(Message& message, Dice& dice)
{
    const auto anywhere
        = [&] { return message.begin() + static_cast<std::ptrdiff_t>(dice.below(message.size())); };
    auto& field = *anywhere();
    switch (dice.below(9)) {
    case 0:
        field.value = dice.oneIn(3) ? ~std::uint64_t { dice.below(4) } : oddNumber(dice, 64);
        break;
    case 1:
        field.number = static_cast<std::uint32_t>(1 + dice.below(20));
        break;
    case 2: {
        const auto copy = field;
        message.insert(anywhere(), copy);
        break;
    }
    case 3:
        message.erase(anywhere());
        break;
    case 4:
        std::swap(field, *anywhere());
        break;
    case 5:
        field.bytes.resize(dice.below(field.bytes.size() + 8));
        break;
    case 6:
        field.length = oddNumber(dice, field.bytes.size());
        break;
    case 7: { // numbers told one by one beside those that are there as bytes
        Field more { static_cast<std::uint32_t>(1 + dice.below(15)),
            dice.pick<std::uint8_t>({ Varint, Length, Fixed32, Fixed64 }), dice.below(10), {}, {} };
        more.bytes.resize(more.wire == Length ? 4 * dice.below(5)
                : more.wire == Fixed64        ? 8
                : more.wire == Fixed32        ? 4
                                              : 0);
        message.insert(anywhere(), more);
        break;
    }
    default:
        scramble(field.bytes);
    }
}

} // namespace

void mutateProtobuf(Bytes& bytes, Dice& dice)
{
    auto message = parse(bytes);
    if (!message || message->empty() || dice.oneIn(12))
        return scramble(bytes);
    // What is within counts for more than what is outermost.
    std::vector<std::size_t> within;
    for (std::size_t i = 0; i < message->size(); ++i) {
        const auto& field = (*message)[i];
        if (field.wire == Length && field.bytes.size() > 1 && parse(field.bytes))
            within.push_back(i);
    }
    if (!within.empty() && !dice.oneIn(4))
        mutateProtobuf((*message)[within[dice.below(within.size())]].bytes, dice);
    else
        change(*message, dice);
    bytes = write(*message);
}

} // namespace vernier::fuzz
