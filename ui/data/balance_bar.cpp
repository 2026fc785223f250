#include "ui/data/balance_bar.h"

#include "ui/base/format.h"
#include "ui/base/theme.h"

#include <QHelpEvent>
#include <QPainter>
#include <QPainterPath>
#include <QToolTip>

namespace vernier::ui {

BalanceBar::BalanceBar(QWidget* parent) : QWidget(parent)
{
    setFixedSize(sizeHint());
    setAccessibleName(tr("Balance of the classes"));
}

void BalanceBar::setDataset(const SnapshotPtr& dataset)
{
    m_counts.clear();
    m_names.clear();
    m_total = 0;
    if (dataset) {
        m_counts.resize(dataset->classes.size());
        for (const ImageEntry& image : dataset->images) {
            if (image.split == Split::LeftOut)
                continue;
            ++m_counts[static_cast<std::size_t>(image.label)];
            ++m_total;
        }
        for (const std::string& name : dataset->classes)
            m_names << QString::fromStdString(name);
    }
    QStringList parts;
    for (qsizetype i = 0; i < m_names.size(); ++i) {
        parts << QStringLiteral("%1 %2").arg(
            m_names[i], format::count(m_counts[static_cast<std::size_t>(i)]));
    }
    setAccessibleDescription(parts.join(QStringLiteral(", ")));
    update();
}

void BalanceBar::paintEvent(QPaintEvent*)
{
    if (m_total == 0)
        return;
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    QPainterPath outline;
    outline.addRoundedRect(QRectF(rect()), height() / 2.0, height() / 2.0);
    painter.setClipPath(outline);
    double x = 0;
    for (std::size_t i = 0; i < m_counts.size(); ++i) {
        const double share = static_cast<double>(m_counts[i]) / static_cast<double>(m_total);
        const double right = x + share * width();
        // A gap, so that neighbours are told apart without their colours too.
        painter.fillRect(QRectF(x, 0, std::max(0.0, right - x - 1), height()),
            theme::classColor(static_cast<int>(i)));
        x = right;
    }
}

bool BalanceBar::event(QEvent* event)
{
    if (event->type() != QEvent::ToolTip || m_total == 0)
        return QWidget::event(event);
    const auto* help = static_cast<QHelpEvent*>(event);
    double x = 0;
    for (std::size_t i = 0; i < m_counts.size(); ++i) {
        const double share = static_cast<double>(m_counts[i]) / static_cast<double>(m_total);
        x += share * width();
        if (help->pos().x() <= x) {
            QToolTip::showText(help->globalPos(),
                QStringLiteral("%1: %2, %3")
                    .arg(m_names[static_cast<qsizetype>(i)],
                        format::plural(m_counts[i], tr("picture"), tr("pictures")),
                        format::percent(share)),
                this);
            break;
        }
    }
    return true;
}

} // namespace vernier::ui
