#pragma once

#include <cstddef>
#include <functional>
#include <stop_token>

namespace vernier {

/// Calls `work(i)` once for every i below `count`, on the calling thread and on `threads` - 1
/// others, in no order that could be counted on; all have ended when it returns. Once `stop` is
/// requested no further ones begin. `tell(done)` is called on the calling thread after each of its
/// own calls, and once at the end of a whole round. What `work` throws is thrown here when the
/// others have ended.
void forEachIndex(std::size_t count, std::size_t threads, const std::stop_token& stop,
    const std::function<void(std::size_t)>& work, const std::function<void(std::size_t)>& tell);

} // namespace vernier
