#pragma once

#include <QList>
#include <QPointF>
#include <QString>

#include <optional>

namespace vernier::ui {

struct RunHistory;

/// More points than this are never given to a chart.
inline constexpr int kMostPoints = 2000;

/// A run as lines over one axis in epochs. An epoch's values stand at its end: x = 1 for the first.
/// Accuracy in per cent.
struct Curves {
    struct Lines {
        QList<QPointF> train;
        QList<QPointF> validation;
        /// Within epochs: a line for each, since nothing is known between one and the next.
        QList<QList<QPointF>> running;
    };
    struct PhaseMark {
        int number = 1;
        double from = 0; ///< where the phase begins; 0 for the first
        double to = 0;
        QString text; ///< "blocks 4, 5 at 1e-5"
    };
    Lines accuracy;
    Lines loss;
    QList<PhaseMark> phases;
    std::optional<QPointF> best; ///< validation accuracy of the best epoch
    std::optional<QPointF> test; ///< test accuracy, at the best epoch
    double end = 1; ///< last epoch that the axis must reach
};
Curves curvesOf(const RunHistory& history);

struct Bounds {
    double low = 0;
    double high = 1;
    bool operator==(const Bounds&) const = default;
};
/// Up to 100 %, from a round lower bound that shows all epochs; a few poor first steps do not push
/// it down.
Bounds accuracyBounds(const Curves& curves);
/// From 0 to a round bound that shows all epochs; running figures far above them are let go.
Bounds lossBounds(const Curves& curves);

/// Header and one line an epoch, RFC 4180.
QByteArray historyToCsv(const RunHistory& history);

} // namespace vernier::ui
