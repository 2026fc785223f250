#include "ui/inspect/class_table_delegate.h"

#include "ui/base/theme.h"
#include "ui/inspect/class_table_model.h"
#include "ui/pictures/class_dot.h"

#include <QPainter>

namespace vernier::ui {
namespace {

constexpr int kPadding = theme::kGrid;
constexpr int kGap = 6; ///< between dot and name

} // namespace

void ClassTableDelegate::paint(
    QPainter* painter, const QStyleOptionViewItem& option, const QModelIndex& index) const
{
    painter->save();
    if (option.state.testFlag(QStyle::State_Selected))
        painter->fillRect(option.rect, theme::hover());
    QRect cell = option.rect.adjusted(kPadding, 0, -kPadding, 0);
    QFont font = option.font;
    Qt::Alignment side = Qt::AlignLeft;
    if (index.column() == ClassTableModel::Name) {
        const auto label = index.data(ClassTableModel::ClassRole).toInt();
        paintClassDot(
            *painter, QPointF(cell.left() + kClassDot / 2.0, cell.center().y() + 0.5), label);
        cell.adjust(kClassDot + kGap, 0, 0, 0);
    } else {
        font = theme::tabular(font);
        side = Qt::AlignRight;
    }
    painter->setFont(font);
    painter->setPen(theme::text());
    painter->drawText(cell, side | Qt::AlignVCenter,
        QFontMetrics(font).elidedText(index.data().toString(), Qt::ElideRight, cell.width()));
    painter->restore();
}

QSize ClassTableDelegate::sizeHint(
    const QStyleOptionViewItem& option, const QModelIndex& index) const
{
    const QFontMetrics metrics(theme::tabular(option.font));
    return { metrics.horizontalAdvance(index.data().toString()) + 2 * kPadding + kClassDot + kGap,
        metrics.height() + theme::kGrid };
}

} // namespace vernier::ui
