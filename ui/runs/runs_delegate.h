#pragma once

#include <QStyledItemDelegate>

namespace vernier::ui {

/// Paints the small curves of a RunsModel; all else is painted as ever.
class RunsDelegate : public QStyledItemDelegate {
    Q_OBJECT
public:
    static constexpr int kRow = 32; ///< px, of a line of the table

    using QStyledItemDelegate::QStyledItemDelegate;
    void paint(QPainter* painter, const QStyleOptionViewItem& option,
        const QModelIndex& index) const override;

protected:
    void initStyleOption(QStyleOptionViewItem* option, const QModelIndex& index) const override;
};

} // namespace vernier::ui
