#include "core/weights/weight_formats.h"
#include "tests/fuzz/weight_check.h"

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    static const vernier::fuzz::ScratchFolder scratch;
    const auto file = scratch.write("a.pth", vernier::fuzz::bytesOf(data, size));
    vernier::fuzz::checkWeights(vernier::openPyTorchZip(file), size);
    return 0;
}
