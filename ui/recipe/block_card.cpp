#include "ui/recipe/block_card.h"

#include "ui/base/format.h"
#include "ui/base/theme.h"

#include <QPainter>

namespace vernier::ui {

namespace {
constexpr int kMargin = 12;
constexpr int kNameWidth = 116;
constexpr int kShapeWidth = 108;
constexpr int kCountWidth = 84;
} // namespace

BlockCard::BlockCard(QWidget* parent) : QWidget(parent)
{
    setAttribute(Qt::WA_TransparentForMouseEvents);
    setFocusPolicy(Qt::NoFocus);
    hide();
}

void BlockCard::setBlock(const OutlineBlock& block, int row)
{
    m_title = blockTitle(block.name);
    const std::ptrdiff_t training = block.trainingLayers();
    if (training > 0 && (!block.trains || block.apart > 0))
        m_state = tr("%1 of %2 layers train").arg(training).arg(block.layersWithWeights());
    else if (block.trains)
        m_state = tr("trains at %1").arg(format::rate(block.rate));
    else
        m_state = block.belowCut ? tr("frozen, below the cut") : tr("frozen, above the cut");
    m_lines.clear();
    for (const SummaryRow& line : block.rows)
        m_lines.append({ layerName(line.layer), shapeText(line.output),
            line.parameters > 0 ? format::count(line.parameters) : QStringLiteral("–") });
    m_lines.append({ tr("parameters"), {}, format::count(block.parameters) });
    m_row = row;
    resize(sizeHint());
    update();
}

int BlockCard::lineHeight() const { return fontMetrics().height() + 4; }

QSize BlockCard::sizeHint() const
{
    return { 2 * kMargin + kNameWidth + kShapeWidth + kCountWidth,
        2 * kMargin + lineHeight() * int(m_lines.size() + 1) + 12 };
}

void BlockCard::paintEvent(QPaintEvent*)
{
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setPen(theme::line());
    painter.setBrush(theme::surface());
    painter.drawRoundedRect(
        QRectF(rect()).adjusted(0.5, 0.5, -0.5, -0.5), theme::kRadius, theme::kRadius);

    const int height = lineHeight();
    int y = kMargin;
    const QRect inside = rect().adjusted(kMargin, 0, -kMargin, 0);
    QFont bold = font();
    bold.setWeight(QFont::DemiBold);
    painter.setFont(bold);
    painter.setPen(theme::text());
    painter.drawText(
        QRect(inside.left(), y, inside.width(), height), Qt::AlignLeft | Qt::AlignVCenter, m_title);
    painter.setFont(font());
    painter.setPen(theme::mutedText());
    painter.drawText(QRect(inside.left(), y, inside.width(), height),
        Qt::AlignRight | Qt::AlignVCenter, m_state);
    y += height + 4;

    const QFont digits = theme::tabular(font());
    for (int i = 0; i < m_lines.size(); ++i) {
        const Line& line = m_lines.at(i);
        const bool total = i + 1 == m_lines.size();
        if (total) {
            painter.setPen(theme::line());
            painter.drawLine(QLineF(inside.left(), y + 3.5, inside.right(), y + 3.5));
            y += 7;
        }
        if (i == m_row) {
            painter.setPen(Qt::NoPen);
            painter.setBrush(theme::hover());
            painter.drawRoundedRect(QRectF(inside.left() - 6, y, inside.width() + 12, height),
                theme::kRadius, theme::kRadius);
        }
        painter.setFont(font());
        painter.setPen(total ? theme::mutedText() : theme::text());
        QRect cell(inside.left(), y, kNameWidth, height);
        painter.drawText(cell, Qt::AlignLeft | Qt::AlignVCenter, line.name);
        painter.setFont(digits);
        painter.setPen(theme::mutedText());
        cell = QRect(inside.left() + kNameWidth, y, kShapeWidth, height);
        painter.drawText(cell, Qt::AlignRight | Qt::AlignVCenter, line.shape);
        painter.setPen(theme::text());
        cell = QRect(inside.right() - kCountWidth, y, kCountWidth, height);
        painter.drawText(cell, Qt::AlignRight | Qt::AlignVCenter, line.parameters);
        y += height;
    }
}

} // namespace vernier::ui
