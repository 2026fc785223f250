#pragma once

#include <QWidget>

namespace vernier::ui {

class RunCharts;

/// What lies above both charts: titles, phases, best epoch, test mark, crosshair and its values.
class CurveOverlay : public QWidget {
    Q_OBJECT
public:
    explicit CurveOverlay(const RunCharts& charts, QWidget* parent);

    /// Height kept above the accuracy chart for the labels of phases.
    static constexpr int kLabelStrip = 26;

protected:
    void paintEvent(QPaintEvent* event) override;

private:
    void paintTitles(QPainter& painter) const;
    void paintPhases(QPainter& painter) const;
    void paintMarks(QPainter& painter) const;
    void paintCrosshair(QPainter& painter) const;

    const RunCharts& m_charts;
};

} // namespace vernier::ui
