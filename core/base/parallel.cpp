#include "core/base/parallel.h"

#include <algorithm>
#include <atomic>
#include <exception>
#include <mutex>
#include <system_error>
#include <thread>
#include <vector>

namespace vernier {

void forEachIndex(std::size_t count, std::size_t threads, const std::stop_token& stop,
    const std::function<void(std::size_t)>& work, const std::function<void(std::size_t)>& tell)
{
    std::atomic<std::size_t> next { 0 };
    std::atomic<std::size_t> done { 0 };
    std::mutex mutex;
    std::exception_ptr thrown;
    const auto workNext = [&] {
        const auto i = next.fetch_add(1, std::memory_order_relaxed);
        if (i >= count || stop.stop_requested())
            return false;
        try {
            work(i);
        } catch (...) {
            next = count;
            const std::lock_guard lock(mutex);
            thrown = std::current_exception();
            return false;
        }
        done.fetch_add(1, std::memory_order_relaxed);
        return true;
    };
    {
        std::vector<std::jthread> helpers;
        for (std::size_t i = 1; i < std::min(threads, count); ++i) {
            try {
                helpers.emplace_back([&] {
                    while (workNext()) { }
                });
            } catch (const std::system_error&) {
                break; // fewer are enough
            }
        }
        while (workNext())
            tell(done.load(std::memory_order_relaxed));
    }
    if (thrown)
        std::rethrow_exception(thrown);
    if (count > 0 && !stop.stop_requested())
        tell(done);
}

} // namespace vernier
