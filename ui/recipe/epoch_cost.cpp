#include "ui/recipe/epoch_cost.h"

#include "core/training/calibration.h"
#include "ui/session/run_history.h"

#include <algorithm>

namespace vernier::ui {

namespace {
// A laptop of two cores; multiply-adds a second.
constexpr ComputeSpeed kTypical { 1.2e11, 1e11, 2e10 };
// A training step against a forward pass: once forward, twice backward.
constexpr double kStep = 3;

/// Multiply-adds of an epoch.
struct Work {
    double prefix = 0; ///< forward only: validation above the cut, and what is not kept below it
    double suffix = 0;
    double head = 0;
};

Work epochWork(const NetworkOutline& outline, double train, double validation)
{
    const auto above = static_cast<double>(outline.above);
    const auto below = outline.kept() ? 0 : static_cast<double>(outline.below);
    // Validation pictures are never augmented, so theirs are kept in any case.
    return { validation * above + train * below, kStep * train * above,
        (kStep * train + validation) * static_cast<double>(outline.head.multiplyAdds) };
}
} // namespace

MeasuredSpeed measuredSpeed(const RunHistory& history, const NetworkOutline& outline)
{
    MeasuredSpeed speed;
    // The first epochs of a phase also prepare features, each those of one view.
    const bool settled = !history.epochs.empty() && !history.phases.empty()
        && history.epochs.back().epoch - history.phases.back().firstEpoch
            >= std::max(outline.views, 1);
    if (!settled || !(history.epochs.back().seconds > 0))
        return speed;
    const EpochDone& epoch = history.epochs.back();
    const Work work = epochWork(
        outline, static_cast<double>(epoch.trainCount), static_cast<double>(epoch.validationCount));
    if (work.suffix > 0) {
        const double others = work.prefix / kTypical.prefix + work.head / kTypical.head;
        speed.suffix = work.suffix / std::max(epoch.seconds - others, epoch.seconds / 2);
    } else if (work.prefix == 0) {
        speed.head = work.head / epoch.seconds;
    }
    return speed;
}

EpochCost epochCost(const NetworkOutline& outline, const Recipe& recipe, std::size_t phase,
    PictureCounts counts, const MeasuredSpeed& speed, bool ready)
{
    const double prefix = speed.prefix.value_or(kTypical.prefix);
    const double suffix = speed.suffix.value_or(kTypical.suffix);
    const double head = speed.head.value_or(kTypical.head);
    const int steps = phase < recipe.phases.size() ? recipe.phases[phase].stepsPerEpoch : 0;
    const auto validation = static_cast<double>(counts.validation);
    const double train = steps > 0 ? static_cast<double>(steps) * recipe.batchSize
                                   : static_cast<double>(counts.train);
    const double kept = static_cast<double>(counts.train) * outline.views;

    EpochCost cost;
    cost.pictures = std::int64_t(train);
    const Work work = epochWork(outline, train, validation);
    const double frozen = work.prefix / prefix;
    const double trained = work.suffix / suffix;
    cost.epoch = frozen + trained + work.head / head;
    cost.once = ready ? 0 : (kept + validation) * static_cast<double>(outline.below) / prefix;
    // What most of the time is spent on decides whether it rests on a measurement.
    if (trained > std::max(frozen, cost.once))
        cost.measured = speed.suffix.has_value();
    else if (std::max(frozen, cost.once) > cost.epoch / 2)
        cost.measured = speed.prefix.has_value();
    else
        cost.measured = speed.head.has_value();
    return cost;
}

} // namespace vernier::ui
