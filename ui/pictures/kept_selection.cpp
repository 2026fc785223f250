#include "ui/pictures/kept_selection.h"

#include "ui/pictures/gallery_roles.h"

#include <QAbstractItemView>

namespace vernier::ui {
namespace {

QString pathOf(const QModelIndex& index) { return index.data(PathRole).toString(); }

} // namespace

std::optional<std::size_t> imageOf(const QModelIndex& index)
{
    const QVariant image = index.data(ImageRole);
    return image.isValid() ? std::optional<std::size_t>(image.toULongLong()) : std::nullopt;
}

KeptSelection::KeptSelection(const QAbstractItemView& view)
{
    const QItemSelectionModel& selection = *view.selectionModel();
    m_current = imageOf(selection.currentIndex());
    m_currentPath = pathOf(selection.currentIndex());
    for (const QItemSelectionRange& range : selection.selection()) {
        for (int row = range.top(); row <= range.bottom(); ++row) {
            const QModelIndex index = view.model()->index(row, 0);
            if (const auto image = imageOf(index))
                m_selected.emplace(*image, pathOf(index));
        }
    }
}

void KeptSelection::restore(QAbstractItemView& view) const
{
    if (!m_current && m_selected.empty())
        return;
    const QAbstractItemModel& model = *view.model();
    QItemSelection selection;
    QModelIndex current;
    for (int row = 0; row < model.rowCount(); ++row) {
        const QModelIndex index = model.index(row, 0);
        const auto image = imageOf(index);
        const auto wanted = image ? m_selected.find(*image) : m_selected.end();
        if (wanted != m_selected.end() && pathOf(index) == wanted->second)
            selection.append(QItemSelectionRange(index, model.index(row, model.columnCount() - 1)));
        if (image && image == m_current && pathOf(index) == m_currentPath)
            current = index;
    }
    view.selectionModel()->select(selection, QItemSelectionModel::ClearAndSelect);
    view.selectionModel()->setCurrentIndex(current, QItemSelectionModel::NoUpdate);
}

} // namespace vernier::ui
