#pragma once

#include <QString>
#include <QVariant>

class QTableView;

namespace vernier::ui {

/// A table that is read by rows: they are selected whole, are `rowHeight` pixels high, and have
/// neither numbers nor lines between them.
void setUpRows(QTableView& table, int rowHeight);

/// What stands above a column, and the sentence that explains it.
struct ColumnHeader {
    QString text;
    QString tip;
};
/// For a model's headerData().
QVariant headerValue(const ColumnHeader& header, int role, Qt::Alignment side = Qt::AlignLeft);

} // namespace vernier::ui
