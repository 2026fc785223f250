#pragma once

#include "core/dataset/snapshot.h"
#include "core/evaluation/metrics.h"

#include <QAbstractListModel>
#include <QSet>
#include <QStringList>

#include <optional>
#include <vector>

namespace vernier::ui {

/// The pictures of a dataset that a filter lets through, class after class, for a GalleryView.
class DatasetModel : public QAbstractListModel {
    Q_OBJECT
public:
    explicit DatasetModel(QObject* parent = nullptr);

    void setDataset(SnapshotPtr dataset);
    const SnapshotPtr& dataset() const { return m_dataset; }
    /// Empty sets let everything through.
    void setFilter(const QSet<ClassIndex>& classes, const QSet<Split>& splits);

    std::size_t imageAt(int row) const { return m_rows[static_cast<std::size_t>(row)]; }
    /// -1 where the filter hides it.
    int rowOf(std::size_t image) const;

    int rowCount(const QModelIndex& parent = {}) const override;
    QVariant data(const QModelIndex& index, int role) const override;

private:
    void fill();

    SnapshotPtr m_dataset;
    QStringList m_classNames; ///< views ask for them once a row
    QSet<ClassIndex> m_classes;
    QSet<Split> m_splits;
    std::vector<std::size_t> m_rows;
};

} // namespace vernier::ui
