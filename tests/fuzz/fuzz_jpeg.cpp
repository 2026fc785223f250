#include "tests/fuzz/mutation.h"
#include "tests/fuzz/picture_check.h"

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    vernier::fuzz::checkPicture(vernier::fuzz::bytesOf(data, size));
    return 0;
}

std::size_t LLVMFuzzerCustomMutator(
    std::uint8_t* data, std::size_t size, std::size_t most, unsigned seed)
{
    vernier::fuzz::Dice dice(seed);
    vernier::fuzz::Bytes file(data, data + size);
    vernier::fuzz::mutateJpeg(file, dice);
    return vernier::fuzz::give(file, data, most);
}
