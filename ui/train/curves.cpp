#include "ui/train/curves.h"

#include "core/exporting/run_metrics.h"
#include "ui/base/tick_step.h"
#include "ui/session/run_history.h"

#include <QStringList>

#include <algorithm>
#include <cmath>

namespace vernier::ui {

namespace {
// Of an epoch: running figures are not drawn yet, and do not count for the axis yet.
constexpr double kSwingingShare = 0.15;
constexpr double kEarlyShare = 0.25;

/// A loss that has grown beyond all bounds has no place on an axis.
void add(QList<QPointF>& line, double x, double y)
{
    if (std::isfinite(y))
        line << QPointF(x, y);
}

QList<QPointF> thinned(const QList<QPointF>& points)
{
    if (points.size() <= kMostPoints)
        return points;
    QList<QPointF> kept;
    kept.reserve(kMostPoints);
    const double stride = double(points.size() - 1) / (kMostPoints - 1);
    for (int i = 0; i < kMostPoints; ++i)
        kept << points.at(qsizetype(std::llround(i * stride)));
    return kept;
}

void thin(Curves::Lines& lines)
{
    for (QList<QPointF>* line : { &lines.train, &lines.validation })
        *line = thinned(*line);
}

QList<double> epochFigures(const Curves::Lines& lines)
{
    QList<double> values;
    for (const QPointF& point : lines.train + lines.validation)
        values << point.y();
    return values;
}

/// Running figures that have settled.
QList<double> settledFigures(const Curves::Lines& lines)
{
    QList<double> values;
    for (const QList<QPointF>& line : lines.running) {
        for (const QPointF& point : line) {
            if (point.x() - std::floor(point.x()) >= kEarlyShare)
                values << point.y();
        }
    }
    return values;
}

double highest(const QList<double>& values)
{
    return values.isEmpty() ? 0 : *std::max_element(values.begin(), values.end());
}
} // namespace

Curves curvesOf(const RunHistory& history)
{
    Curves curves;
    for (const EpochDone& epoch : history.epochs) {
        const double x = epoch.epoch;
        add(curves.accuracy.train, x, epoch.trainAccuracy * 100);
        add(curves.loss.train, x, epoch.trainLoss);
        if (epoch.validationAccuracy) {
            add(curves.accuracy.validation, x, *epoch.validationAccuracy * 100);
            if (epoch.epoch == history.bestEpoch)
                curves.best = QPointF(x, *epoch.validationAccuracy * 100);
        }
        if (epoch.validationLoss)
            add(curves.loss.validation, x, *epoch.validationLoss);
        curves.end = std::max(curves.end, x);
    }
    StepDone before { .epoch = 0 };
    const auto addStep = [&curves, &before](const StepDone& step) {
        if (step.scoring() || step.steps <= 0)
            return;
        const double share = double(step.step) / step.steps;
        const double x = step.epoch - 1 + share;
        // The mean over a few batches jumps; only in the first epoch is that better than nothing.
        if (step.epoch > 1 && share < kSwingingShare)
            return;
        // The newest is also the last of those that are kept.
        if (std::pair(step.epoch, step.step) <= std::pair(before.epoch, before.step))
            return;
        if (step.epoch != before.epoch || step.phase != before.phase) {
            curves.accuracy.running.emplace_back();
            curves.loss.running.emplace_back();
        }
        before = step;
        add(curves.accuracy.running.back(), x, step.runningAccuracy * 100);
        add(curves.loss.running.back(), x, step.runningLoss);
        curves.end = std::max(curves.end, std::ceil(x));
    };
    for (const StepDone& step : history.steps)
        addStep(step);
    if (history.step)
        addStep(*history.step);

    const bool ended = history.ended.has_value();
    for (const PhaseStarted& phase : history.phases) {
        const double from = phase.firstEpoch - 1;
        if (!curves.phases.isEmpty())
            curves.phases.back().to = from;
        const double planned = from + phase.epochs;
        curves.phases << Curves::PhaseMark { phase.phase, from, planned,
            QString::fromStdString(describe(phase.plan)) };
    }
    // Phases before the last ended where they were stopped, whatever was planned for them.
    if (!curves.phases.isEmpty()) {
        if (!ended)
            curves.end = std::max(curves.end, curves.phases.back().to);
        curves.phases.back().to = curves.end;
    }
    if (ended && history.ended->testAccuracy && history.ended->bestEpoch > 0)
        curves.test = QPointF(history.ended->bestEpoch, *history.ended->testAccuracy * 100);
    thin(curves.accuracy);
    thin(curves.loss);
    return curves;
}

Bounds accuracyBounds(const Curves& curves)
{
    constexpr double kRound = 10;
    constexpr double kHighestLow = 80;
    constexpr double kLowAtFirst = 50;
    QList<double> values = epochFigures(curves.accuracy) + settledFigures(curves.accuracy);
    if (curves.test)
        values << curves.test->y();
    if (values.isEmpty())
        return { kLowAtFirst, 100 };
    const double lowest = *std::min_element(values.begin(), values.end());
    const double low = std::floor((lowest - 2) / kRound) * kRound;
    return { std::clamp(low, 0.0, kHighestLow), 100 };
}

Bounds lossBounds(const Curves& curves)
{
    constexpr double kFarAbove = 2.5;
    const double ofEpochs = highest(epochFigures(curves.loss));
    double top = highest(settledFigures(curves.loss));
    // What the log tells is always seen; a wild start within an epoch must not press it down.
    if (ofEpochs > 0)
        top = std::clamp(top, ofEpochs, kFarAbove * ofEpochs);
    if (top <= 0)
        return { 0, 1 };
    const double step = tickStep(top * 1.05, 5);
    return { 0, std::ceil(top * 1.05 / step) * step };
}

QByteArray historyToCsv(const RunHistory& history)
{
    return QByteArray::fromStdString(
        metricsToCsv(history.phases, history.epochs, history.bestEpoch));
}

} // namespace vernier::ui
