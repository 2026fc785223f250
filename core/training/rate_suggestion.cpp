#include "core/training/rate_finder.h"

#include "core/recipe/recipe_bounds.h"

#include <algorithm>
#include <cmath>

namespace vernier {

namespace {

constexpr std::size_t kReach = 7; // half a decade of a usual sweep
constexpr double kLeastFall = 0.05;

double toTwoDigits(double value)
{
    // A division by a power of ten gives the double that is nearest to the decimal number.
    const double digits = 1 - std::floor(std::log10(value));
    const double unit = std::pow(10, std::abs(digits));
    return digits > 0 ? std::round(value * unit) / unit : std::round(value / unit) * unit;
}

} // namespace

void smoothLosses(std::vector<RatePoint>& points)
{
    for (std::size_t i = 0; i < points.size(); ++i) {
        const auto reach = std::min({ kReach, i, points.size() - 1 - i });
        double sum = 0;
        for (auto k = i - reach; k <= i + reach; ++k)
            sum += points[k].loss;
        points[i].smoothed = sum / static_cast<double>(2 * reach + 1);
    }
}

std::optional<double> suggestedRate(const std::vector<RatePoint>& points)
{
    const auto lowest = std::min_element(points.begin(), points.end(),
        [](const RatePoint& a, const RatePoint& b) { return a.smoothed < b.smoothed; });
    if (lowest == points.end())
        return std::nullopt;
    const auto highest = std::max_element(points.begin(), lowest,
        [](const RatePoint& a, const RatePoint& b) { return a.smoothed < b.smoothed; });
    if (lowest->smoothed > highest->smoothed * (1 - kLeastFall))
        return std::nullopt;
    std::optional<double> rate;
    double steepest = 0;
    const auto last = static_cast<std::size_t>(lowest - points.begin());
    // Single batches are too noisy for the slope from one to the next.
    for (auto i = kReach; i < last && i + kReach < points.size(); ++i) {
        const auto& before = points[i - kReach];
        const auto& after = points[i + kReach];
        const double slope
            = (after.smoothed - before.smoothed) / std::log10(after.rate / before.rate);
        if (slope < steepest) {
            steepest = slope;
            rate = toTwoDigits(points[i].rate);
        }
    }
    return rate;
}

FreezePlan planAtRate(const FreezePlan& plan, double rate)
{
    auto moved = plan;
    const auto valid = [](double value) { return std::clamp(value, kSmallestRate, kLargestRate); };
    moved.headRate = valid(rate);
    for (auto& [block, own] : moved.blockRates)
        own = valid(own / plan.headRate * moved.headRate);
    for (auto& [layer, own] : moved.layerRates) {
        if (own > 0)
            own = valid(own / plan.headRate * moved.headRate);
    }
    return moved;
}

} // namespace vernier
