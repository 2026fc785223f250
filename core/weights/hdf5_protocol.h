#pragma once

#include <cstdint>

namespace vernier {

// What hdf5_file.cpp asks vernier-reader. The only question is which datasets there are: the
// numbers lie in the file as they are, and whoever knows where reads them himself. The answer is a
// row of Hdf5Entry, each followed by its text, not ended by a zero, and its edges, 64 bits each.

inline constexpr std::uint32_t kHdf5List = 1;

struct Hdf5Entry {
    enum class Kind : std::uint8_t {
        F32, ///< the text is the dataset's path, with a slash in front
        F64,
        OtherType,
        NotPlain, ///< compressed, in pieces, or in another file
        Name ///< of the group before it: the text is that group's path, a zero and its name
    };
    Kind kind = Kind::F32;
    std::uint8_t rank = 0;
    std::uint16_t textBytes = 0;
    std::uint32_t zero = 0;
    std::uint64_t at = 0; ///< of its numbers, counted from the HDF5 file's start; for F32 and F64
    std::uint64_t bytes = 0; ///< that they take there
};

inline constexpr std::uint64_t kMostHdf5ListBytes = 16 << 20;

} // namespace vernier
