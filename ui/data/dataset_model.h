#pragma once

#include "core/dataset/snapshot.h"
#include "core/evaluation/metrics.h"

#include <QAbstractListModel>
#include <QSet>
#include <QStringList>

#include <memory>
#include <unordered_map>
#include <vector>

namespace vernier::ui {

/// Which pictures are shown. Nothing chosen: all.
struct DatasetFilter {
    QSet<ClassIndex> classes;
    QSet<Split> splits;
    bool mended = false; ///< only those that a person changed or found right
    QString name {}; ///< in that of the file; with a slash, in its path below the folder
    bool operator==(const DatasetFilter&) const = default;
};

/// The pictures of a dataset that a filter lets through, class after class, for a GalleryView.
class DatasetModel : public QAbstractListModel {
    Q_OBJECT
public:
    explicit DatasetModel(QObject* parent = nullptr);

    /// `found`: the same pictures before anybody edited them, where that is known.
    void setDataset(SnapshotPtr dataset, SnapshotPtr found = {});
    const SnapshotPtr& dataset() const { return m_dataset; }
    void setFilter(const DatasetFilter& filter);
    /// What a run's network says of some of them; null: nothing is known.
    void setEvaluation(std::shared_ptr<const Evaluation> evaluation);
    qint64 mended() const; ///< pictures, whatever the filter

    std::size_t imageAt(int row) const { return m_rows[static_cast<std::size_t>(row)]; }
    /// -1 where the filter hides it.
    int rowOf(std::size_t image) const;

    int rowCount(const QModelIndex& parent = {}) const override;
    QVariant data(const QModelIndex& index, int role) const override;

private:
    void fill();
    const ScoredImage* scored(std::size_t image) const;

    SnapshotPtr m_dataset;
    SnapshotPtr m_found;
    QStringList m_classNames; ///< views ask for them once a row
    DatasetFilter m_filter;
    std::shared_ptr<const Evaluation> m_evaluation;
    QStringList m_predictedNames;
    std::unordered_map<std::size_t, const ScoredImage*> m_scored;
    std::vector<std::size_t> m_rows;
};

} // namespace vernier::ui
