// An index and its values: the entries first, of 64 bytes each as far as they are some, then the
// values.

#include "core/features/feature_segment.h"
#include "tests/fuzz/fuzz.h"
#include "tests/fuzz/mutation.h"

#include <algorithm>

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    using namespace vernier;
    static const fuzz::ScratchFolder scratch;
    const std::string segment = "0000000000000000-1-1";
    const auto bytes = fuzz::bytesOf(data, size);
    const auto entries
        = size == 0 ? 0 : std::min<std::size_t>(1 + data[size - 1] % 4, size / kIndexEntryBytes);
    scratch.write(segment + segment_files::kIndex, bytes.first(entries * kIndexEntryBytes));
    scratch.write(segment + segment_files::kData, bytes.subspan(entries * kIndexEntryBytes));
    std::uint64_t from = 0;
    for (const auto& record : readIndex(scratch.path(), segment, from)) {
        fuzz::require(record.offset + record.bytes <= size, "values lie in their file");
        fuzz::require(
            halfBytes(record.shape) == record.bytes, "and are as many as their shape says");
    }
    fuzz::require(from <= entries * kIndexEntryBytes, "no more is read than is there");
    return 0;
}

/// Entries whose own checksum is right.
std::size_t LLVMFuzzerCustomMutator(
    std::uint8_t* data, std::size_t size, std::size_t most, unsigned seed)
{
    using namespace vernier;
    fuzz::Dice dice(seed);
    fuzz::Bytes file(data, data + size);
    if (dice.oneIn(3)) {
        fuzz::scramble(file);
        return fuzz::give(file, data, most);
    }
    const auto edge = [&] {
        return static_cast<int>(dice.oneIn(4) ? fuzz::oddNumber(dice, size) : 1 + dice.below(8));
    };
    FeatureRecord record { {}, dice.oneIn(2) ? HalfType::Fp16 : HalfType::Bf16,
        { edge(), edge(), edge() }, 0, 0, 0 };
    record.offset = dice.oneIn(4) ? ~std::uint64_t { dice.below(100) } : dice.below(size + 1);
    record.bytes = dice.oneIn(4) ? fuzz::oddNumber(dice, size) : halfBytes(record.shape);
    const auto entry = toIndexEntry(record);
    const auto at = dice.below(4) * kIndexEntryBytes;
    file.resize(std::max(file.size(), at + kIndexEntryBytes));
    std::ranges::transform(entry, file.begin() + static_cast<std::ptrdiff_t>(at),
        [](std::byte byte) { return std::to_integer<std::uint8_t>(byte); });
    return fuzz::give(file, data, most);
}
