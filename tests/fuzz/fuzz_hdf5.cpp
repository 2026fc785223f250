// The whole of it, with the reader that users have. What HDF5's library makes of an input in there
// may end that process, and nothing else.

#include "core/weights/weight_formats.h"
#include "tests/fuzz/weight_check.h"

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    static const vernier::fuzz::ScratchFolder scratch;
    const auto file = scratch.write("a.h5", vernier::fuzz::bytesOf(data, size));
    vernier::fuzz::checkWeights(vernier::openKeras(file, { 0, size }), size);
    return 0;
}
