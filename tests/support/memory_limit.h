#pragma once

#include <cstdint>
#include <fstream>

#include <sys/resource.h>
#include <unistd.h>

namespace vernier::test {

/// As long as it lives, this process gets only so much memory beyond what it has; asking for more
/// throws std::bad_alloc. Of no use under the address sanitizer, which needs all addresses.
class MemoryLimit {
public:
#ifdef __SANITIZE_ADDRESS__
    static constexpr bool kWorks = false;
#else
    static constexpr bool kWorks = true;
#endif

    explicit MemoryLimit(std::uint64_t more)
    {
        ::getrlimit(RLIMIT_AS, &m_before);
        std::uint64_t pages = 0;
        std::ifstream("/proc/self/statm") >> pages;
        auto limit = m_before;
        limit.rlim_cur = pages * static_cast<std::uint64_t>(::sysconf(_SC_PAGESIZE)) + more;
        ::setrlimit(RLIMIT_AS, &limit);
    }
    ~MemoryLimit() { ::setrlimit(RLIMIT_AS, &m_before); }
    MemoryLimit(const MemoryLimit&) = delete;
    MemoryLimit& operator=(const MemoryLimit&) = delete;

private:
    rlimit m_before {};
};

} // namespace vernier::test
