#pragma once

#include "core/dataset/snapshot.h"
#include "core/training/training_thread.h"
#include "ui/session/run_history.h"
#include "ui/session/run_state.h"

#include <QObject>
#include <QString>
#include <QTimer>

#include <optional>

namespace vernier::ui {

/// The run that trains, or that was opened: its thread, what it has told so far, and how it stands.
/// What it is begun with is given to it. GUI thread.
class CurrentRun : public QObject {
    Q_OBJECT
public:
    explicit CurrentRun(QObject* parent = nullptr);
    ~CurrentRun() override; ///< stops and joins

    /// Begins a run with `recipe`, or goes on with one, as the job says. False while the one before
    /// has not ended.
    bool start(TrainingJob job, const Recipe& recipe);
    /// One that lies on disk, as it was left, and the pictures that it was trained on.
    void show(const QString& folder, const RunInfo& info, const SnapshotPtr& trainedOn);
    /// There is none any more: historyChanged() alone says so.
    void forget();
    /// One that failed before it had an epoch counts as never begun.
    void forgetFailure();

    bool underWay() const { return m_underWay; }
    /// From Starting on; none before the first run.
    std::optional<RunState> state() const { return m_state; }
    const QString& folder() const { return m_folder; } ///< empty: there is none
    /// That it was begun with; what is shown may have been changed since.
    const Recipe& recipe() const { return m_recipe; }
    /// As the run's folder has them, labels and splits; null: there is no run.
    const SnapshotPtr& trainedOn() const { return m_trainedOn; }
    const RunHistory& history() const { return m_history; }
    /// Its phases are done, or there is none: nothing to resume.
    bool complete() const { return m_complete; }
    /// The training under way, or the last one, has written what it trains on.
    bool begun() const { return m_begun; }
    /// While state() is Failed.
    const std::optional<Error>& error() const { return m_error; }

    /// Whether what is trained from now on can be forked at any of its epochs; see TrainingJob.
    void setKeepEpochs(bool keep) { m_keepEpochs = keep; }
    void setPaused(bool paused);
    /// Asks for the other of what was last asked for, which state() follows a batch later.
    void togglePaused();
    void setLiveRate(const QString& block, double rate);
    void stop(); ///< ended() follows

Q_SIGNALS:
    void stateChanged(); ///< but for what ended() says
    void historyChanged(); ///< at most about 30 times a second
    void epochFinished();
    void bestChanged(); ///< an epoch is better than all before
    void ended(); ///< state(), complete() and error() say how

private:
    void setState(RunState state);
    void drain();
    void take(const TrainingEvent& event);
    void conclude();

    std::optional<RunState> m_state;
    RunHistory m_history;
    QString m_folder;
    Recipe m_recipe;
    SnapshotPtr m_trainedOn;
    bool m_complete = true;
    bool m_begun = false;
    std::optional<Error> m_error;
    std::optional<TrainingEvent> m_last; ///< Finished or Failed, until the thread has ended
    bool m_underWay = false;
    bool m_keepEpochs = false;
    bool m_pauseAsked = false; ///< of the training under way
    QTimer m_drain;
    TrainingThread m_training; ///< the first to go
};

} // namespace vernier::ui
