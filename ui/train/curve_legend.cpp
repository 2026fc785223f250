#include "ui/train/curve_legend.h"

#include "ui/base/theme.h"

#include <QPainter>

#include <cmath>

namespace vernier::ui {

namespace {
constexpr int kSampleWidth = 24;
constexpr int kGap = 6;
constexpr int kBetween = 18;
} // namespace

CurveLegend::CurveLegend(QWidget* parent) : QWidget(parent)
{
    QSizePolicy policy(QSizePolicy::Maximum, QSizePolicy::Preferred);
    policy.setHeightForWidth(true);
    setSizePolicy(policy);
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
    double width = -kBetween;
    for (const Entry& entry : entries())
        width += widthOf(entry) + kBetween;
    return { int(std::ceil(width)), lineHeight() };
}

QSize CurveLegend::minimumSizeHint() const
{
    int width = sizeHint().width() / 2;
    while (places(width).back().y() > lineHeight())
        ++width;
    return { width, lineHeight() };
}

int CurveLegend::heightForWidth(int width) const
{
    return int(places(width).back().y()) + lineHeight();
}

double CurveLegend::widthOf(const Entry& entry) const
{
    return kSampleWidth + kGap + fontMetrics().horizontalAdvance(entry.text) + 2;
}

int CurveLegend::lineHeight() const { return fontMetrics().height() + 4; }

QList<QPointF> CurveLegend::places(int width) const
{
    QList<QPointF> result;
    QPointF next;
    for (const Entry& entry : entries()) {
        if (next.x() > 0 && next.x() + widthOf(entry) > width)
            next = QPointF(0, next.y() + lineHeight());
        result << next;
        next.rx() += widthOf(entry) + kBetween;
    }
    return result;
}

void CurveLegend::paintEvent(QPaintEvent*)
{
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    const QList<Entry> all = entries();
    const QList<QPointF> at = places(width());
    for (qsizetype i = 0; i < all.size(); ++i) {
        const Entry& entry = all.at(i);
        const double x = at.at(i).x();
        const double y = at.at(i).y() + lineHeight() / 2.0;
        const QPointF middle(x + kSampleWidth / 2.0, y);
        const QLineF line(x + 2, y, x + kSampleWidth - 2, y);
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
            painter.setPen(QPen(theme::withinEpoch(), 1));
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
        painter.drawText(QRectF(x + kSampleWidth + kGap, at.at(i).y(),
                             widthOf(entry) - kSampleWidth - kGap, lineHeight()),
            Qt::AlignLeft | Qt::AlignVCenter, entry.text);
    }
}

} // namespace vernier::ui
