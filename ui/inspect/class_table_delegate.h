#pragma once

#include <QStyledItemDelegate>

namespace vernier::ui {

/// Paints the cells of a ClassTableModel so that figures stand under the titles of their columns.
class ClassTableDelegate : public QStyledItemDelegate {
    Q_OBJECT
public:
    using QStyledItemDelegate::QStyledItemDelegate;
    void paint(QPainter* painter, const QStyleOptionViewItem& option,
        const QModelIndex& index) const override;
    QSize sizeHint(const QStyleOptionViewItem& option, const QModelIndex& index) const override;
};

} // namespace vernier::ui
