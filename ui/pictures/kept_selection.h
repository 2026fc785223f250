#pragma once

#include <QString>

#include <map>
#include <optional>

class QAbstractItemView;
class QModelIndex;

namespace vernier::ui {

/// Of an item of a gallery: its picture's place in the dataset; nothing: it is of none.
std::optional<std::size_t> imageOf(const QModelIndex& index);

/// Which pictures of a gallery are selected, while its model is reset.
class KeptSelection {
public:
    KeptSelection() = default; ///< none
    explicit KeptSelection(const QAbstractItemView& view);
    /// Selects those that are still there; others of the same number are other pictures.
    void restore(QAbstractItemView& view) const;

private:
    std::map<std::size_t, QString> m_selected; ///< each with its path
    std::optional<std::size_t> m_current;
    QString m_currentPath;
};

} // namespace vernier::ui
