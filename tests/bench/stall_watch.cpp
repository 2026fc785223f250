#include "tests/bench/stall_watch.h"

#include <array>
#include <chrono>
#include <csignal>

#include <execinfo.h>
#include <pthread.h>
#include <unistd.h>

namespace vernier::bench {

namespace {

constexpr int kSignal = SIGUSR2;

void writeStack(int)
{
    std::array<void*, 48> frames {};
    const int count = ::backtrace(frames.data(), frames.size());
    constexpr char title[] = "-- stalled in\n";
    if (::write(STDERR_FILENO, title, sizeof title - 1) > 0)
        ::backtrace_symbols_fd(frames.data(), count, STDERR_FILENO);
}

} // namespace

StallWatch::StallWatch(const LatencyProbe& probe, double longerThanMs)
{
    // Its first call loads a library, which a signal handler must not.
    std::array<void*, 1> warmUp {};
    ::backtrace(warmUp.data(), warmUp.size());
    struct sigaction action { };
    action.sa_handler = writeStack;
    action.sa_flags = SA_RESTART;
    ::sigaction(kSignal, &action, nullptr);

    m_thread
        = std::jthread([&probe, longerThanMs, gui = ::pthread_self()](const std::stop_token& stop) {
              bool told = false;
              while (!stop.stop_requested()) {
                  std::this_thread::sleep_for(std::chrono::milliseconds(5));
                  const bool stalls = probe.sinceLastTick() > longerThanMs;
                  if (stalls && !told)
                      ::pthread_kill(gui, kSignal);
                  told = stalls;
              }
          });
}

StallWatch::~StallWatch()
{
    m_thread.request_stop();
    m_thread.join();
    std::signal(kSignal, SIG_DFL);
}

} // namespace vernier::bench
