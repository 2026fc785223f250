#include "ui/frame/drop_overlay.h"

#include "ui/base/icon.h"
#include "ui/base/theme.h"

#include <QPainter>

namespace vernier::ui {

DropOverlay::DropOverlay(QWidget* parent) : QWidget(parent)
{
    setAttribute(Qt::WA_TransparentForMouseEvents);
    hide();
}

void DropOverlay::announce(const QString& sentence, bool possible)
{
    m_sentence = sentence;
    m_possible = possible;
    setGeometry(parentWidget()->rect());
    raise();
    show();
    update();
}

void DropOverlay::paintEvent(QPaintEvent*)
{
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    QColor veil = theme::window();
    veil.setAlphaF(0.92F);
    painter.fillRect(rect(), veil);

    const QColor ink = m_possible ? theme::accent() : theme::mutedText();
    painter.setPen(QPen(ink, 2, Qt::DashLine));
    painter.setBrush(Qt::NoBrush);
    painter.drawRoundedRect(
        QRectF(rect()).adjusted(17, 17, -17, -17), theme::kRadius, theme::kRadius);

    QRectF sign(0, 0, 48, 48);
    sign.moveCenter(QRectF(rect()).center() - QPointF(0, 32));
    paintIcon(painter, m_possible ? QStringLiteral("drop") : QStringLiteral("close"), sign, ink);
    painter.setFont(theme::heading(font()));
    painter.setPen(m_possible ? theme::text() : theme::mutedText());
    painter.drawText(QRectF(32, sign.bottom() + 16, width() - 64, height() - sign.bottom() - 48),
        Qt::AlignHCenter | Qt::AlignTop | Qt::TextWordWrap, m_sentence);
}

} // namespace vernier::ui
