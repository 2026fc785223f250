#include "ui/recipe/epoch_cost.h"

#include "ui/session.h"

#include <algorithm>

namespace vernier::ui {

namespace {
// A laptop of two cores; multiply-adds a second.
constexpr double kTypicalTrunk = 1.2e11;
constexpr double kTypicalHead = 2e10;
// A training step against a forward pass: once forward, twice backward.
constexpr double kStep = 3;

struct Work {
    double trunk = 0;
    double head = 0;
};

Work epochWork(const NetworkOutline& outline, double train, double validation)
{
    const double above = static_cast<double>(outline.above);
    const double below = outline.kept() ? 0 : static_cast<double>(outline.below);
    // Validation pictures are never augmented, so theirs are kept in any case.
    return { train * (kStep * above + below) + validation * above,
        (kStep * train + validation) * static_cast<double>(outline.head.multiplyAdds) };
}
} // namespace

MeasuredSpeed measuredSpeed(const RunHistory& history, const NetworkOutline& outline)
{
    MeasuredSpeed speed;
    if (history.preparing && history.preparing->picturesPerSecond > 0 && outline.below > 0)
        speed.trunk = history.preparing->picturesPerSecond * static_cast<double>(outline.below);
    if (history.epochs.empty() || !(history.epochs.back().seconds > 0))
        return speed;
    const EpochDone& epoch = history.epochs.back();
    const Work work = epochWork(
        outline, static_cast<double>(epoch.trainCount), static_cast<double>(epoch.validationCount));
    if (work.trunk > 0) {
        const double headSeconds = work.head / kTypicalHead;
        speed.trunk = work.trunk / std::max(epoch.seconds - headSeconds, epoch.seconds / 2);
    } else {
        speed.head = work.head / epoch.seconds;
    }
    return speed;
}

EpochCost epochCost(const NetworkOutline& outline, const Recipe& recipe, std::size_t phase,
    PictureCounts counts, const MeasuredSpeed& speed)
{
    const double trunk = speed.trunk.value_or(kTypicalTrunk);
    const double head = speed.head.value_or(kTypicalHead);
    const int steps = phase < recipe.phases.size() ? recipe.phases[phase].stepsPerEpoch : 0;
    const double validation = static_cast<double>(counts.validation);
    const double train = steps > 0 ? static_cast<double>(steps) * recipe.batchSize
                                   : static_cast<double>(counts.train);
    const double kept = static_cast<double>(counts.train) * outline.views;

    EpochCost cost;
    cost.pictures = std::int64_t(train);
    const Work work = epochWork(outline, train, validation);
    cost.epoch = work.trunk / trunk + work.head / head;
    cost.once = (kept + validation) * static_cast<double>(outline.below) / trunk;
    const bool trunkCounts = work.trunk > 0 || cost.once > cost.epoch;
    cost.measured = trunkCounts ? speed.trunk.has_value() : speed.head.has_value();
    return cost;
}

} // namespace vernier::ui
