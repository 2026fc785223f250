#pragma once

#include "core/weights/weight_file.h"
#include "tests/fuzz/fuzz.h"

#include <vector>

namespace vernier::fuzz {

/// Reads all numbers of a weight file of `size` bytes.
inline void checkWeights(const Result<std::unique_ptr<WeightFile>>& file, std::size_t size)
{
    if (!file)
        return;
    const auto& entries = (*file)->entries();
    for (std::size_t i = 0; i < entries.size(); ++i) {
        require(entries[i].bytes() <= size, "a tensor is no larger than its file");
        std::vector<std::byte> into(entries[i].bytes());
        (*file)->read(i, into);
    }
}

} // namespace vernier::fuzz
