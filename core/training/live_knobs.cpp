#include "core/training/live_knobs.h"

#include <utility>

namespace vernier {

void LiveKnobs::setPaused(bool paused)
{
    m_paused.store(paused, std::memory_order_relaxed);
    m_paused.notify_all();
}

void LiveKnobs::waitWhilePaused(std::stop_token stop)
{
    // A stop has to end the wait: it changes the value that is waited for.
    const std::stop_callback wake(stop, [this] { setPaused(false); });
    m_paused.wait(true, std::memory_order_relaxed);
}

void LiveKnobs::setRate(const std::string& block, double rate)
{
    const std::lock_guard lock(m_mutex);
    m_rates[block] = rate;
    m_ratesChanged.store(true, std::memory_order_release);
}

std::map<std::string, double> LiveKnobs::takeRates()
{
    if (!m_ratesChanged.load(std::memory_order_acquire))
        return {};
    const std::lock_guard lock(m_mutex);
    m_ratesChanged.store(false, std::memory_order_release);
    return std::exchange(m_rates, {});
}

} // namespace vernier
