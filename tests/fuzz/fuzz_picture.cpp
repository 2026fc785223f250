// The formats that have no program of their own.

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
    // HEIC, AVIF and JPEG 2000 are rows of boxes.
    if (size > 8 && (data[4] == 'f' || data[4] == 'j') && !dice.oneIn(4))
        vernier::fuzz::mutateBoxes(file, dice);
    else
        vernier::fuzz::scramble(file);
    return vernier::fuzz::give(file, data, most);
}
