#pragma once

#include "core/evaluation/metrics.h"

#include <QAbstractTableModel>
#include <QStringList>

#include <vector>

namespace vernier::ui {

/// Count, precision, recall and F1 of each class. A figure that does not exist is a dash.
class ClassTableModel : public QAbstractTableModel {
    Q_OBJECT
public:
    enum Column { Name, Count, Precision, Recall, F1, ColumnCount };
    enum Role {
        ClassRole = Qt::UserRole + 1 ///< ClassIndex; kValueRole comes before it
    };

    using QAbstractTableModel::QAbstractTableModel;
    void setEvaluation(const Evaluation& evaluation);

    int rowCount(const QModelIndex& parent = {}) const override;
    int columnCount(const QModelIndex& parent = {}) const override;
    QVariant data(const QModelIndex& index, int role = Qt::DisplayRole) const override;
    QVariant headerData(
        int section, Qt::Orientation orientation, int role = Qt::DisplayRole) const override;

private:
    QVariant value(int row, int column) const;

    QStringList m_classes;
    std::vector<ClassMetrics> m_metrics;
};

} // namespace vernier::ui
