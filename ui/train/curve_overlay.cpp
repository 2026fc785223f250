#include "ui/train/curve_overlay.h"

#include "ui/base/format.h"
#include "ui/base/theme.h"
#include "ui/train/curve_view.h"
#include "ui/train/run_charts.h"

#include <QPainter>

namespace vernier::ui {

namespace {
constexpr int kBoxMargin = 10;
constexpr qsizetype kFewestLetters = 10;

QRectF inWidget(const CurveView& view) { return view.plot().translated(view.pos()); }
double xOf(const CurveView& view, double epoch)
{
    return view.positionOf({ epoch, 0 }).x() + view.x();
}
} // namespace

CurveOverlay::CurveOverlay(const RunCharts& charts, QWidget* parent)
    : QWidget(parent), m_charts(charts)
{
    setAttribute(Qt::WA_TransparentForMouseEvents);
    setFocusPolicy(Qt::NoFocus);
}

void CurveOverlay::paintEvent(QPaintEvent*)
{
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    paintTitles(painter);
    paintPhases(painter);
    paintMarks(painter);
    paintCrosshair(painter);
}

void CurveOverlay::paintTitles(QPainter& painter) const
{
    QFont bold = theme::caption(font());
    bold.setWeight(QFont::DemiBold);
    painter.setFont(bold);
    painter.setPen(theme::mutedText());
    const auto title = [&](const CurveView& view, const QString& text) {
        const QRectF plot = inWidget(view);
        painter.save();
        painter.translate(12, plot.center().y());
        painter.rotate(-90);
        painter.drawText(QRectF(-plot.height() / 2, -8, plot.height(), 16), Qt::AlignCenter, text);
        painter.restore();
    };
    title(*m_charts.m_accuracy, tr("Accuracy (%)"));
    title(*m_charts.m_loss, tr("Loss"));
}

void CurveOverlay::paintPhases(QPainter& painter) const
{
    const QRectF upper = inWidget(*m_charts.m_accuracy);
    const QRectF lower = inWidget(*m_charts.m_loss);
    painter.setFont(theme::caption(font()));
    const QFontMetricsF metrics(painter.font());
    for (const Curves::PhaseMark& phase : m_charts.m_curves.phases) {
        const double from = xOf(*m_charts.m_accuracy, phase.from);
        const double to = xOf(*m_charts.m_accuracy, phase.to);
        const double left = std::max(from, upper.left());
        const double right = std::min(to, upper.right());
        const bool startsHere = from >= upper.left() - 0.5 && from <= upper.right() + 0.5;
        if (startsHere && phase.from > 0) {
            painter.setPen(QPen(theme::mutedText(), 1, Qt::DotLine));
            const double x = std::round(from) + 0.5;
            painter.drawLine(QPointF(x, upper.top() - 20), QPointF(x, upper.bottom()));
            painter.drawLine(QPointF(x, lower.top()), QPointF(x, lower.bottom()));
        }
        painter.setPen(theme::mutedText());
        const QRectF room(left + 6, upper.top() - 24, right - left - 10, 18);
        // A word of it says little: then its number stands for it, as in the list of phases.
        QString text = metrics.elidedText(phase.text, Qt::ElideRight, room.width());
        if (text != phase.text && text.size() <= kFewestLetters)
            text = QString::number(phase.number);
        if (metrics.horizontalAdvance(text) <= room.width() + 4)
            painter.drawText(room, Qt::AlignLeft | Qt::AlignVCenter | Qt::TextDontClip, text);
    }
}

void CurveOverlay::paintMarks(QPainter& painter) const
{
    const CurveView& view = *m_charts.m_accuracy;
    const QRectF plot = inWidget(view).adjusted(-8, -8, 8, 8);
    const auto at = [&](const QPointF& value) { return view.positionOf(value) + view.pos(); };
    if (m_charts.m_curves.best && plot.contains(at(*m_charts.m_curves.best))) {
        painter.setPen(QPen(theme::validation(), 2));
        painter.setBrush(Qt::NoBrush);
        painter.drawEllipse(at(*m_charts.m_curves.best), 7, 7);
    }
    if (m_charts.m_curves.test && plot.contains(at(*m_charts.m_curves.test))) {
        const QPointF middle = at(*m_charts.m_curves.test);
        painter.setPen(QPen(theme::surface(), 1.5));
        painter.setBrush(theme::test());
        painter.drawPolygon(QPolygonF { { middle + QPointF(0, -6.5), middle + QPointF(6.5, 0),
            middle + QPointF(0, 6.5), middle + QPointF(-6.5, 0) } });
    }
}

void CurveOverlay::paintCrosshair(QPainter& painter) const
{
    const RunCharts::Values* values = m_charts.valuesOf(m_charts.m_hovered);
    if (!values)
        return;
    const CurveView& accuracy = *m_charts.m_accuracy;
    const CurveView& loss = *m_charts.m_loss;
    const QRectF upper = inWidget(accuracy);
    const QRectF lower = inWidget(loss);
    const double x = xOf(accuracy, values->epoch);
    if (x < upper.left() - 1 || x > upper.right() + 1)
        return;
    painter.setPen(QPen(theme::mutedText(), 1));
    painter.drawLine(QPointF(x, upper.top()), QPointF(x, lower.bottom()));
    const auto dot = [&](const CurveView& view, double y, const QColor& color) {
        const QPointF where = view.positionOf({ double(values->epoch), y }) + view.pos();
        if (!inWidget(view).adjusted(-1, -1, 1, 1).contains(where))
            return;
        painter.setPen(QPen(theme::surface(), 1.5));
        painter.setBrush(color);
        painter.drawEllipse(where, 4.5, 4.5);
    };
    dot(accuracy, values->trainAccuracy * 100, theme::accent());
    dot(loss, values->trainLoss, theme::accent());
    if (values->validationAccuracy)
        dot(accuracy, *values->validationAccuracy * 100, theme::validation());
    if (values->validationLoss)
        dot(loss, *values->validationLoss, theme::validation());

    const QString none = QStringLiteral("–");
    const auto number = [](double value) { return QString::number(value, 'f', 3); };
    struct Row {
        QString name;
        QString train;
        QString validation;
    };
    const QList<Row> rows {
        { {}, tr("train"), tr("validation") },
        { tr("Accuracy"), format::percent(values->trainAccuracy),
            values->validationAccuracy ? format::percent(*values->validationAccuracy) : none },
        { tr("Loss"), number(values->trainLoss),
            values->validationLoss ? number(*values->validationLoss) : none },
    };
    const QFont small = theme::tabular(theme::caption(font()));
    const QFontMetricsF metrics(small);
    const double line = metrics.height() + 3;
    const double nameWidth = metrics.horizontalAdvance(tr("Accuracy")) + 14;
    const double valueWidth = metrics.horizontalAdvance(tr("validation")) + 10;
    const double width = 2 * kBoxMargin + nameWidth + 2 * valueWidth;
    const double height = 2 * kBoxMargin + line * double(rows.size() + 1) - 2;
    double left = x + 12;
    if (left + width > upper.right())
        left = x - 12 - width;
    // Low in the accuracy chart: curves of a run that goes well are high in it.
    const QRectF box(left, std::max(upper.top() + 6, upper.bottom() - height - 8), width, height);
    painter.setPen(theme::line());
    painter.setBrush(theme::surface());
    painter.drawRoundedRect(box, theme::kRadius, theme::kRadius);
    QFont bold = small;
    bold.setWeight(QFont::DemiBold);
    painter.setFont(bold);
    painter.setPen(theme::text());
    QRectF row(box.left() + kBoxMargin, box.top() + kBoxMargin, width - 2 * kBoxMargin, line);
    painter.drawText(
        row, Qt::AlignLeft | Qt::AlignVCenter, tr("Epoch %1").arg(format::count(values->epoch)));
    painter.setFont(small);
    painter.setPen(theme::mutedText());
    painter.drawText(row, Qt::AlignRight | Qt::AlignVCenter, format::duration(values->seconds));
    for (const Row& cells : rows) {
        row.translate(0, line);
        const bool header = cells.name.isEmpty();
        painter.setPen(theme::mutedText());
        painter.drawText(row, Qt::AlignLeft | Qt::AlignVCenter, cells.name);
        painter.setPen(header ? theme::accent() : theme::text());
        painter.drawText(
            row.adjusted(0, 0, -valueWidth, 0), Qt::AlignRight | Qt::AlignVCenter, cells.train);
        painter.setPen(header ? theme::validation() : theme::text());
        painter.drawText(row, Qt::AlignRight | Qt::AlignVCenter, cells.validation);
    }
}

} // namespace vernier::ui
