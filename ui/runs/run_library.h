#pragma once

#include "core/runs/run_bin.h"
#include "ui/base/job.h"

#include <QObject>
#include <QStringList>

#include <deque>
#include <functional>
#include <vector>

class QUndoStack;

namespace vernier::ui {

/// The runs of a folder, and what can be done to them: names, notes, the bin, forks. Everything on
/// disk happens on workers, one change after the other; changed() follows each. GUI thread.
class RunLibrary : public QObject {
    Q_OBJECT
public:
    /// What can be undone goes onto `undo`, which must not be used after this is gone.
    RunLibrary(QUndoStack& undo, QString folder, QObject* parent = nullptr);

    const QString& folder() const { return m_folder; }
    void setFolder(const QString& folder);
    void refresh();
    const std::vector<RunSummary>& runs() const { return m_runs; }
    bool isRead() const { return m_read; } ///< false: nobody has looked yet
    bool anyDeleted() const { return m_anyDeleted; } ///< there is something in the bin
    bool idle() const; ///< nothing is being read or changed

    void setNotes(const QString& run, const RunNotes& notes); ///< undoable
    /// A name for a run that has none yet.
    void nameRun(const QString& run, const QString& name);
    void remove(const QStringList& runs); ///< to the bin; undoable
    void fork(const QString& run, int epoch); ///< forked() follows
    /// Writes the figures of a run's epochs as CSV.
    void exportCsv(const QString& run, const QString& file);
    /// Writes them for TensorBoard: its folders train and validation lie in `folder` then.
    void exportTensorBoard(const QString& run, const QString& folder);

    void readBin(); ///< binRead() follows
    /// What lies in the bin, back among the runs, or from the disk. Neither is undone.
    void takeOut(const QStringList& binned);
    void removeForGood(const QStringList& binned);

Q_SIGNALS:
    void changed();
    void forked(const QString& run);
    void binRead(const std::vector<vernier::BinnedRun>& runs);
    void failed(const vernier::Error& error);
    /// Something that may take seconds; empty when it has ended.
    void working(const QString& what);

private:
    friend class NotesCommand;
    friend class RemoveCommand;

    using Change = std::function<Status(std::stop_token)>;
    using Export = std::function<Status(const RunSummary&)>;
    void enqueue(Change change, std::function<void()> done = {}, const QString& what = {});
    void startNext();
    void exportFigures(const QString& run, Export write);

    QUndoStack& m_undo;
    QString m_folder;
    std::vector<RunSummary> m_runs;
    bool m_read = false;
    bool m_anyDeleted = false;
    bool m_readAgain = false; ///< something changed while it was being read
    struct Waiting {
        Change change;
        std::function<void()> done;
        QString what;
    };
    std::deque<Waiting> m_waiting;
    Job m_change;
    Job m_reading;
    Job m_readingBin;
};

} // namespace vernier::ui
