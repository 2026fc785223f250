#pragma once

#include "core/runs/run_list.h"
#include "ui/base/value_sorter.h"

#include <QAbstractTableModel>
#include <QStringList>

#include <vector>

namespace vernier::ui {

/// The runs of a folder as a table. Name and note are edited in place; a tick before the name puts
/// a run's curves into the chart.
class RunsModel : public QAbstractTableModel {
    Q_OBJECT
public:
    enum Column { Name, Accuracy, Curve, Difference, Note, Duration, Computed, Started, Columns };
    enum Role {
        CurveRole = kValueRole + 1, ///< QList<QPointF>: validation accuracy, both axes 0..1
        BestRole, ///< QPointF: the best epoch's point of that curve; invalid where there is none
        ProblemRole ///< QString: why it cannot be read; empty otherwise
    };
    /// As many runs as there are colours to tell apart.
    static constexpr int kMostTicked = 8;

    using QAbstractTableModel::QAbstractTableModel;

    /// Ticks stay with their runs. Nothing is reset while the same runs are listed.
    void setRuns(std::vector<RunSummary> runs);
    const RunSummary& run(int row) const { return m_runs[static_cast<std::size_t>(row)]; }
    int rowOf(const std::filesystem::path& folder) const; ///< -1: not listed

    struct Ticked {
        int row = 0;
        int color = 0; ///< index into theme::classColor
    };
    std::vector<Ticked> ticked() const; ///< in the order in which they were ticked

    int rowCount(const QModelIndex& parent = {}) const override;
    int columnCount(const QModelIndex& parent = {}) const override;
    QVariant data(const QModelIndex& index, int role = Qt::DisplayRole) const override;
    bool setData(const QModelIndex& index, const QVariant& value, int role) override;
    Qt::ItemFlags flags(const QModelIndex& index) const override;
    QVariant headerData(
        int section, Qt::Orientation orientation, int role = Qt::DisplayRole) const override;

Q_SIGNALS:
    /// Somebody has written a name or a note; whoever keeps them answers with setRuns().
    void notesEdited(const QString& folder, const vernier::RunNotes& notes);
    void ticksChanged();

private:
    QString text(const RunSummary& run, int column) const;
    QVariant value(const RunSummary& run, int column) const;
    QString tip(const RunSummary& run, int column) const;
    QString nameTip(const RunSummary& run) const;
    QPointF pointOf(const RunSummary& run, const EpochDone& epoch) const;
    QList<QPointF> curve(const RunSummary& run) const;
    QVariant bestPoint(const RunSummary& run) const;
    bool tick(int row, bool on);
    int colorOf(const std::filesystem::path& folder) const; ///< -1: not ticked

    struct Tick {
        std::filesystem::path folder;
        int color = 0;
    };
    std::vector<RunSummary> m_runs;
    std::vector<Tick> m_ticks;
    double m_lowest = 0; ///< accuracy at the bottom of every small curve
};

/// Sorts, and keeps the runs that have every word of a search somewhere in their row.
class RunsFilter : public ValueSorter {
    Q_OBJECT
public:
    using ValueSorter::ValueSorter;
    void setSearch(const QString& search);

protected:
    bool filterAcceptsRow(int row, const QModelIndex& parent) const override;

private:
    QStringList m_words;
};

} // namespace vernier::ui
