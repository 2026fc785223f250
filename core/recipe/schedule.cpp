#include "core/recipe/schedule.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <numbers>

namespace vernier {

namespace {

constexpr std::array<std::string_view, kScheduleKinds.size()> kNames { "constant", "step", "cosine",
    "one_cycle" };

constexpr double kCycleStart = 1.0 / 25;
constexpr double kCycleEnd = kCycleStart * 1e-4;

/// Half a cosine from `from` to `to`, as `share` goes from 0 to 1.
double eased(double from, double to, double share)
{
    return to + (from - to) * (1 + std::cos(std::numbers::pi * share)) / 2;
}

double oneCycle(double share, double peak)
{
    return share < peak ? eased(kCycleStart, 1, share / peak)
                        : eased(1, kCycleEnd, (share - peak) / (1 - peak));
}

} // namespace

std::string_view name(ScheduleKind kind) { return kNames[static_cast<std::size_t>(kind)]; }

double rateFactor(const Schedule& schedule, const PhasePosition& at)
{
    const auto step = static_cast<double>(at.step);
    const auto steps = static_cast<double>(at.stepsPerEpoch) * at.epochs;
    if (schedule.kind == ScheduleKind::OneCycle)
        return oneCycle(step / steps, schedule.peakAt);
    const double rise = schedule.warmup * steps;
    const double risen = rise > 0 ? std::min(1.0, (step + 1) / rise) : 1;
    switch (schedule.kind) {
    case ScheduleKind::Step: {
        const auto epoch = at.step / at.stepsPerEpoch;
        return risen * std::pow(schedule.dropTo, static_cast<double>(epoch / schedule.dropEvery));
    }
    case ScheduleKind::Cosine:
        return risen * eased(1, 0, std::max(0.0, step - rise) / (steps - rise));
    default:
        return risen;
    }
}

} // namespace vernier
