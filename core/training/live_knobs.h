#pragma once

#include <atomic>
#include <map>
#include <mutex>
#include <stop_token>
#include <string>

namespace vernier {

/// What may change while a run is under way; read between batches. Any thread.
class LiveKnobs {
public:
    void setPaused(bool paused);
    bool paused() const { return m_paused.load(std::memory_order_relaxed); }
    /// Blocks while paused, wakes on stop.
    void waitWhilePaused(std::stop_token stop);

    /// Takes effect with the next batch; counts until the phase ends.
    void setRate(const std::string& block, double rate);
    /// Rates set since the last call.
    std::map<std::string, double> takeRates();

private:
    std::atomic<bool> m_paused { false };
    std::atomic<bool> m_ratesChanged { false };
    mutable std::mutex m_mutex;
    std::map<std::string, double> m_rates;
};

} // namespace vernier
