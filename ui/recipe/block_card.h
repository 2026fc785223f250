#pragma once

#include "ui/recipe/network_outline.h"

#include <QWidget>

namespace vernier::ui {

/// The small table that is shown over the drawing while a block is pointed at or has the focus: its
/// layers, their output shapes and parameters. It takes no mouse events.
class BlockCard : public QWidget {
    Q_OBJECT
public:
    explicit BlockCard(QWidget* parent);

    /// `row` is the layer pointed at, or -1.
    void setBlock(const OutlineBlock& block, int row);
    QSize sizeHint() const override;

protected:
    void paintEvent(QPaintEvent* event) override;

private:
    struct Line {
        QString name;
        QString shape;
        QString parameters;
    };
    int lineHeight() const;

    QString m_title;
    QString m_state;
    QList<Line> m_lines;
    int m_row = -1;
};

} // namespace vernier::ui
