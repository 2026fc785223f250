#include "core/base/files.h"
#include "core/dataset/folder_index.h"
#include "tests/fuzz/fuzz.h"
#include "tests/fuzz/mutation.h"

#include <algorithm>
#include <string>

namespace {

/// Where the index of a folder lies is its own affair: one is saved, and found.
std::filesystem::path indexFile(const std::filesystem::path& cache)
{
    vernier::FolderIndex index(cache, "/pictures");
    index.keep("a.jpg", {}, { 10, 20, "the file is empty" });
    index.save(true);
    for (const auto& entry : std::filesystem::recursive_directory_iterator(cache)) {
        if (entry.is_regular_file())
            return entry.path().lexically_relative(cache);
    }
    return {};
}

} // namespace

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    using namespace vernier;
    static const fuzz::ScratchFolder scratch;
    static const auto file = indexFile(scratch.path());
    scratch.write(file.native(), fuzz::bytesOf(data, size));
    const FolderIndex index(scratch.path(), "/pictures");
    if (const auto* facts = index.find("a.jpg", {}))
        fuzz::require(facts->problem.size() <= size, "a problem lies in the file");
    return 0;
}

/// With the checksum put right, and from a whole index where there is none to change.
std::size_t LLVMFuzzerCustomMutator(
    std::uint8_t* data, std::size_t size, std::size_t most, unsigned seed)
{
    using namespace vernier;
    constexpr std::size_t kCheckAt = 48;
    constexpr std::size_t kCheckBytes = 8;
    static const auto whole = [] {
        const fuzz::ScratchFolder scratch("whole");
        const auto bytes = readFile(scratch.path() / indexFile(scratch.path()), 1 << 16);
        fuzz::require(bytes.has_value(), "an index can be made");
        return *bytes;
    }();
    fuzz::Dice dice(seed);
    fuzz::Bytes file(data, data + size);
    if (size < kCheckAt + kCheckBytes || dice.oneIn(20)) {
        const auto* begin = reinterpret_cast<const std::uint8_t*>(whole.data());
        file.assign(begin, begin + whole.size());
    }
    if (dice.oneIn(2))
        file[dice.below(file.size())] = static_cast<std::uint8_t>(dice.below(256));
    else
        fuzz::scramble(file);
    if (file.size() >= kCheckAt + kCheckBytes && !dice.oneIn(20)) {
        std::fill_n(file.begin() + kCheckAt, kCheckBytes, 0);
        const auto check = checksum(std::as_bytes(std::span(file)));
        for (std::size_t i = 0; i < kCheckBytes; ++i)
            file[kCheckAt + i] = static_cast<std::uint8_t>(check >> (8 * i));
    }
    return fuzz::give(file, data, most);
}
