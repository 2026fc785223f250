#pragma once

// Includes LibTorch: for tests that are built with it.

#include <c10/core/CPUAllocator.h>
#include <c10/util/Exception.h>

namespace vernier::test {

/// As long as it lives, LibTorch's memory on the CPU is such that no piece of it can be larger than
/// this; it says so as a GPU's would. Not for tests that use LibTorch on other threads meanwhile.
class TightMemory final : public c10::Allocator {
public:
    explicit TightMemory(std::size_t largest) : m_largest(largest), m_real(c10::GetCPUAllocator())
    {
        c10::SetCPUAllocator(this, kPriority);
    }
    ~TightMemory() override { c10::SetCPUAllocator(m_real, kPriority); }
    TightMemory(const TightMemory&) = delete;
    TightMemory& operator=(const TightMemory&) = delete;

    c10::DataPtr allocate(std::size_t bytes) override
    {
        TORCH_CHECK_WITH(OutOfMemoryError, bytes <= m_largest, "no room for ", bytes, " bytes");
        return m_real->allocate(bytes);
    }
    c10::DeleterFnPtr raw_deleter() const override { return m_real->raw_deleter(); }
    void copy_data(void* to, const void* from, std::size_t bytes) const override
    {
        default_copy_data(to, from, bytes);
    }

private:
    static constexpr std::uint8_t kPriority = 100;
    const std::size_t m_largest;
    c10::Allocator* const m_real;
};

} // namespace vernier::test
