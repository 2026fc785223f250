#pragma once

#include "tests/bench/latency_probe.h"

#include <thread>

namespace vernier::bench {

/// Where the GUI thread is when it has not ticked for a while: its stack, once a stall, on stderr.
/// Made on the GUI thread.
class StallWatch {
public:
    StallWatch(const LatencyProbe& probe, double longerThanMs);
    ~StallWatch();
    StallWatch(const StallWatch&) = delete;
    StallWatch& operator=(const StallWatch&) = delete;

private:
    std::jthread m_thread;
};

} // namespace vernier::bench
