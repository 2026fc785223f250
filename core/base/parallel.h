#pragma once

#include <cstddef>
#include <functional>
#include <stop_token>
#include <thread>
#include <vector>

namespace vernier {

/// Starts `count` threads that run `work`, or fewer where the system has no more; throws
/// std::system_error where it has not a single one.
std::vector<std::jthread> startThreads(
    std::size_t count, const std::function<void(const std::stop_token&)>& work);

/// Calls `work(i)` once for every i below `count`, on the calling thread and on up to `threads` - 1
/// others, in no order that could be counted on; all have ended when it returns. Once `stop` is
/// requested no further ones begin. `tell(done)` is called on the calling thread after each of its
/// own calls, and once at the end of a whole round. What `work` or `tell` throws is thrown here
/// when the others have ended, which begin no further ones then.
void forEachIndex(std::size_t count, std::size_t threads, const std::stop_token& stop,
    const std::function<void(std::size_t)>& work, const std::function<void(std::size_t)>& tell);

} // namespace vernier
