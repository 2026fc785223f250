#include "ui/recipe/rate_chart.h"

#include "core/recipe/recipe_bounds.h"
#include "ui/base/format.h"
#include "ui/base/theme.h"
#include "ui/base/tick_step.h"
#include "ui/recipe/rate_edit.h"

#include <QChart>
#include <QEvent>
#include <QGraphicsLayout>
#include <QLineSeries>
#include <QMouseEvent>
#include <QPainter>
#include <QValueAxis>

#include <algorithm>
#include <cmath>

namespace vernier::ui {

namespace {
constexpr int kLeft = 56;
constexpr int kRight = 20;
constexpr int kTop = 28; // room for the words over a line
constexpr int kBottom = 44;

double toTwoDigits(double value) { return QString::number(value, 'g', 2).toDouble(); }
} // namespace

RateChart::RateChart(QWidget* parent)
    : QChartView(parent)
    , m_losses(new QLineSeries)
    , m_smoothed(new QLineSeries)
    , m_x(new QValueAxis)
    , m_y(new QValueAxis)
{
    setFrameShape(QFrame::NoFrame);
    setRenderHint(QPainter::Antialiasing);
    setFocusPolicy(Qt::NoFocus);
    viewport()->setFocusPolicy(Qt::NoFocus);
    setMouseTracking(true);
    setMinimumHeight(240);
    setAccessibleName(tr("Loss at each learning rate"));
    QChart* const chart = this->chart();
    chart->legend()->hide();
    chart->setBackgroundVisible(false);
    chart->setMargins({});
    chart->layout()->setContentsMargins(0, 0, 0, 0);
    chart->addAxis(m_x, Qt::AlignBottom);
    chart->addAxis(m_y, Qt::AlignLeft);
    for (QLineSeries* series : { m_losses, m_smoothed }) {
        chart->addSeries(series);
        series->attachAxis(m_x);
        series->attachAxis(m_y);
    }
    m_x->setTickType(QValueAxis::TicksDynamic);
    m_x->setTickInterval(1);
    // Powers of ten are written by hand.
    m_x->setLabelsVisible(false);
    m_y->setTickType(QValueAxis::TicksDynamic);
    m_y->setTickAnchor(0);
    for (QValueAxis* axis : { m_x, m_y })
        axis->setLineVisible(false);
    setSweep({});
    restyle();
}

void RateChart::setSweep(const RateSweep& sweep)
{
    m_suggestion = sweep.suggestion;
    m_hovered.reset();
    QList<QPointF> losses;
    QList<QPointF> smoothed;
    double top = 0;
    // What comes after the lowest point runs out of the chart: the way down is what matters.
    const auto lowest = std::min_element(sweep.points.begin(), sweep.points.end(),
        [](const RatePoint& a, const RatePoint& b) { return a.smoothed < b.smoothed; });
    for (auto point = sweep.points.begin(); point != sweep.points.end(); ++point) {
        const double x = std::log10(point->rate);
        losses << QPointF(x, point->loss);
        smoothed << QPointF(x, point->smoothed);
        if (point <= lowest)
            top = std::max({ top, point->smoothed, std::min(point->loss, 2 * point->smoothed) });
    }
    m_losses->replace(losses);
    m_smoothed->replace(smoothed);
    m_x->setRange(smoothed.isEmpty() ? -7 : smoothed.first().x(),
        smoothed.size() < 2 ? 1 : smoothed.last().x());
    const double high = top > 0 ? 1.2 * top : 1;
    const double step = tickStep(high, 5);
    m_y->setTickInterval(step);
    m_y->setLabelFormat(tickFormat(step));
    m_y->setRange(0, std::ceil(high / step) * step);
    viewport()->update();
}

QRectF RateChart::plot() const { return chart()->plotArea(); }

double RateChart::xOf(double rate) const
{
    return plot().left()
        + (std::log10(rate) - m_x->min()) / (m_x->max() - m_x->min()) * plot().width();
}

double RateChart::rateAt(double x) const
{
    const double decades
        = m_x->min() + (x - plot().left()) / plot().width() * (m_x->max() - m_x->min());
    return std::min(
        toTwoDigits(std::pow(10, std::clamp(decades, m_x->min(), m_x->max()))), kLargestRate);
}

void RateChart::paintLine(
    QPainter& painter, double rate, const QColor& colour, const QString& words) const
{
    const double x = xOf(rate);
    painter.setPen(QPen(colour, 1.5));
    painter.drawLine(QPointF(x, plot().top()), QPointF(x, plot().bottom()));
    const double width = painter.fontMetrics().horizontalAdvance(words) + 8;
    const double left = std::clamp(x - width / 2, 0.0, std::max(0.0, this->width() - width));
    painter.drawText(QRectF(left, 4, width, kTop - 6), Qt::AlignCenter, words);
}

void RateChart::drawForeground(QPainter* painter, const QRectF&)
{
    if (m_smoothed->count() == 0)
        return;
    painter->save();
    painter->setFont(theme::tabular(theme::caption(font())));
    painter->setPen(theme::mutedText());
    for (int decade = int(std::ceil(m_x->min() - 1e-6)); decade <= m_x->max() + 1e-6; ++decade) {
        const double x = xOf(std::pow(10, decade));
        painter->drawText(QRectF(x - 30, plot().bottom() + 4, 60, 16), Qt::AlignCenter,
            format::rate(std::pow(10, decade)));
    }
    painter->drawText(QRectF(plot().left(), plot().bottom() + 22, plot().width(), 18),
        Qt::AlignCenter, tr("Learning rate of the head"));
    if (m_suggestion && !m_hovered)
        paintLine(*painter, *m_suggestion, theme::test(),
            tr("suggestion %1").arg(format::rate(*m_suggestion)));
    else if (m_suggestion)
        paintLine(*painter, *m_suggestion, theme::test(), {});
    if (m_hovered)
        paintLine(*painter, *m_hovered, theme::text(), format::rate(*m_hovered));
    painter->restore();
}

void RateChart::mouseMoveEvent(QMouseEvent* event)
{
    const bool inside = m_smoothed->count() > 0 && plot().contains(event->position());
    m_hovered = inside ? std::optional(rateAt(event->position().x())) : std::nullopt;
    setCursor(inside ? Qt::PointingHandCursor : Qt::ArrowCursor);
    viewport()->update();
}

void RateChart::mousePressEvent(QMouseEvent* event)
{
    if (event->button() == Qt::LeftButton && m_smoothed->count() > 0
        && plot().contains(event->position()))
        Q_EMIT rateChosen(rateAt(event->position().x()));
}

void RateChart::leaveEvent(QEvent* event)
{
    QChartView::leaveEvent(event);
    m_hovered.reset();
    viewport()->update();
}

void RateChart::resizeEvent(QResizeEvent* event)
{
    QChartView::resizeEvent(event);
    placePlot();
}

void RateChart::showEvent(QShowEvent* event)
{
    QChartView::showEvent(event);
    placePlot();
}

void RateChart::placePlot()
{
    const QRectF area(kLeft, kTop, width() - kLeft - kRight, height() - kTop - kBottom);
    if (area.width() <= 0 || area.height() <= 0)
        return;
    chart()->setPlotArea(area);
    // The series follow a plot area at once, the axes only when the chart is laid out again.
    chart()->layout()->invalidate();
    chart()->layout()->activate();
}

void RateChart::changeEvent(QEvent* event)
{
    QChartView::changeEvent(event);
    if (event->type() == QEvent::PaletteChange)
        restyle();
}

void RateChart::restyle()
{
    setBackgroundBrush(theme::surface());
    QColor faint = theme::accent();
    faint.setAlphaF(0.35F);
    m_losses->setPen(QPen(faint, 1));
    m_smoothed->setPen(QPen(theme::accent(), 2, Qt::SolidLine, Qt::RoundCap, Qt::RoundJoin));
    const QFont small = theme::tabular(theme::caption(font()));
    for (QValueAxis* axis : { m_x, m_y }) {
        axis->setLabelsFont(small);
        axis->setLabelsColor(theme::mutedText());
        axis->setGridLineColor(theme::line());
    }
}

} // namespace vernier::ui
