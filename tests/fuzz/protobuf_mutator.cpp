#include "tests/fuzz/mutation.h"

std::size_t LLVMFuzzerCustomMutator(
    std::uint8_t* data, std::size_t size, std::size_t most, unsigned seed)
{
    vernier::fuzz::Dice dice(seed);
    vernier::fuzz::Bytes file(data, data + size);
    vernier::fuzz::mutateProtobuf(file, dice);
    return vernier::fuzz::give(file, data, most);
}
