#pragma once

#include <QSortFilterProxyModel>

namespace vernier::ui {

/// What a table's model gives for sorting; invalid where a cell shows a dash.
inline constexpr int kValueRole = Qt::UserRole;

/// Sorts by kValueRole; dashes stay last in both directions.
class ValueSorter : public QSortFilterProxyModel {
    Q_OBJECT
public:
    using QSortFilterProxyModel::QSortFilterProxyModel;

protected:
    bool lessThan(const QModelIndex& left, const QModelIndex& right) const override;
};

} // namespace vernier::ui
