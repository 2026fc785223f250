#pragma once

#include "ui/recipe/network_drawing.h"

#include <QWidget>

#include <vector>

class QCheckBox;
class QLabel;
class QToolButton;

namespace vernier::ui {

class BlockCard;
class ChangeDot;
class RateEdit;

/// The network as blocks from input to head, with a tick and a learning rate under each, and the
/// cut between what is computed once and what trains. Everything derives from the outline; the view
/// changes nothing itself, it only tells what a person did.
class NetworkView : public QWidget {
    Q_OBJECT
public:
    explicit NetworkView(QWidget* parent = nullptr);

    /// Blocks that differ from `base` are marked with a dot that puts them back.
    void setOutline(const NetworkOutline& outline, const FreezePlan& base);
    const NetworkOutline& outline() const { return m_outline; }

    /// Where a block ("block3", "head") is drawn, without its controls.
    QRect drawnRect(const std::string& block) const;
    /// x of the cut line; -1 where there is none.
    int cutX() const;
    QString cutText() const;

    QSize minimumSizeHint() const override;
    QSize sizeHint() const override { return minimumSizeHint(); }

Q_SIGNALS:
    void trainingToggled(const QString& block, bool trains);
    void rateEdited(const QString& block, double rate);
    void putBack(const QString& block);
    /// Its layers are to be shown one by one, below `where` (global).
    void unfoldRequested(const QString& block, const QPoint& where);

protected:
    bool event(QEvent* event) override;
    bool eventFilter(QObject* watched, QEvent* event) override;
    void paintEvent(QPaintEvent* event) override;
    void resizeEvent(QResizeEvent* event) override;
    void mouseMoveEvent(QMouseEvent* event) override;
    void mouseReleaseEvent(QMouseEvent* event) override;
    void leaveEvent(QEvent* event) override;

private:
    struct Controls {
        QCheckBox* tick = nullptr; ///< null for the head, which always trains
        QToolButton* unfold = nullptr;
        RateEdit* rate = nullptr;
        QLabel* hint = nullptr;
        ChangeDot* dot = nullptr;
    };

    void makeControls();
    void layOut();
    QRectF drawingArea() const;
    int labelsTop() const;
    int controlsTop() const;
    std::size_t columnOf(const std::string& block) const;
    const OutlineBlock& blockOfColumn(std::size_t column) const;
    QRectF columnRect(std::size_t column) const;
    void showCard(std::size_t column, int row);
    void unfold(std::size_t column);
    bool differs(const OutlineBlock& block, const FreezePlan& base) const;
    void paintSpans(QPainter& painter) const;
    void paintCut(QPainter& painter) const;
    void paintLabels(QPainter& painter) const;

    NetworkOutline m_outline;
    NetworkDrawing m_drawing;
    std::vector<Controls> m_controls; ///< of columns 1 and up
    BlockCard* m_card;
    std::ptrdiff_t m_hovered = -1; ///< index into m_drawing.layers
};

} // namespace vernier::ui
