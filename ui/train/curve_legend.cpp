#include "ui/train/curve_legend.h"

#include "ui/base/theme.h"

#include <QPainter>

namespace vernier::ui {

namespace {
constexpr int kSampleWidth = 24;
constexpr int kGap = 6;
constexpr int kBetween = 18;
} // namespace

CurveLegend::CurveLegend(QWidget* parent) : QWidget(parent)
{
    setSizePolicy(QSizePolicy::Fixed, QSizePolicy::Fixed);
    setFont(theme::caption(font()));
    setAccessibleName(
        tr("Legend: training solid blue, validation dashed orange, test a green mark"));
}

void CurveLegend::setTestShown(bool shown)
{
    if (shown == m_testShown)
        return;
    m_testShown = shown;
    updateGeometry();
    update();
}

QList<CurveLegend::Entry> CurveLegend::entries() const
{
    QList<Entry> list { { Sample::Solid, tr("Training") }, { Sample::Dashed, tr("Validation") },
        { Sample::Faint, tr("Within the epoch") }, { Sample::Ring, tr("Best epoch") } };
    if (m_testShown)
        list << Entry { Sample::Diamond, tr("Test") };
    return list;
}

QSize CurveLegend::sizeHint() const
{
    int width = -kBetween;
    for (const Entry& entry : entries())
        width += kSampleWidth + kGap + fontMetrics().horizontalAdvance(entry.text) + kBetween;
    return { width + 2, fontMetrics().height() + 4 };
}

void CurveLegend::paintEvent(QPaintEvent*)
{
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    double x = 0;
    const double y = height() / 2.0;
    for (const Entry& entry : entries()) {
        const QPointF middle(x + kSampleWidth / 2.0, y);
        const QLineF line(x + 2, y, x + kSampleWidth - 2, y);
        QColor faint = theme::accent();
        faint.setAlphaF(0.45F);
        painter.setBrush(Qt::NoBrush);
        switch (entry.sample) {
        case Sample::Solid:
            painter.setPen(QPen(theme::accent(), 2));
            painter.drawLine(line);
            break;
        case Sample::Dashed: {
            QPen pen(theme::validation(), 2, Qt::CustomDashLine);
            pen.setDashPattern({ 3, 2 });
            painter.setPen(pen);
            painter.drawLine(line);
            break;
        }
        case Sample::Faint:
            painter.setPen(QPen(faint, 1));
            painter.drawLine(line);
            break;
        case Sample::Ring:
            painter.setPen(QPen(theme::validation(), 2));
            painter.drawEllipse(middle, 5, 5);
            break;
        case Sample::Diamond:
            painter.setPen(Qt::NoPen);
            painter.setBrush(theme::test());
            painter.drawPolygon(QPolygonF { { middle + QPointF(0, -5.5), middle + QPointF(5.5, 0),
                middle + QPointF(0, 5.5), middle + QPointF(-5.5, 0) } });
            break;
        }
        painter.setPen(theme::mutedText());
        const double width = fontMetrics().horizontalAdvance(entry.text);
        painter.drawText(QRectF(x + kSampleWidth + kGap, 0, width + 2, height()),
            Qt::AlignLeft | Qt::AlignVCenter, entry.text);
        x += kSampleWidth + kGap + width + kBetween;
    }
}

} // namespace vernier::ui
