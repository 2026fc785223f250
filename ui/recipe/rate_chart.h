#pragma once

#include "core/training/rate_finder.h"

#include <QChartView>

#include <optional>

class QLineSeries;
class QValueAxis;

namespace vernier::ui {

/// The losses of a sweep over learning rates, rates on a logarithmic axis: each batch's faint, the
/// smoothed ones solid, the suggestion marked. A click chooses the rate under the pointer.
class RateChart : public QChartView {
    Q_OBJECT
public:
    explicit RateChart(QWidget* parent = nullptr);

    void setSweep(const RateSweep& sweep); ///< without points: an empty chart
    QRectF plot() const;
    double xOf(double rate) const; ///< in this widget
    double rateAt(double x) const; ///< to two digits

Q_SIGNALS:
    void rateChosen(double rate);

protected:
    void drawForeground(QPainter* painter, const QRectF& rect) override;
    void resizeEvent(QResizeEvent* event) override;
    void showEvent(QShowEvent* event) override;
    void mouseMoveEvent(QMouseEvent* event) override;
    void mousePressEvent(QMouseEvent* event) override;
    void leaveEvent(QEvent* event) override;
    void changeEvent(QEvent* event) override;

private:
    void restyle();
    void placePlot();
    void paintLine(
        QPainter& painter, double rate, const QColor& colour, const QString& words) const;

    QLineSeries* m_losses;
    QLineSeries* m_smoothed;
    QValueAxis* m_x; ///< decades
    QValueAxis* m_y;
    std::optional<double> m_suggestion;
    std::optional<double> m_hovered;
};

} // namespace vernier::ui
