#include "ui/pictures/probability_bars.h"

#include "ui/base/format.h"
#include "ui/base/theme.h"
#include "ui/pictures/class_dot.h"

#include <QPaintEvent>
#include <QPainter>

#include <algorithm>
#include <numeric>

namespace vernier::ui {
namespace {

constexpr int kBar = 6;

} // namespace

void paintProbabilityBar(QPainter& painter, const QRectF& rect, double share, ClassIndex label)
{
    painter.save();
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setPen(Qt::NoPen);
    painter.setBrush(theme::disabledFill());
    const qreal radius = rect.height() / 2;
    painter.drawRoundedRect(rect, radius, radius);
    const qreal width = rect.width() * std::clamp(share, 0.0, 1.0);
    if (width > 0.5) {
        painter.setClipRect(QRectF(rect.left(), rect.top(), width, rect.height()));
        painter.setBrush(theme::classColor(label));
        painter.drawRoundedRect(rect, radius, radius);
    }
    painter.restore();
}

void ProbabilityBars::setProbabilities(const QStringList& classes,
    const std::vector<float>& probabilities, std::optional<ClassIndex> truth)
{
    m_classes = classes;
    m_probabilities = probabilities;
    m_probabilities.resize(static_cast<std::size_t>(classes.size()));
    m_truth = truth;
    m_order.resize(m_probabilities.size());
    std::iota(m_order.begin(), m_order.end(), 0);
    const auto probability
        = [this](ClassIndex label) { return m_probabilities[static_cast<std::size_t>(label)]; };
    std::stable_sort(m_order.begin(), m_order.end(),
        [&](ClassIndex a, ClassIndex b) { return probability(a) > probability(b); });

    QStringList spoken;
    for (const ClassIndex label : m_order)
        spoken.append(m_classes[label] + QLatin1Char(' ')
            + format::percent(static_cast<double>(probability(label))));
    setAccessibleName(tr("Probabilities"));
    setAccessibleDescription(spoken.join(QStringLiteral(", ")));
    updateGeometry();
    update();
}

int ProbabilityBars::rowHeight() const { return fontMetrics().height() + kBar + 2 * theme::kGrid; }

QSize ProbabilityBars::sizeHint() const
{
    return { 28 * theme::kGrid, qMax(1, static_cast<int>(m_order.size())) * rowHeight() };
}

QSize ProbabilityBars::minimumSizeHint() const
{
    return { 20 * theme::kGrid, sizeHint().height() };
}

void ProbabilityBars::paintEvent(QPaintEvent* event)
{
    QPainter painter(this);
    const QFont digits = theme::tabular(font());
    // Of thousands of classes, a scroll area shows a few.
    const int first = event->rect().top() / rowHeight();
    const int last
        = qMin(event->rect().bottom() / rowHeight() + 1, static_cast<int>(m_order.size()));
    int top = first * rowHeight();
    for (int row = first; row < last; ++row) {
        const ClassIndex label = m_order[static_cast<std::size_t>(row)];
        const double share = static_cast<double>(m_probabilities[static_cast<std::size_t>(label)]);
        const QRect line(0, top, width(), fontMetrics().height());
        const QString percent = format::percent(share);
        const int percentWidth = QFontMetrics(digits).horizontalAdvance(percent);
        const int left = kClassDot + theme::kGrid;
        const QString name
            = m_truth == label ? tr("%1  (true class)").arg(m_classes[label]) : m_classes[label];
        paintClassDot(painter, QPointF(kClassDot / 2.0, line.center().y() + 0.5), label);
        painter.setFont(font());
        painter.setPen(theme::text());
        painter.drawText(line.adjusted(left, 0, -percentWidth - theme::kGrid, 0),
            Qt::AlignVCenter | Qt::AlignLeft,
            fontMetrics().elidedText(
                name, Qt::ElideRight, width() - left - percentWidth - theme::kGrid));
        painter.setFont(digits);
        painter.drawText(line, Qt::AlignVCenter | Qt::AlignRight, percent);
        paintProbabilityBar(painter,
            QRectF(left, line.bottom() + 1 + theme::kGrid / 2.0, width() - left, kBar), share,
            label);
        top += rowHeight();
    }
}

} // namespace vernier::ui
