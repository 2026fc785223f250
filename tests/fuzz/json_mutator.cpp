// For every program whose input is JSON, or lines of it.

#include "tests/fuzz/mutation.h"

std::size_t LLVMFuzzerCustomMutator(
    std::uint8_t* data, std::size_t size, std::size_t most, unsigned seed)
{
    vernier::fuzz::Dice dice(seed);
    vernier::fuzz::Bytes text(data, data + size);
    vernier::fuzz::mutateJson(text, dice, most);
    return vernier::fuzz::give(text, data, most);
}
