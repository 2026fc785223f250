#include "core/weights/safetensors.h"
#include "tests/fuzz/fuzz.h"
#include "tests/fuzz/mutation.h"

#include <algorithm>

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    using namespace vernier;
    static const fuzz::ScratchFolder scratch;
    const auto path = scratch.write("a.safetensors", fuzz::bytesOf(data, size));
    const auto file = SafetensorsFile::open(path);
    if (!file)
        return 0;
    const auto all = file->bytes();
    std::size_t sum = 0;
    for (const auto& tensor : file->tensors()) {
        fuzz::require(tensor.data.empty()
                || (tensor.data.data() >= all.data()
                    && tensor.data.data() + tensor.data.size() <= all.data() + all.size()),
            "a tensor's numbers lie in the file");
        fuzz::require(static_cast<std::size_t>(tensor.count()) * vernier::size(tensor.dtype)
                == tensor.data.size(),
            "and are as many as its shape says");
        sum += tensor.data.size();
    }
    fuzz::require(sum <= size, "together they are no more than the file");
    return 0;
}

/// The header changed as JSON, with its length put right.
std::size_t LLVMFuzzerCustomMutator(
    std::uint8_t* data, std::size_t size, std::size_t most, unsigned seed)
{
    using namespace vernier::fuzz;
    constexpr std::size_t kLength = 8;
    Dice dice(seed);
    Bytes file(data, data + size);
    std::uint64_t length = 0;
    for (std::size_t i = kLength; i > 0 && size >= kLength; --i)
        length = length << 8 | file[i - 1];
    if (size < kLength || length > size - kLength || dice.oneIn(8)) {
        scramble(file);
        return give(file, data, most);
    }
    const auto begin = file.begin() + kLength;
    const auto end = begin + static_cast<std::ptrdiff_t>(length);
    Bytes header(begin, end);
    mutateJson(header, dice, most - std::min(most, size));
    Bytes result(kLength);
    for (std::size_t i = 0; i < kLength; ++i)
        result[i] = static_cast<std::uint8_t>(std::uint64_t { header.size() } >> (8 * i));
    result.insert(result.end(), header.begin(), header.end());
    result.insert(result.end(), end, file.end());
    return give(result, data, most);
}
