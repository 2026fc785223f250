#include "ui/train/curve_view.h"

#include "ui/base/theme.h"
#include "ui/base/tick_step.h"

#include <QChart>
#include <QEvent>
#include <QGraphicsLayout>
#include <QLineSeries>
#include <QResizeEvent>
#include <QValueAxis>

#include <cmath>

namespace vernier::ui {

namespace {
constexpr int kLeft = 56; // room for "100 %"
constexpr int kRight = 20;
constexpr int kTop = 10;
constexpr int kBottom = 10;
constexpr int kBottomWithEpochs = 44;
constexpr int kMostPointsWithDots = 60;
} // namespace

CurveView::CurveView(Unit unit, bool showsEpochs, QWidget* parent)
    : QChartView(parent)
    , m_unit(unit)
    , m_showsEpochs(showsEpochs)
    , m_train(new QLineSeries)
    , m_validation(new QLineSeries)
    , m_x(new QValueAxis)
    , m_y(new QValueAxis)
{
    setFrameShape(QFrame::NoFrame);
    setRenderHint(QPainter::Antialiasing);
    setFocusPolicy(Qt::NoFocus);
    viewport()->setFocusPolicy(Qt::NoFocus);
    setAttribute(Qt::WA_TransparentForMouseEvents);
    setMinimumHeight(120);
    QChart* const chart = this->chart();
    chart->legend()->hide();
    chart->setBackgroundVisible(false);
    chart->setMargins({});
    chart->layout()->setContentsMargins(0, 0, 0, 0);
    for (QLineSeries* series : { m_train, m_validation })
        chart->addSeries(series);
    chart->addAxis(m_x, Qt::AlignBottom);
    chart->addAxis(m_y, Qt::AlignLeft);
    for (QLineSeries* series : { m_train, m_validation }) {
        series->attachAxis(m_x);
        series->attachAxis(m_y);
    }
    for (QValueAxis* axis : { m_x, m_y }) {
        axis->setTickType(QValueAxis::TicksDynamic);
        axis->setTickAnchor(0);
        axis->setLineVisible(false);
    }
    m_x->setGridLineVisible(false);
    m_x->setLabelFormat(QStringLiteral("%d"));
    m_x->setLabelsVisible(showsEpochs);
    if (showsEpochs)
        m_x->setTitleText(tr("Epoch"));
    setRange({ 0, 10 }, { 0, 1 });
    restyle();
}

void CurveView::setLines(const Curves::Lines& lines)
{
    m_running = lines.running;
    viewport()->update();
    m_train->replace(lines.train);
    m_validation->replace(lines.validation);
    const bool dots = lines.train.size() <= kMostPointsWithDots;
    m_train->setPointsVisible(dots);
    m_validation->setPointsVisible(dots);
}

void CurveView::setRange(Bounds x, Bounds y)
{
    if (x == xRange() && y == yRange() && m_x->tickInterval() > 0)
        return;
    m_x->setTickInterval(tickStep(x.high - x.low, 12, 1));
    m_x->setRange(x.low, x.high);
    const double step = tickStep(y.high - y.low, height() > 220 ? 6 : 5);
    m_y->setTickInterval(step);
    m_y->setLabelFormat(
        tickFormat(step) + (m_unit == Unit::Percent ? QStringLiteral(" %%") : QString()));
    m_y->setRange(y.low, y.high);
    viewport()->update();
}

Bounds CurveView::xRange() const { return { m_x->min(), m_x->max() }; }
Bounds CurveView::yRange() const { return { m_y->min(), m_y->max() }; }
int CurveView::pointCount() const { return int(m_train->count()); }

QRectF CurveView::plot() const { return chart()->plotArea(); }

QPointF CurveView::positionOf(const QPointF& value) const
{
    const QRectF area = plot();
    const Bounds x = xRange();
    const Bounds y = yRange();
    return { area.left() + (value.x() - x.low) / (x.high - x.low) * area.width(),
        area.bottom() - (value.y() - y.low) / (y.high - y.low) * area.height() };
}

double CurveView::xAt(double position) const
{
    const Bounds x = xRange();
    return x.low + (position - plot().left()) / plot().width() * (x.high - x.low);
}

double CurveView::yAt(double position) const
{
    const Bounds y = yRange();
    return y.low + (plot().bottom() - position) / plot().height() * (y.high - y.low);
}

void CurveView::resizeEvent(QResizeEvent* event)
{
    QChartView::resizeEvent(event);
    placePlot();
}

void CurveView::placePlot()
{
    // Fixed margins keep the two charts' axes in one line, whatever their labels say.
    const QRectF area(kLeft, kTop, width() - kLeft - kRight,
        height() - kTop - (m_showsEpochs ? kBottomWithEpochs : kBottom));
    if (area.width() <= 0 || area.height() <= 0)
        return;
    chart()->setPlotArea(area);
    // The series follow a plot area at once, the axes only when the chart is laid out again.
    chart()->layout()->invalidate();
    chart()->layout()->activate();
}

void CurveView::showEvent(QShowEvent* event)
{
    QChartView::showEvent(event);
    placePlot();
}

void CurveView::changeEvent(QEvent* event)
{
    QChartView::changeEvent(event);
    if (event->type() == QEvent::PaletteChange)
        restyle();
}

void CurveView::drawBackground(QPainter* painter, const QRectF& rect)
{
    QChartView::drawBackground(painter, rect);
    painter->save();
    painter->setClipRect(plot(), Qt::IntersectClip);
    for (const QList<QPointF>& line : m_running) {
        QPolygonF shown;
        for (const QPointF& point : line)
            shown << positionOf(point);
        painter->setPen(QPen(theme::withinEpoch(), 1));
        painter->drawPolyline(shown);
        // One alone would not be seen as a line.
        painter->setPen(QPen(theme::withinEpoch(), 2, Qt::SolidLine, Qt::RoundCap));
        if (shown.size() == 1)
            painter->drawPoint(shown.front());
    }
    painter->restore();
}

void CurveView::restyle()
{
    setBackgroundBrush(theme::surface());
    QPen train(theme::accent(), 2, Qt::SolidLine, Qt::RoundCap, Qt::RoundJoin);
    m_train->setPen(train);
    m_train->setMarkerSize(3);
    QPen validation(theme::validation(), 2, Qt::CustomDashLine, Qt::RoundCap, Qt::RoundJoin);
    validation.setDashPattern({ 3, 2.5 });
    m_validation->setPen(validation);
    m_validation->setMarkerSize(3);
    const QFont small = theme::tabular(theme::caption(font()));
    for (QValueAxis* axis : { m_x, m_y }) {
        axis->setLabelsFont(small);
        axis->setLabelsColor(theme::mutedText());
        axis->setGridLineColor(theme::line());
        axis->setTitleFont(small);
        axis->setTitleBrush(theme::mutedText());
    }
}

} // namespace vernier::ui
