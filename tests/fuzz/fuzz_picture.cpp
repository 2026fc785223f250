// The formats that have no program of their own.

#include "tests/fuzz/picture_check.h"

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    vernier::fuzz::checkPicture(vernier::fuzz::bytesOf(data, size));
    return 0;
}
