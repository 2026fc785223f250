#pragma once

#include "core/evaluation/metrics.h"

#include <QAbstractTableModel>
#include <QStringList>

#include <optional>
#include <vector>

namespace vernier::ui {

/// What a person picked in the matrix: a cell has both, a row only `truth`, a column only
/// `predicted`, and all pictures neither.
struct ConfusionTarget {
    std::optional<ClassIndex> truth;
    std::optional<ClassIndex> predicted;
    bool operator==(const ConfusionTarget&) const = default;
};

enum class ClassOrder { Name, Count, Errors };

/// The confusion matrix: rows are true classes, columns predicted ones, both in the same order.
class ConfusionModel : public QAbstractTableModel {
    Q_OBJECT
public:
    enum Role {
        CountRole = Qt::UserRole, ///< qint64
        ShareRole, ///< double, of the row's pictures; 0 for a row without pictures
        DiagonalRole, ///< bool
        ClassRole ///< ClassIndex of a header section
    };

    using QAbstractTableModel::QAbstractTableModel;

    void setEvaluation(const Evaluation& evaluation);
    void setOrder(ClassOrder order);
    ClassOrder order() const { return m_order; }
    /// Shows only classes whose name contains `text`, and those that are taken for them or they
    /// for.
    void setSearch(const QString& text);

    /// Of all classes, whether they are shown or not.
    int classCount() const { return static_cast<int>(m_classes.size()); }
    const QStringList& classes() const { return m_classes; }
    ClassIndex classAt(int section) const;
    /// -1: not shown.
    int sectionOf(ClassIndex label) const;
    /// The largest count in any cell, for the width of cells.
    qint64 largestCount() const;
    /// One sentence on a cell: "12 of 70 pictures of bees (17.1 %) were taken for ants."
    QString sentence(int row, int column) const;

    int rowCount(const QModelIndex& parent = {}) const override;
    int columnCount(const QModelIndex& parent = {}) const override;
    QVariant data(const QModelIndex& index, int role = Qt::DisplayRole) const override;
    QVariant headerData(
        int section, Qt::Orientation orientation, int role = Qt::DisplayRole) const override;

private:
    void rebuild();
    qint64 count(int row, int column) const;
    double share(int row, int column) const;

    QStringList m_classes;
    std::vector<std::vector<std::int64_t>> m_counts; ///< [true][predicted]
    std::vector<std::int64_t> m_rowTotals;
    std::vector<ClassIndex> m_shown; ///< section -> class
    ClassOrder m_order = ClassOrder::Name;
    QString m_search;
};

} // namespace vernier::ui
