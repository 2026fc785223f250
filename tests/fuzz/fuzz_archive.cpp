#include "core/fetch/unpack.h"
#include "tests/fuzz/fuzz.h"

#include <system_error>

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    namespace fs = std::filesystem;
    using namespace vernier;
    static const fuzz::ScratchFolder scratch;
    const auto file = scratch.write("a.tar", fuzz::bytesOf(data, size));
    const auto to = scratch.path() / "to" / "pictures";
    const UnpackLimits limits { 1 << 20, 100 };
    const auto unpacked = unpack(file, to, limits);
    if (unpacked)
        fuzz::require(unpacked->bytes <= limits.mostBytes, "no more is unpacked than was allowed");
    std::size_t beside = 0;
    for (const auto& entry : fs::directory_iterator(to.parent_path())) {
        fuzz::require(entry.path() == to && unpacked, "nothing lies beside the folder");
        ++beside;
    }
    fuzz::require(beside == (unpacked ? 1 : 0), "the folder is there whole or not at all");
    std::error_code ignored;
    fs::remove_all(to, ignored);
    return 0;
}
