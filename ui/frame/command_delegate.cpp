#include "ui/frame/command_delegate.h"

#include "ui/base/theme.h"
#include "ui/frame/command_list.h"

#include <QGuiApplication>
#include <QPainter>
#include <QPalette>

namespace vernier::ui {

void CommandDelegate::paint(
    QPainter* painter, const QStyleOptionViewItem& option, const QModelIndex& index) const
{
    const QString keys = index.data(CommandList::KeysRole).toString();
    const QString detail = index.data(CommandList::DetailRole).toString();
    const bool usable = index.data(CommandList::UsableRole).toBool();

    painter->save();
    painter->setRenderHint(QPainter::Antialiasing);
    painter->setFont(option.font);
    const bool lit = option.state.testFlag(QStyle::State_Selected);
    if (lit || option.state.testFlag(QStyle::State_MouseOver)) {
        QColor fill = lit ? theme::accent() : theme::hover();
        if (lit)
            fill.setAlphaF(0.12F);
        painter->setPen(Qt::NoPen);
        painter->setBrush(fill);
        painter->drawRoundedRect(option.rect, theme::kRadius, theme::kRadius);
    }
    const QFontMetrics metrics(option.font);
    QRect room = option.rect.adjusted(theme::kGrid, 0, -theme::kGrid, 0);
    const int keysRoom = metrics.horizontalAdvance(keys) + 2 * theme::kGrid;
    const QString title
        = metrics.elidedText(index.data().toString(), Qt::ElideMiddle, room.width() - keysRoom);

    // Not the option's palette: the style sheet gives a list one colour in every state.
    const QColor ink = usable
        ? theme::text()
        : QGuiApplication::palette().color(QPalette::Disabled, QPalette::Text);
    painter->setPen(ink);
    painter->drawText(room, Qt::AlignVCenter | Qt::AlignLeft, title);
    room.setLeft(room.left() + metrics.horizontalAdvance(title) + 2 * theme::kGrid);

    painter->setPen(ink);
    painter->drawText(room, Qt::AlignVCenter | Qt::AlignRight, keys);
    room.setRight(room.right() - keysRoom);

    painter->setPen(theme::mutedText());
    painter->drawText(room, Qt::AlignVCenter | Qt::AlignLeft,
        metrics.elidedText(detail, Qt::ElideRight, room.width()));
    painter->restore();
}

QSize CommandDelegate::sizeHint(const QStyleOptionViewItem& option, const QModelIndex&) const
{
    return { 0, QFontMetrics(option.font).height() + 2 * theme::kGrid - 2 };
}

} // namespace vernier::ui
