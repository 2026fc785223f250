#include "tests/bench/latency_probe.h"

#include <algorithm>
#include <array>
#include <cmath>

namespace vernier::bench {

namespace {

constexpr int kPeriodMs = 10;
constexpr std::array kBounds { 12, 20, 50, 100, 200, 500 };

} // namespace

LatencyProbe::LatencyProbe()
{
    m_clock.start();
    m_timer.setTimerType(Qt::PreciseTimer);
    m_timer.setInterval(kPeriodMs);
    m_timer.callOnTimeout([this] { tick(); });
}

void LatencyProbe::begin(const QString& name)
{
    const auto known = std::find_if(m_stretches.begin(), m_stretches.end(),
        [&](const Stretch& stretch) { return stretch.name == name; });
    m_current = static_cast<std::size_t>(known - m_stretches.begin());
    if (known == m_stretches.end())
        m_stretches.push_back({ name, {} });
    if (!m_timer.isActive()) {
        m_last = m_clock.nsecsElapsed();
        m_timer.start();
    }
}

void LatencyProbe::tick()
{
    const qint64 now = m_clock.nsecsElapsed();
    m_stretches[m_current].gaps.push_back(static_cast<double>(now - m_last.exchange(now)) / 1e6);
}

double LatencyProbe::sinceLastTick() const
{
    const qint64 last = m_last;
    return last == 0 ? 0 : static_cast<double>(m_clock.nsecsElapsed() - last) / 1e6;
}

double quantile(std::vector<double> values, double share)
{
    if (values.empty())
        return 0;
    const auto at = static_cast<std::size_t>(
        std::ceil(share * static_cast<double>(values.size())) - (share > 0 ? 1 : 0));
    std::nth_element(
        values.begin(), values.begin() + static_cast<std::ptrdiff_t>(at), values.end());
    return values[at];
}

QString histogram(const std::vector<double>& gaps)
{
    std::array<qint64, kBounds.size() + 1> counts {};
    for (const double gap : gaps) {
        const auto* bound = std::lower_bound(kBounds.begin(), kBounds.end(), gap);
        ++counts[static_cast<std::size_t>(bound - kBounds.begin())];
    }
    QString text;
    for (std::size_t i = 0; i < counts.size(); ++i) {
        text += i < kBounds.size() ? QStringLiteral("<=%1: %2  ").arg(kBounds[i]).arg(counts[i])
                                   : QStringLiteral("over: %1").arg(counts[i]);
    }
    return text;
}

} // namespace vernier::bench
