#include "tests/fuzz/mutation.h"

#include <algorithm>
#include <cstring>

namespace vernier::fuzz {

void scramble(Bytes& part)
{
    constexpr std::size_t kGrowth = 16;
    const auto size = part.size();
    part.resize(size + kGrowth);
    part.resize(LLVMFuzzerMutate(part.data(), size, part.size()));
}

std::uint32_t oddNumber(Dice& dice, std::size_t length)
{
    const auto near = static_cast<std::uint32_t>(length);
    switch (dice.below(4)) {
    case 0:
        return static_cast<std::uint32_t>(dice.below(20));
    case 1:
        return near + static_cast<std::uint32_t>(dice.below(9)) - 4;
    case 2:
        return static_cast<std::uint32_t>(dice.below(length + 1));
    default:
        return (1U << dice.below(32)) + static_cast<std::uint32_t>(dice.below(3)) - 1;
    }
}

Bytes bytesOf(std::string_view text) { return { text.begin(), text.end() }; }

std::size_t give(const Bytes& result, std::uint8_t* data, std::size_t most)
{
    const auto size = std::min(result.size(), most);
    if (size > 0)
        std::memcpy(data, result.data(), size);
    return size;
}

} // namespace vernier::fuzz
