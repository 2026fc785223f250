#pragma once

#include <QStyledItemDelegate>

namespace vernier::ui {

/// Paints a row of a CommandList: what it is called, what it does or why it cannot be used, and at
/// the right its keys.
class CommandDelegate : public QStyledItemDelegate {
    Q_OBJECT
public:
    using QStyledItemDelegate::QStyledItemDelegate;
    void paint(QPainter* painter, const QStyleOptionViewItem& option,
        const QModelIndex& index) const override;
    QSize sizeHint(const QStyleOptionViewItem& option, const QModelIndex& index) const override;
};

} // namespace vernier::ui
