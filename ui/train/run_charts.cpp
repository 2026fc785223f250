#include "ui/train/run_charts.h"

#include "ui/base/format.h"
#include "ui/base/theme.h"
#include "ui/session/run_history.h"
#include "ui/session/session.h"
#include "ui/train/curve_legend.h"
#include "ui/train/curve_overlay.h"
#include "ui/train/curve_view.h"

#include <QKeyEvent>
#include <QMouseEvent>
#include <QPainter>
#include <QVBoxLayout>

#include <algorithm>
#include <cmath>
#include <utility>

namespace vernier::ui {

namespace {
constexpr double kNarrowestZoom = 2; // epochs
constexpr double kDeepestZoom = 64; // times, upwards

Bounds scaled(Bounds bounds, double about, double factor, Bounds limits)
{
    Bounds result { about - (about - bounds.low) * factor, about + (bounds.high - about) * factor };
    return { std::max(result.low, limits.low), std::min(result.high, limits.high) };
}

/// Moved by `by`, as far as the limits allow, its width kept.
Bounds shifted(Bounds bounds, double by, Bounds limits)
{
    by = std::clamp(by, limits.low - bounds.low, limits.high - bounds.high);
    return { bounds.low + by, bounds.high + by };
}
} // namespace

RunCharts::RunCharts(QWidget* parent)
    : QWidget(parent)
    , m_accuracy(new CurveView(CurveView::Unit::Percent, false, this))
    , m_loss(new CurveView(CurveView::Unit::Number, true, this))
    , m_overlay(new CurveOverlay(*this, this))
{
    setMouseTracking(true);
    setFocusPolicy(Qt::StrongFocus);
    setAccessibleName(tr("Accuracy and loss over the epochs"));
    setToolTip(tr("Wheel or + and - zoom, dragging moves, a double click or 0 shows everything; "
                  "arrow keys go from epoch to epoch."));
    setToolTipDuration(4000);
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(20, CurveOverlay::kLabelStrip, 0, 0);
    column->setSpacing(0);
    column->addWidget(m_accuracy, 11);
    column->addWidget(m_loss, 10);
    m_overlay->raise();
    showRange();
}

void RunCharts::setHistory(const RunHistory& history)
{
    m_curves = curvesOf(history);
    m_values.clear();
    for (const EpochDone& epoch : history.epochs) {
        Values values;
        values.epoch = epoch.epoch;
        values.trainAccuracy = epoch.trainAccuracy;
        values.trainLoss = epoch.trainLoss;
        values.validationAccuracy = epoch.validationAccuracy;
        values.validationLoss = epoch.validationLoss;
        values.seconds = epoch.seconds;
        m_values << values;
    }
    m_accuracy->setLines(m_curves.accuracy);
    m_loss->setLines(m_curves.loss);
    if (!valuesOf(m_hovered))
        m_hovered = 0;
    if (m_values.isEmpty() && m_zoom)
        setZoom({});
    showRange();
    if (m_values.isEmpty()) {
        setAccessibleDescription(tr("No epoch is done yet"));
        return;
    }
    const Values& last = m_values.back();
    setAccessibleDescription(
        tr("Epoch %1: training %2, validation %3")
            .arg(format::count(last.epoch), format::percent(last.trainAccuracy),
                last.validationAccuracy ? format::percent(*last.validationAccuracy) : tr("none")));
}

RunCharts::Zoom RunCharts::whole() const
{
    // A little air, so that dots on the edge are whole.
    constexpr double kAir = 0.02;
    Bounds accuracy = accuracyBounds(m_curves);
    accuracy.high += kAir * (accuracy.high - accuracy.low);
    Bounds loss = lossBounds(m_curves);
    loss.low -= kAir * loss.high;
    return { { 0, m_curves.end * (1 + kAir / 2) }, accuracy, loss };
}

void RunCharts::showRange()
{
    const Zoom shown = m_zoom.value_or(whole());
    m_accuracy->setRange(shown.x, shown.accuracy);
    m_loss->setRange(shown.x, shown.loss);
    m_overlay->update();
}

void RunCharts::setZoom(std::optional<Zoom> zoom)
{
    const bool changed = zoom.has_value() != m_zoom.has_value();
    m_zoom = zoom;
    showRange();
    if (changed)
        Q_EMIT zoomChanged(m_zoom.has_value());
}

void RunCharts::resetZoom() { setZoom({}); }

void RunCharts::zoomAbout(const QPointF& position, double factor)
{
    if (m_accuracy->plot().isEmpty() || m_loss->plot().isEmpty())
        return;
    const Zoom all = whole();
    Zoom zoom = m_zoom.value_or(all);
    const double width = zoom.x.high - zoom.x.low;
    const double widest = all.x.high - all.x.low;
    const double narrowest = std::min(kNarrowestZoom, widest);
    if (factor > 1 && width * factor >= widest) {
        setZoom({});
        return;
    }
    const double xFactor = std::max(factor, narrowest / width);
    zoom.x = scaled(zoom.x, m_accuracy->xAt(position.x() - m_accuracy->x()), xFactor, all.x);
    // Only the chart under the pointer is stretched upwards; the axis in epochs is one for both.
    CurveView* const view = viewAt(position);
    Bounds& y = view == m_accuracy ? zoom.accuracy : zoom.loss;
    const Bounds limits = view == m_accuracy ? all.accuracy : all.loss;
    const double deepest = (limits.high - limits.low) / kDeepestZoom;
    const double yFactor = std::max(factor, deepest / (y.high - y.low));
    y = scaled(y, view->yAt(position.y() - view->y()), yFactor, limits);
    setZoom(zoom);
}

CurveView* RunCharts::viewAt(const QPointF& position) const
{
    return position.y() < m_loss->y() ? m_accuracy : m_loss;
}

const RunCharts::Values* RunCharts::valuesOf(int epoch) const
{
    const auto found = std::find_if(m_values.begin(), m_values.end(),
        [epoch](const Values& values) { return values.epoch == epoch; });
    return found == m_values.end() ? nullptr : &*found;
}

void RunCharts::setHovered(int epoch)
{
    if (epoch == m_hovered)
        return;
    m_hovered = epoch;
    m_overlay->update();
}

QList<int> RunCharts::phaseLines() const
{
    QList<int> lines;
    for (const Curves::PhaseMark& phase : m_curves.phases) {
        if (phase.from > 0)
            lines << m_accuracy->x() + int(m_accuracy->positionOf({ phase.from, 0 }).x());
    }
    return lines;
}

QString RunCharts::phaseWords() const
{
    QStringList words;
    for (const Curves::PhaseMark& phase : m_curves.phases) {
        const QString text = tr("Phase %1: %2").arg(phase.number).arg(phase.text);
        words << QString(text).replace(QLatin1Char(' '), QChar::Nbsp);
    }
    return words.join(QStringLiteral(" · "));
}

QPixmap RunCharts::picture()
{
    constexpr int kScale = 2;
    constexpr int kMargin = 2 * theme::kGrid;
    CurveLegend legend;
    legend.setTestShown(m_curves.test.has_value());
    const int room = width() - 2 * kMargin;
    const int legendWidth = std::min(room, legend.sizeHint().width());
    legend.resize(legendWidth, legend.heightForWidth(legendWidth));
    const int top = kMargin + legend.height() + theme::kGrid;

    const bool hasPhases = m_curves.phases.size() > 1;
    const QFont small = theme::caption(font());
    constexpr int kWrapped = Qt::AlignHCenter | Qt::AlignTop | Qt::TextWordWrap;
    QRect words(kMargin, top + height() + theme::kGrid, room, 0);
    if (hasPhases)
        words.setHeight(QFontMetrics(small).boundingRect(words, kWrapped, phaseWords()).height());
    const int whole = hasPhases ? words.bottom() + 1 + kMargin : top + height();

    QPixmap pixmap(QSize(width(), whole) * kScale);
    pixmap.setDevicePixelRatio(kScale);
    pixmap.fill(theme::surface());
    legend.render(&pixmap, { width() - kMargin - legendWidth, kMargin }, {}, QWidget::DrawChildren);
    const int hovered = std::exchange(m_hovered, 0);
    render(&pixmap, { 0, top }, {}, QWidget::DrawChildren);
    m_hovered = hovered;
    if (hasPhases) {
        QPainter painter(&pixmap);
        painter.setFont(small);
        painter.setPen(theme::mutedText());
        painter.drawText(words, kWrapped, phaseWords());
    }
    return pixmap;
}

void RunCharts::resizeEvent(QResizeEvent*)
{
    m_overlay->setGeometry(rect());
    showRange();
}

void RunCharts::mouseMoveEvent(QMouseEvent* event)
{
    const QPointF position = event->position();
    if (m_dragFrom && m_zoom) {
        const Zoom all = whole();
        Zoom zoom = *m_zoom;
        CurveView* const view = viewAt(*m_dragFrom);
        const double dx = m_accuracy->xAt(m_dragFrom->x()) - m_accuracy->xAt(position.x());
        const double dy = view->yAt(m_dragFrom->y()) - view->yAt(position.y());
        zoom.x = shifted(zoom.x, dx, all.x);
        Bounds& y = view == m_accuracy ? zoom.accuracy : zoom.loss;
        y = shifted(y, dy, view == m_accuracy ? all.accuracy : all.loss);
        m_dragFrom = position;
        setZoom(zoom);
        return;
    }
    const QRectF plots = m_accuracy->plot().translated(m_accuracy->pos())
        | m_loss->plot().translated(m_loss->pos());
    const Values* nearest = nullptr;
    if (plots.adjusted(-10, 0, 10, 0).contains(position)) {
        const double x = m_accuracy->xAt(position.x() - m_accuracy->x());
        for (const Values& values : m_values) {
            if (!nearest || std::abs(values.epoch - x) < std::abs(nearest->epoch - x))
                nearest = &values;
        }
    }
    setHovered(nearest ? nearest->epoch : 0);
}

void RunCharts::mousePressEvent(QMouseEvent* event)
{
    if (event->button() != Qt::LeftButton)
        return;
    m_dragFrom = event->position();
    if (m_zoom)
        setCursor(Qt::ClosedHandCursor);
}

void RunCharts::mouseReleaseEvent(QMouseEvent*)
{
    m_dragFrom.reset();
    unsetCursor();
}

void RunCharts::mouseDoubleClickEvent(QMouseEvent*) { resetZoom(); }

void RunCharts::wheelEvent(QWheelEvent* event)
{
    if (event->angleDelta().y() == 0 || m_values.isEmpty()) {
        event->ignore();
        return;
    }
    constexpr double kPerNotch = 0.8;
    zoomAbout(event->position(), std::pow(kPerNotch, event->angleDelta().y() / 120.0));
    event->accept();
}

void RunCharts::keyPressEvent(QKeyEvent* event)
{
    const QPointF middle = m_accuracy->plot().translated(m_accuracy->pos()).center();
    const int last = m_values.isEmpty() ? 0 : m_values.back().epoch;
    switch (event->key()) {
    case Qt::Key_Plus:
    case Qt::Key_Equal:
        zoomAbout(middle, 0.8);
        return;
    case Qt::Key_Minus:
        zoomAbout(middle, 1.25);
        return;
    case Qt::Key_0:
        resetZoom();
        return;
    case Qt::Key_Left:
        setHovered(m_hovered > 0 ? std::max(m_hovered - 1, 1) : last);
        return;
    case Qt::Key_Right:
        setHovered(m_hovered > 0 ? std::min(m_hovered + 1, last) : std::min(1, last));
        return;
    default:
        QWidget::keyPressEvent(event);
    }
}

void RunCharts::leaveEvent(QEvent*) { setHovered(0); }

} // namespace vernier::ui
