#include "ui/base/table.h"

#include <QHeaderView>
#include <QTableView>

namespace vernier::ui {

void setUpRows(QTableView& table, int rowHeight)
{
    table.setShowGrid(false);
    table.setWordWrap(false);
    table.setTabKeyNavigation(false);
    table.setSelectionBehavior(QAbstractItemView::SelectRows);
    table.verticalHeader()->hide();
    // Fixed: asking ten thousand rows for their height would stall each change.
    table.verticalHeader()->setSectionResizeMode(QHeaderView::Fixed);
    table.verticalHeader()->setDefaultSectionSize(rowHeight);
    table.horizontalHeader()->setHighlightSections(false);
}

QVariant headerValue(const ColumnHeader& header, int role, Qt::Alignment side)
{
    switch (role) {
    case Qt::DisplayRole:
        return header.text;
    case Qt::ToolTipRole:
        return header.tip;
    case Qt::TextAlignmentRole:
        return QVariant::fromValue(Qt::AlignVCenter | side);
    default:
        return {};
    }
}

} // namespace vernier::ui
