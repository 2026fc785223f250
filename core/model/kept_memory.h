#pragma once

// Private to core.

#include <cstdint>

namespace vernier {

/// While one of these lives, the memory of large tensors on the CPU is kept when they are freed and
/// given to the next of about that size. A batch of VGG16 asks for gigabytes; fresh from the
/// system, each page of them costs a page fault, together a fifth of the batch's time. At most a
/// quarter of the machine's memory is kept; the last of these to go gives it back. Thread-safe.
class KeptMemory {
public:
    KeptMemory();
    ~KeptMemory();
    KeptMemory(const KeptMemory&) = delete;
    KeptMemory& operator=(const KeptMemory&) = delete;

    /// Bytes that are kept and not in use.
    static std::uint64_t bytes();
};

} // namespace vernier
