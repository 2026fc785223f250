#pragma once

#include "core/evaluation/metrics.h"
#include "ui/inspect/confusion_model.h"
#include "ui/pictures/picture_index.h"

#include <QAbstractListModel>

#include <memory>
#include <optional>
#include <vector>

namespace vernier::ui {

enum class GalleryOrder {
    Confidence, ///< wrong ones first, then the surest answers first
    Loss, ///< the dearest first
    Name ///< of the file
};

/// Which scored pictures the gallery shows.
struct GalleryFilter {
    ConfusionTarget target;
    bool wrongOnly = true;
    bool operator==(const GalleryFilter&) const = default;
};

/// The scored pictures behind the selection, for a GalleryView.
class ScoredGalleryModel : public QAbstractListModel {
    Q_OBJECT
public:
    using QAbstractListModel::QAbstractListModel;

    /// `found`: the same pictures before anybody edited them, where that is known.
    void setEvaluation(
        std::shared_ptr<const Evaluation> evaluation, SnapshotPtr dataset, SnapshotPtr found = {});
    /// The dataset that is open, where the evaluation's is another one: of a run, with the labels
    /// of then.
    void setOpen(const SnapshotPtr& open, const SnapshotPtr& found);
    void setFilter(const GalleryFilter& filter);
    const GalleryFilter& filter() const { return m_filter; }
    void setOrder(GalleryOrder order);

    const ScoredImage& scored(int row) const;
    /// -1: not shown.
    int rowOf(std::size_t image) const;

    int rowCount(const QModelIndex& parent = {}) const override;
    QVariant data(const QModelIndex& index, int role = Qt::DisplayRole) const override;

private:
    void rebuild();
    void sortByName();
    std::optional<std::size_t> openImage(std::size_t image) const;
    QVariant mend(std::size_t openImage) const;

    std::shared_ptr<const Evaluation> m_evaluation;
    SnapshotPtr m_dataset;
    SnapshotPtr m_found; ///< of the open dataset
    std::optional<PictureIndex> m_open; ///< none: the dataset is the one that is open
    QStringList m_classNames;
    GalleryFilter m_filter;
    GalleryOrder m_order = GalleryOrder::Confidence;
    std::vector<std::size_t> m_rows; ///< positions in Evaluation::images
};

} // namespace vernier::ui
