#pragma once

#include <cstdint>
#include <functional>
#include <stop_token>
#include <string_view>

namespace vernier {

/// How far a long job is. `total` 0 means unknown.
struct Progress {
    std::string_view stage; ///< "reading pictures"; valid during the call only
    std::int64_t done = 0;
    std::int64_t total = 0;
};

/// Called from the thread that runs the job, often (once an item): it must be cheap, throttling is
/// the receiver's. An empty function is allowed wherever a sink is taken.
using ProgressSink = std::function<void(const Progress&)>;

} // namespace vernier
