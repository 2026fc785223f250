#pragma once

#include "ui/recipe/network_outline.h"

#include <optional>

namespace vernier::ui {

struct RunHistory;

/// Multiply-adds a second that this machine was seen to reach, see ComputeSpeed; none where nothing
/// was measured yet.
struct MeasuredSpeed {
    std::optional<double> prefix;
    std::optional<double> suffix;
    std::optional<double> head;
};

/// From what a run told: the speed of its newest finished epoch and of its preparation. `outline`
/// describes the newest phase of that run.
MeasuredSpeed measuredSpeed(const RunHistory& history, const NetworkOutline& outline);

/// How many pictures a training pass and a validation pass see.
struct PictureCounts {
    std::int64_t train = 0;
    std::int64_t validation = 0;
};

/// Seconds, always an estimate.
struct EpochCost {
    double once = 0; ///< before the first epoch
    double epoch = 0; ///< each epoch
    std::int64_t pictures = 0; ///< that an epoch trains on
    bool measured = false; ///< rests on a measured speed rather than on a typical one
};

/// `ready`: what the frozen blocks compute once is there already.
EpochCost epochCost(const NetworkOutline& outline, const Recipe& recipe, std::size_t phase,
    PictureCounts counts, const MeasuredSpeed& speed, bool ready = false);

} // namespace vernier::ui
