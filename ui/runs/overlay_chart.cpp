#include "ui/runs/overlay_chart.h"

#include "ui/base/theme.h"
#include "ui/base/tick_step.h"

#include <QChart>
#include <QEvent>
#include <QLineSeries>
#include <QValueAxis>

#include <algorithm>
#include <cmath>

namespace vernier::ui {
namespace {

constexpr int kMostPointsWithDots = 60;

} // namespace

OverlayChart::OverlayChart(QWidget* parent)
    : QChartView(parent), m_x(new QValueAxis), m_y(new QValueAxis)
{
    setFrameShape(QFrame::NoFrame);
    setRenderHint(QPainter::Antialiasing);
    setFocusPolicy(Qt::NoFocus);
    viewport()->setFocusPolicy(Qt::NoFocus);
    setMinimumHeight(140);
    QChart* const chart = this->chart();
    chart->legend()->hide();
    chart->setBackgroundVisible(false);
    chart->setMargins({ 0, theme::kGrid, theme::kGrid, 0 });
    chart->addAxis(m_x, Qt::AlignBottom);
    chart->addAxis(m_y, Qt::AlignLeft);
    for (QValueAxis* axis : { m_x, m_y }) {
        axis->setTickType(QValueAxis::TicksDynamic);
        axis->setTickAnchor(0);
        axis->setLineVisible(false);
    }
    m_x->setGridLineVisible(false);
    m_x->setLabelFormat(QStringLiteral("%d"));
    m_x->setTitleText(tr("Epoch"));
    restyle();
    rebuild();
}

void OverlayChart::setRuns(std::vector<Run> runs)
{
    m_runs = std::move(runs);
    rebuild();
}

void OverlayChart::setFigure(Figure figure)
{
    m_figure = figure;
    rebuild();
}

int OverlayChart::lineCount() const { return int(chart()->series().size()); }

void OverlayChart::addLine(const QList<QPointF>& points, const Run& run, bool dashed)
{
    if (points.isEmpty())
        return;
    auto* line = new QLineSeries;
    line->setName(run.name);
    line->replace(points);
    QPen pen(
        run.color, 2, dashed ? Qt::CustomDashLine : Qt::SolidLine, Qt::RoundCap, Qt::RoundJoin);
    if (dashed)
        pen.setDashPattern({ 3, 2.5 });
    line->setPen(pen);
    line->setMarkerSize(3);
    line->setPointsVisible(points.size() <= kMostPointsWithDots);
    chart()->addSeries(line);
    line->attachAxis(m_x);
    line->attachAxis(m_y);
}

void OverlayChart::rebuild()
{
    chart()->removeAllSeries();
    double end = 1;
    Bounds y = m_figure == Figure::Accuracy ? Bounds { 100, 100 } : Bounds { 0, 0 };
    QStringList told;
    for (const Run& run : m_runs) {
        const bool accuracy = m_figure == Figure::Accuracy;
        const Curves::Lines& lines = accuracy ? run.curves.accuracy : run.curves.loss;
        addLine(lines.train, run, false);
        addLine(lines.validation, run, true);
        const Bounds own = accuracy ? accuracyBounds(run.curves) : lossBounds(run.curves);
        y = { std::min(y.low, own.low), std::max(y.high, own.high) };
        end = std::max(end, run.curves.end);
        told << run.name;
    }
    if (y.high <= y.low)
        y = m_figure == Figure::Accuracy ? Bounds { 0, 100 } : Bounds { 0, 1 };
    m_x->setTickInterval(tickStep(end, 12, 1));
    m_x->setRange(0, end);
    const double step = tickStep(y.high - y.low, 5);
    m_y->setTickInterval(step);
    m_y->setLabelFormat(
        tickFormat(step) + (m_figure == Figure::Accuracy ? QStringLiteral(" %%") : QString()));
    m_y->setRange(y.low, y.high);
    setAccessibleName(m_figure == Figure::Accuracy ? tr("Accuracy of the ticked runs")
                                                   : tr("Loss of the ticked runs"));
    setAccessibleDescription(told.join(QStringLiteral(", ")));
}

void OverlayChart::changeEvent(QEvent* event)
{
    QChartView::changeEvent(event);
    if (event->type() == QEvent::PaletteChange)
        restyle();
}

void OverlayChart::restyle()
{
    setBackgroundBrush(theme::surface());
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
