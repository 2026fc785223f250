#pragma once

#include <cstdint>

namespace vernier {

/// How long a phase still takes, from what its batches took so far: the seconds that a picture
/// costs when its features are there, and what one adds whose features are not.
class TimeEstimate {
public:
    struct Phase {
        std::int64_t trained = 0; ///< pictures an epoch trains on
        std::int64_t scored = 0; ///< and is scored on
        int epochs = 0;
        int keptViews = 0; ///< of a picture, one after the other; 0: each epoch has its own
    };
    TimeEstimate() = default;
    explicit TimeEstimate(const Phase& phase) : m_phase(phase) { }

    /// From 0.
    void startEpoch(int epoch);
    /// `missing`: pictures of the pass whose features are not there when it begins.
    void startTraining(std::int64_t missing);
    void startScoring(std::int64_t missing);
    /// A batch: its pictures, those whose features were not there, the seconds until the features
    /// were, and all seconds that it took.
    void add(std::int64_t pictures, std::int64_t misses, double featureSeconds, double seconds);

    /// To the end of the phase; -1: not known yet.
    double secondsLeft() const;

private:
    Phase m_phase;
    int m_epoch = 0;
    std::int64_t m_doneInEpoch = 0;
    double m_hitSeconds = 0;
    std::int64_t m_pictures = 0;
    double m_missSeconds = 0;
    std::int64_t m_misses = 0;
    std::int64_t m_expectedMisses = 0;
    std::int64_t m_missingInTraining = 0; ///< when the newest training pass began
};

} // namespace vernier
