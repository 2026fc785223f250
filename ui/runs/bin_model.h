#pragma once

#include "core/runs/run_bin.h"

#include <QAbstractTableModel>

#include <vector>

namespace vernier::ui {

/// The runs in the bin as a table.
class BinModel : public QAbstractTableModel {
    Q_OBJECT
public:
    enum Column { Name, Deleted, Accuracy, Size, Columns };

    using QAbstractTableModel::QAbstractTableModel;

    void setRuns(std::vector<BinnedRun> runs);
    const BinnedRun& run(int row) const { return m_runs[static_cast<std::size_t>(row)]; }

    int rowCount(const QModelIndex& parent = {}) const override;
    int columnCount(const QModelIndex& parent = {}) const override;
    QVariant data(const QModelIndex& index, int role = Qt::DisplayRole) const override;
    QVariant headerData(
        int section, Qt::Orientation orientation, int role = Qt::DisplayRole) const override;

private:
    std::vector<BinnedRun> m_runs;
};

} // namespace vernier::ui
