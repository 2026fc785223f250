#include "ui/pictures/class_dot.h"

#include "ui/base/theme.h"

#include <QPainter>
#include <QPixmap>

namespace vernier::ui {

void paintClassDot(QPainter& painter, const QPointF& centre, ClassIndex label)
{
    painter.save();
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setPen(Qt::NoPen);
    painter.setBrush(theme::classColor(label));
    painter.drawEllipse(centre, kClassDot / 2.0, kClassDot / 2.0);
    painter.restore();
}

QIcon classDot(ClassIndex label)
{
    // Large enough for any scale factor; icons are only ever scaled down.
    constexpr int kScale = 4;
    constexpr int kEdge = 16;
    QPixmap pixmap(kEdge * kScale, kEdge * kScale);
    pixmap.fill(Qt::transparent);
    QPainter painter(&pixmap);
    painter.scale(kScale, kScale);
    paintClassDot(painter, QPointF(kEdge / 2.0, kEdge / 2.0), label);
    return QIcon(pixmap);
}

} // namespace vernier::ui
