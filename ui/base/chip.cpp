#include "ui/base/chip.h"

#include "ui/base/format.h"
#include "ui/base/icon.h"
#include "ui/base/theme.h"

#include <QPainter>

namespace vernier::ui {
namespace {

constexpr int kHeight = 28;
constexpr int kPadding = 12;
constexpr int kGap = 6;
constexpr int kDot = 10;
constexpr int kIcon = 14;

} // namespace

Chip::Chip(const QString& text, QWidget* parent) : QAbstractButton(parent)
{
    setText(text);
    setCheckable(true);
    setFocusPolicy(Qt::StrongFocus);
    setCursor(Qt::PointingHandCursor);
    setAttribute(Qt::WA_Hover);
    setSizePolicy(QSizePolicy::Fixed, QSizePolicy::Fixed);
    setAccessibleName(text);
}

void Chip::setCount(qint64 count)
{
    m_count = count;
    setAccessibleName(count < 0 ? text() : text() + QStringLiteral(", ") + format::count(count));
    updateGeometry();
    update();
}

void Chip::setDot(const QColor& color)
{
    m_dot = color;
    updateGeometry();
    update();
}

void Chip::setIconName(const QString& name)
{
    m_iconName = name;
    updateGeometry();
    update();
}

QSize Chip::sizeHint() const
{
    const QFontMetrics metrics(font());
    int width = 2 * kPadding + metrics.horizontalAdvance(text());
    if (m_dot.isValid())
        width += kDot + kGap;
    if (!m_iconName.isEmpty())
        width += kIcon + kGap;
    if (m_count >= 0)
        width += kGap
            + QFontMetrics(theme::tabular(font())).horizontalAdvance(format::count(m_count));
    return { width, qMax(kHeight, metrics.height() + 8) };
}

void Chip::paintEvent(QPaintEvent*)
{
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    const QRectF frame = QRectF(rect()).adjusted(0.5, 0.5, -0.5, -0.5);
    const QColor ink = isChecked() ? theme::accent() : theme::text();
    QColor fill = underMouse() || isDown() ? theme::hover() : theme::surface();
    if (isChecked()) {
        fill = theme::accent();
        fill.setAlphaF(isDown() ? 0.24F : 0.14F);
    }
    painter.setOpacity(isEnabled() ? 1 : 0.5);
    painter.setPen(
        QPen(isChecked() || hasFocus() ? theme::accent() : theme::line(), hasFocus() ? 2 : 1));
    painter.setBrush(fill);
    painter.drawRoundedRect(frame, frame.height() / 2, frame.height() / 2);

    int x = kPadding;
    if (m_dot.isValid()) {
        painter.setPen(Qt::NoPen);
        painter.setBrush(m_dot);
        painter.drawEllipse(QRectF(x, (height() - kDot) / 2.0, kDot, kDot));
        x += kDot + kGap;
    }
    if (!m_iconName.isEmpty()) {
        paintIcon(painter, m_iconName, QRectF(x, (height() - kIcon) / 2.0, kIcon, kIcon), ink);
        x += kIcon + kGap;
    }
    painter.setPen(ink);
    const int textWidth = fontMetrics().horizontalAdvance(text());
    painter.drawText(
        QRect(x, 0, textWidth + 1, height()), Qt::AlignVCenter | Qt::AlignLeft, text());
    if (m_count >= 0) {
        x += textWidth + kGap;
        painter.setFont(theme::tabular(font()));
        painter.setPen(isChecked() ? ink : theme::mutedText());
        painter.drawText(QRect(x, 0, width() - x, height()), Qt::AlignVCenter | Qt::AlignLeft,
            format::count(m_count));
    }
}

} // namespace vernier::ui
