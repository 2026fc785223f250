#pragma once

#include "ui/train/curves.h"

#include <QWidget>

#include <optional>

namespace vernier::ui {

class CurveView;
struct RunHistory;

/// Accuracy over loss on one axis in epochs, with phases, best epoch and test marked. Hovering
/// shows the values of an epoch, the wheel zooms about the pointer, dragging moves what was zoomed,
/// a double click shows everything again.
class RunCharts : public QWidget {
    Q_OBJECT
public:
    explicit RunCharts(QWidget* parent = nullptr);

    void setHistory(const RunHistory& history);
    const Curves& curves() const { return m_curves; }

    CurveView* accuracy() const { return m_accuracy; }
    CurveView* loss() const { return m_loss; }
    /// x of the marks of phases after the first, in this widget.
    QList<int> phaseLines() const;
    /// The epoch whose values are shown; 0: none.
    int hoveredEpoch() const { return m_hovered; }

    bool zoomed() const { return m_zoom.has_value(); }
    void resetZoom();
    /// The charts as they stand, at twice the size, with what is needed to read them elsewhere: the
    /// legend above, and the phases below where there are several.
    QPixmap picture();

    QSize minimumSizeHint() const override { return { 420, 360 }; }

Q_SIGNALS:
    void zoomChanged(bool zoomed);

protected:
    void resizeEvent(QResizeEvent* event) override;
    void mouseMoveEvent(QMouseEvent* event) override;
    void mousePressEvent(QMouseEvent* event) override;
    void mouseReleaseEvent(QMouseEvent* event) override;
    void mouseDoubleClickEvent(QMouseEvent* event) override;
    void wheelEvent(QWheelEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;
    void leaveEvent(QEvent* event) override;

private:
    friend class CurveOverlay;

    struct Values {
        int epoch = 0;
        QString phase;
        double trainAccuracy = 0;
        double trainLoss = 0;
        std::optional<double> validationAccuracy;
        std::optional<double> validationLoss;
        double seconds = 0;
    };
    struct Zoom {
        Bounds x;
        Bounds accuracy;
        Bounds loss;
    };

    Zoom whole() const;
    void showRange();
    void setZoom(std::optional<Zoom> zoom);
    void zoomAbout(const QPointF& position, double factor);
    void setHovered(int epoch);
    CurveView* viewAt(const QPointF& position) const;
    const Values* valuesOf(int epoch) const;
    QString phaseWords() const;

    Curves m_curves;
    QList<Values> m_values;
    CurveView* m_accuracy;
    CurveView* m_loss;
    QWidget* m_overlay;
    std::optional<Zoom> m_zoom;
    std::optional<QPointF> m_dragFrom;
    int m_hovered = 0;
};

} // namespace vernier::ui
