#pragma once

#include <array>
#include <cstdint>
#include <string_view>

namespace vernier {

enum class ScheduleKind : std::uint8_t { Constant, Step, Cosine, OneCycle };
inline constexpr std::array kScheduleKinds { ScheduleKind::Constant, ScheduleKind::Step,
    ScheduleKind::Cosine, ScheduleKind::OneCycle };
std::string_view name(ScheduleKind kind); ///< "constant", "step", "cosine", "one_cycle"

/// How the learning rates of a phase move while it runs: one factor for all of them. The rates of
/// the freeze plan, or those that were set while it trains, are what it multiplies.
struct Schedule {
    ScheduleKind kind = ScheduleKind::Constant;
    double warmup = 0; ///< share of the phase's steps over which the rates rise first; one_cycle
                       ///< has a rise of its own and leaves it out
    int dropEvery = 5; ///< step: epochs
    double dropTo = 0.1; ///< step: what a drop multiplies by
    double peakAt = 0.3; ///< one_cycle: share of the phase's steps after which the peak is reached
    bool operator==(const Schedule&) const = default;
};

/// Where a step stands in its phase.
struct PhasePosition {
    std::int64_t step = 0; ///< from 0, in the phase
    std::int64_t stepsPerEpoch = 1;
    int epochs = 1;
};

/// With t the step from 0, T the steps of the phase, W = warmup * T:
///   warm-up    min(1, (t + 1) / W), times what follows (Goyal et al. 2017, section 2.2)
///   constant   1
///   step       dropTo ^ floor(epoch / dropEvery), epochs from 0 in the phase
///   cosine     (1 + cos(pi (t - W) / (T - W))) / 2, from where the warm-up ends (Loshchilov and
///              Hutter 2017, equation 5, with a least rate of 0)
///   one_cycle  half a cosine from 1/25 up to 1 at t = peakAt * T, another down to 1/250000 at t =
///   T
///              (Smith and Topin 2018; ends as in PyTorch's OneCycleLR; momentum stays)
/// From the position alone, so that a resumed run goes on with the same factors.
double rateFactor(const Schedule& schedule, const PhasePosition& at);

} // namespace vernier
