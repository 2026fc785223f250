#pragma once

#include "ui/train/curves.h"

#include <QChartView>
#include <QColor>

#include <vector>

class QLineSeries;
class QValueAxis;

namespace vernier::ui {

/// The curves of several runs over one axis in epochs: training solid, validation dashed, each run
/// in its colour.
class OverlayChart : public QChartView {
    Q_OBJECT
public:
    enum class Figure { Accuracy, Loss };
    struct Run {
        QString name;
        QColor color;
        Curves curves;
    };

    explicit OverlayChart(QWidget* parent = nullptr);

    void setRuns(std::vector<Run> runs);
    void setFigure(Figure figure);
    int lineCount() const;

protected:
    void changeEvent(QEvent* event) override;

private:
    void rebuild();
    void restyle();
    void addLine(const QList<QPointF>& points, const Run& run, bool dashed);

    std::vector<Run> m_runs;
    Figure m_figure = Figure::Accuracy;
    QValueAxis* m_x;
    QValueAxis* m_y;
};

} // namespace vernier::ui
