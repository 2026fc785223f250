#include "core/model/kept_memory.h"

#include <c10/core/CPUAllocator.h>
#include <c10/core/impl/alloc_cpu.h>

#include <map>
#include <mutex>
#include <unordered_map>

#include <malloc.h>
#include <unistd.h>

namespace vernier {

namespace {

/// Smaller ones malloc keeps itself.
constexpr std::size_t kSmallest = 1 << 20;
/// A kept block serves a request down to this share of its size.
constexpr double kFit = 0.8;

std::uint64_t mostKept()
{
    return static_cast<std::uint64_t>(::sysconf(_SC_PHYS_PAGES))
        * static_cast<std::uint64_t>(::sysconf(_SC_PAGESIZE)) / 4;
}

/// LibTorch's own allocator, with a shelf for what is freed.
class KeepingAllocator final : public c10::Allocator {
public:
    /// Made once and never destroyed: tensors may outlive everything else.
    static KeepingAllocator& instance()
    {
        static auto* allocator = new KeepingAllocator;
        return *allocator;
    }

    c10::DataPtr allocate(std::size_t bytes) override
    {
        if (bytes < kSmallest)
            return m_plain.allocate(bytes);
        void* block = take(bytes);
        return { block, block, &giveBack, c10::Device(c10::kCPU) };
    }

    /// Also for what was allocated before this allocator was put in place.
    c10::DeleterFnPtr raw_deleter() const override { return &giveBack; }

    void copy_data(void* to, const void* from, std::size_t bytes) const override
    {
        default_copy_data(to, from, bytes);
    }

    void hold()
    {
        const std::lock_guard lock(m_mutex);
        if (m_holders++ == 0 && !m_inPlace) {
            c10::SetCPUAllocator(this, 1);
            m_inPlace = true;
        }
    }

    void release()
    {
        const std::lock_guard lock(m_mutex);
        if (--m_holders == 0) {
            empty();
            // malloc would keep what lies between blocks that are in use.
            ::malloc_trim(0);
        }
    }

    std::uint64_t bytes()
    {
        const std::lock_guard lock(m_mutex);
        return m_bytes;
    }

private:
    KeepingAllocator() : m_plain(*c10::GetDefaultCPUAllocator()), m_most(mostKept()) { }

    void* take(std::size_t bytes)
    {
        {
            const std::lock_guard lock(m_mutex);
            const auto found = m_kept.lower_bound(bytes);
            if (found != m_kept.end()
                && static_cast<double>(bytes) >= kFit * static_cast<double>(found->first)) {
                void* block = found->second;
                m_bytes -= found->first;
                m_used.emplace(block, found->first);
                m_kept.erase(found);
                return block;
            }
        }
        void* block = nullptr;
        try {
            block = c10::alloc_cpu(bytes);
        } catch (const c10::Error&) {
            const std::unique_lock lock(m_mutex);
            if (m_kept.empty())
                throw;
            empty();
            block = c10::alloc_cpu(bytes);
        }
        const std::lock_guard lock(m_mutex);
        m_used.emplace(block, bytes);
        return block;
    }

    static void giveBack(void* block) { instance().keepOrFree(block); }

    void keepOrFree(void* block)
    {
        {
            const std::lock_guard lock(m_mutex);
            const auto used = m_used.find(block);
            if (used != m_used.end()) {
                const auto bytes = used->second;
                m_used.erase(used);
                if (m_holders > 0 && m_bytes + bytes <= m_most) {
                    m_kept.emplace(bytes, block);
                    m_bytes += bytes;
                    return;
                }
            }
        }
        c10::free_cpu(block);
    }

    void empty()
    {
        for (const auto& [bytes, block] : m_kept)
            c10::free_cpu(block);
        m_kept.clear();
        m_bytes = 0;
    }

    c10::Allocator& m_plain;
    const std::uint64_t m_most;
    std::mutex m_mutex;
    std::multimap<std::size_t, void*> m_kept;
    std::unordered_map<void*, std::size_t> m_used;
    std::uint64_t m_bytes = 0;
    int m_holders = 0;
    bool m_inPlace = false;
};

} // namespace

KeptMemory::KeptMemory() { KeepingAllocator::instance().hold(); }
KeptMemory::~KeptMemory() { KeepingAllocator::instance().release(); }
std::uint64_t KeptMemory::bytes() { return KeepingAllocator::instance().bytes(); }

} // namespace vernier
