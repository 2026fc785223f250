#include "tests/fuzz/mutation.h"

#include <algorithm>
#include <optional>

namespace vernier::fuzz {

namespace {

/// ISO/IEC 14496-12, 4.2; JPEG 2000's are the same.
struct Box {
    Bytes type; ///< four letters
    Bytes body;
    std::optional<std::uint32_t> size; ///< that it says it has
};

std::uint32_t read32(const Bytes& bytes, std::size_t at)
{
    return std::uint32_t { bytes[at] } << 24 | std::uint32_t { bytes[at + 1] } << 16
        | std::uint32_t { bytes[at + 2] } << 8 | bytes[at + 3];
}

void write32(Bytes& bytes, std::size_t at, std::uint32_t value)
{
    for (std::size_t i = 0; i < 4 && at + i < bytes.size(); ++i)
        bytes[at + i] = static_cast<std::uint8_t>(value >> (24 - 8 * i));
}

/// Nothing for what is no row of boxes from end to end.
std::vector<Box> parse(const Bytes& bytes, std::size_t from)
{
    constexpr std::size_t kHead = 8;
    std::vector<Box> boxes;
    for (std::size_t at = from; at < bytes.size();) {
        if (bytes.size() - at < kHead)
            return {};
        auto size = std::size_t { read32(bytes, at) };
        size = size == 0 ? bytes.size() - at : size;
        if (size < kHead || size > bytes.size() - at)
            return {};
        const auto begin = bytes.begin() + static_cast<std::ptrdiff_t>(at);
        boxes.push_back({ { begin + 4, begin + 8 },
            { begin + 8, begin + static_cast<std::ptrdiff_t>(size) }, {} });
        at += size;
    }
    return boxes;
}

void write(const std::vector<Box>& boxes, std::size_t from, Bytes& bytes)
{
    bytes.resize(std::min(bytes.size(), from));
    for (const auto& box : boxes) {
        const auto at = bytes.size();
        bytes.resize(at + 4);
        write32(bytes, at, box.size.value_or(static_cast<std::uint32_t>(box.body.size() + 8)));
        bytes.insert(bytes.end(), box.type.begin(), box.type.end());
        bytes.insert(bytes.end(), box.body.begin(), box.body.end());
    }
}

void mutateRow(Bytes& bytes, std::size_t from, Dice& dice)
{
    auto boxes = parse(bytes, from);
    if (boxes.empty())
        return scramble(bytes);
    const auto anywhere
        = [&] { return boxes.begin() + static_cast<std::ptrdiff_t>(dice.below(boxes.size())); };
    auto& box = *anywhere();
    // Some begin with a version, and some with a count, before the boxes within.
    constexpr std::size_t kVersion = 4;
    for (const auto within : { std::size_t { 0 }, kVersion }) {
        if (box.body.size() > within + 8 && !dice.oneIn(4) && !parse(box.body, within).empty()) {
            mutateRow(box.body, within, dice);
            return write(boxes, from, bytes);
        }
    }
    switch (dice.below(8)) {
    case 0:
        boxes.erase(anywhere());
        break;
    case 1: {
        const auto copy = box;
        boxes.insert(anywhere(), copy);
        break;
    }
    case 2:
        std::swap(box, *anywhere());
        break;
    case 3:
        box.size = oddNumber(dice, box.body.size());
        break;
    case 4:
        box.body.resize(dice.below(box.body.size() + 8));
        break;
    case 5:
        write32(box.body, dice.below(box.body.size()), oddNumber(dice, bytes.size()));
        break;
    default:
        scramble(box.body);
    }
    write(boxes, from, bytes);
}

} // namespace

void mutateBoxes(Bytes& file, Dice& dice) { mutateRow(file, 0, dice); }

} // namespace vernier::fuzz
