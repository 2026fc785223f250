#include "ui/base/elided_label.h"

#include <QPainter>
#include <QStyle>

namespace vernier::ui {

ElidedLabel::ElidedLabel(QWidget* parent) : QLabel(parent)
{
    setSizePolicy(QSizePolicy::Ignored, QSizePolicy::Preferred);
}

void ElidedLabel::paintEvent(QPaintEvent*)
{
    QPainter painter(this);
    style()->drawItemText(&painter, contentsRect(),
        static_cast<int>(alignment() | Qt::TextSingleLine), palette(), isEnabled(),
        fontMetrics().elidedText(text(), Qt::ElideMiddle, contentsRect().width()),
        foregroundRole());
}

} // namespace vernier::ui
