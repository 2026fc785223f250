#pragma once

#include "core/prediction/predictor.h"
#include "ui/pictures/picture_index.h"

#include <QAbstractTableModel>
#include <QCollator>
#include <QStringList>

#include <deque>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <vector>

namespace vernier::ui {

/// Which predictions are shown. Nothing chosen: all.
struct PredictionFilter {
    std::set<ClassIndex> classes; ///< most probable class is one of these
    bool unreadable = false; ///< those that could not be read, too
    double atLeast = 0; ///< probability of the most probable class, 0..1
    bool operator==(const PredictionFilter&) const = default;
};

/// Predictions as rows, filtered and sorted here: a proxy would announce each of ten thousand rows
/// that a filter hides by itself. Rows that come while it is sorted go to their places.
class PredictionModel : public QAbstractTableModel {
    Q_OBJECT
public:
    enum Column { Thumbnail, File, Class, Probability, Second, Third, ColumnCount };
    enum Role {
        // gallery_roles.h begins at UserRole + 1
        FolderRole = Qt::UserRole + 16, ///< QString
        ReasonRole, ///< QString, why it could not be read; empty where it could
        ClassRole, ///< ClassIndex of the column's class; invalid where there is none
        ShareRole, ///< double, its probability
        VerdictRole ///< QString, whether the most probable class is right; empty: not known
    };
    static constexpr int kTop = 3;

    explicit PredictionModel(QObject* parent = nullptr);

    /// Starts anew.
    void setClasses(const QStringList& classes);
    const QStringList& classes() const { return m_classes; }
    void append(std::span<const Prediction> predictions);
    void clear();

    /// The dataset that is open, and the same before anybody edited it: its pictures can be mended.
    void setOpen(const SnapshotPtr& open, const SnapshotPtr& found);

    /// What a person says of it; nothing: what the dataset or the folder says counts again.
    void say(int row, std::optional<bool> right);
    std::optional<bool> said(int row) const { return entry(row).said; }
    /// Of the pictures whose class is known: that of the open dataset, or else a folder that is
    /// named like one of the model's classes, or what a person says.
    qint64 judged() const { return m_judged; }
    qint64 right() const { return m_right; }

    void setFilter(const PredictionFilter& filter);
    const PredictionFilter& filter() const { return m_filter; }
    /// Column -1: in the order in which they came. Unreadable ones are last either way.
    void sort(int column, Qt::SortOrder order = Qt::AscendingOrder) override;

    qint64 total() const { return static_cast<qint64>(m_entries.size()); }
    qint64 countOf(ClassIndex label) const { return m_counts[static_cast<std::size_t>(label)]; }
    qint64 unreadable() const { return m_unreadable; }
    const Prediction& prediction(int row) const { return entry(row).prediction; }

    /// The rows that are shown, in their order, as RFC 4180.
    std::string csv(CsvText how = CsvText::Guarded) const;
    /// The given rows with a heading, for the clipboard: cells parted by tabs.
    QString text(const QList<int>& rows) const;

    int rowCount(const QModelIndex& parent = {}) const override;
    int columnCount(const QModelIndex& parent = {}) const override;
    QVariant data(const QModelIndex& index, int role = Qt::DisplayRole) const override;
    QVariant headerData(
        int section, Qt::Orientation orientation, int role = Qt::DisplayRole) const override;

private:
    struct Entry {
        Prediction prediction;
        QString path;
        QString name;
        QString folder;
        QString reason;
        QCollatorSortKey key; ///< of the name
        std::vector<ClassIndex> top;
        std::optional<std::size_t> image; ///< of the open dataset
        QString truth; ///< its class, where dataset or folder tell it
        std::optional<bool> said; ///< by a person: the most probable class is right
        std::optional<bool> right;
    };

    const Entry& entry(int row) const { return m_entries[m_shown[static_cast<std::size_t>(row)]]; }
    void judge(Entry& entry);
    QString verdict(const Entry& entry) const;
    bool passes(const Entry& entry) const;
    bool before(std::size_t left, std::size_t right) const;
    void rebuild();
    void insert(std::vector<std::size_t> arrived);

    QStringList m_classes;
    PictureIndex m_open;
    SnapshotPtr m_found;
    std::deque<Entry> m_entries; ///< in the order in which they came; never moved in memory
    std::vector<std::size_t> m_shown; ///< row -> position in m_entries
    std::vector<qint64> m_counts; ///< a class
    qint64 m_unreadable = 0;
    qint64 m_judged = 0;
    qint64 m_right = 0;
    PredictionFilter m_filter;
    int m_sortColumn = -1;
    Qt::SortOrder m_sortOrder = Qt::AscendingOrder;
    QCollator m_collator;
};

} // namespace vernier::ui
