#pragma once

#include "core/dataset/snapshot.h"
#include "core/recipe/recipe.h"

#include <QAbstractTableModel>

#include <optional>
#include <vector>

namespace vernier::ui {

class Session;

/// Recipes in line: they are trained one after the other on the session's pictures. What fails is
/// passed over; what somebody stops holds the line up until it is told to go on. GUI thread.
class RunQueue : public QAbstractTableModel {
    Q_OBJECT
public:
    enum Column { Name, State, Accuracy, Columns };
    enum class Step { Waiting, Running, Done, Stopped, Failed };
    struct Wish {
        QString name;
        Recipe recipe;
    };

    explicit RunQueue(Session& session, QObject* parent = nullptr);

    bool hasPictures() const; ///< without them nothing can be put in line
    /// To the end of the line; the first is begun at once where nothing is being trained.
    void add(const std::vector<Wish>& wishes);
    void remove(int row); ///< not the one that runs
    /// Waiting ones only: one place to the front or the back; gives where it is then.
    int move(int row, int by);
    void stop(); ///< the running one too
    void goOn();
    bool held() const { return m_held; }
    bool running() const;
    int waiting() const;
    Step step(int row) const { return m_entries[static_cast<std::size_t>(row)].step; }
    QString folder(int row) const { return m_entries[static_cast<std::size_t>(row)].folder; }

    int rowCount(const QModelIndex& parent = {}) const override;
    int columnCount(const QModelIndex& parent = {}) const override;
    QVariant data(const QModelIndex& index, int role = Qt::DisplayRole) const override;
    QVariant headerData(
        int section, Qt::Orientation orientation, int role = Qt::DisplayRole) const override;

Q_SIGNALS:
    void changed();
    void ended(const QString& run, const QString& name); ///< there is something of it on disk

private:
    struct Entry {
        QString name;
        Recipe recipe;
        SnapshotPtr pictures; ///< that it was meant for, as they were split and labelled then
        Step step = Step::Waiting;
        QString folder; ///< empty: not begun
        std::optional<double> accuracy; ///< on validation, of the best epoch
        QString problem;
    };
    void follow();
    void startNext();
    void setStep(int row, Step step);
    int rowOf(Step step) const; ///< the first; -1: none

    Session& m_session;
    std::vector<Entry> m_entries;
    bool m_held = false;
};

} // namespace vernier::ui
