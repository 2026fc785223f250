#include "core/base/parallel.h"

#include <algorithm>
#include <atomic>
#include <exception>
#include <mutex>
#include <system_error>

namespace vernier {

std::vector<std::jthread> startThreads(
    std::size_t count, const std::function<void(const std::stop_token&)>& work)
{
    std::vector<std::jthread> threads;
    threads.reserve(count);
    while (threads.size() < count) {
        try {
            threads.emplace_back(work);
        } catch (const std::system_error&) {
            if (threads.empty())
                throw;
            break; // fewer are enough
        }
    }
    return threads;
}

void forEachIndex(std::size_t count, std::size_t threads, const std::stop_token& stop,
    const std::function<void(std::size_t)>& work, const std::function<void(std::size_t)>& tell)
{
    std::atomic<std::size_t> next { 0 };
    std::atomic<std::size_t> done { 0 };
    std::mutex mutex;
    std::exception_ptr thrown;
    const auto attempt = [&](const auto& step) {
        try {
            step();
            return true;
        } catch (...) {
            next = count;
            const std::lock_guard lock(mutex);
            thrown = std::current_exception();
            return false;
        }
    };
    const auto workNext = [&] {
        const auto i = next.fetch_add(1, std::memory_order_relaxed);
        if (i >= count || stop.stop_requested() || !attempt([&] { work(i); }))
            return false;
        done.fetch_add(1, std::memory_order_relaxed);
        return true;
    };
    {
        std::vector<std::jthread> helpers;
        const auto wanted = std::min(threads, count);
        try {
            if (wanted > 1)
                helpers = startThreads(wanted - 1, [&](const std::stop_token&) {
                    while (workNext()) { }
                });
        } catch (const std::system_error&) {
            // The calling thread does it all.
        }
        while (workNext() && attempt([&] { tell(done.load(std::memory_order_relaxed)); })) { }
    }
    if (thrown)
        std::rethrow_exception(thrown);
    if (count > 0 && !stop.stop_requested())
        tell(done);
}

} // namespace vernier
