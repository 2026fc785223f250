#pragma once

#include "ui/train/curves.h"

#include <QChartView>

class QLineSeries;
class QValueAxis;

namespace vernier::ui {

/// One chart of a run: training solid, validation dashed, the running figure faint. It draws lines
/// and axes only; marks, crosshair and values lie above it, see CurveOverlay. Mouse events are left
/// to the widget around it.
class CurveView : public QChartView {
    Q_OBJECT
public:
    enum class Unit { Percent, Number };

    CurveView(Unit unit, bool showsEpochs, QWidget* parent = nullptr);

    void setLines(const Curves::Lines& lines);
    void setRange(Bounds x, Bounds y);
    Bounds xRange() const;
    Bounds yRange() const;
    int pointCount() const; ///< of the training line

    /// The plot inside this widget, and where a value lies in it.
    QRectF plot() const;
    QPointF positionOf(const QPointF& value) const;
    double xAt(double position) const;
    double yAt(double position) const;

protected:
    void resizeEvent(QResizeEvent* event) override;
    void showEvent(QShowEvent* event) override;
    void changeEvent(QEvent* event) override;
    /// The running lines, below grid and curves: a chart's own line cannot have gaps.
    void drawBackground(QPainter* painter, const QRectF& rect) override;

private:
    void restyle();
    void placePlot();

    Unit m_unit;
    bool m_showsEpochs;
    QLineSeries* m_train;
    QLineSeries* m_validation;
    QList<QList<QPointF>> m_running;
    QValueAxis* m_x;
    QValueAxis* m_y;
};

} // namespace vernier::ui
