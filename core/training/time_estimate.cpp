#include "core/training/time_estimate.h"

#include <algorithm>

namespace vernier {

void TimeEstimate::startEpoch(int epoch)
{
    m_epoch = epoch;
    m_doneInEpoch = 0;
}

void TimeEstimate::startTraining(std::int64_t missing)
{
    m_missingInTraining = missing;
    startScoring(missing);
}

void TimeEstimate::startScoring(std::int64_t missing) { m_expectedMisses = m_misses + missing; }

void TimeEstimate::add(
    std::int64_t pictures, std::int64_t misses, double featureSeconds, double seconds)
{
    m_pictures += pictures;
    m_doneInEpoch += pictures;
    m_misses += misses;
    const double missSeconds = misses > 0 ? featureSeconds : 0;
    m_missSeconds += missSeconds;
    m_hitSeconds += seconds - missSeconds;
}

double TimeEstimate::secondsLeft() const
{
    if (m_pictures == 0)
        return -1;
    const double hit = m_hitSeconds / static_cast<double>(m_pictures);
    const double miss = m_misses > 0 ? m_missSeconds / static_cast<double>(m_misses) : 0;
    const auto perEpoch = m_phase.trained + m_phase.scored;
    const auto epochsAfter = m_phase.epochs - m_epoch - 1;
    const auto left = std::max<std::int64_t>(0, perEpoch - m_doneInEpoch) + perEpoch * epochsAfter;
    // Epochs after this one that meet a view for the first time.
    const auto newViews = m_phase.keptViews == 0
        ? epochsAfter
        : std::clamp(m_phase.keptViews - 1 - m_epoch, 0, epochsAfter);
    const auto missesLeft
        = std::max<std::int64_t>(0, m_expectedMisses - m_misses) + m_missingInTraining * newViews;
    return static_cast<double>(left) * hit + static_cast<double>(missesLeft) * miss;
}

} // namespace vernier
