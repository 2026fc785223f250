#pragma once

#include "core/dataset/snapshot.h"
#include "core/evaluation/metrics.h"
#include "core/exporting/exporter.h"
#include "core/prediction/predictor.h"
#include "core/training/training_thread.h"

#include <QObject>
#include <QString>
#include <QStringList>
#include <QTimer>
#include <QUndoStack>

#include <memory>
#include <optional>
#include <vector>

namespace vernier::ui {

/// What the program is doing, for the run bar and for enabling actions.
enum class RunState {
    NoDataset,
    Scanning,
    Ready,
    Starting, ///< Train was pressed; weights are being loaded
    Preparing, ///< features below the cut
    Training,
    Paused,
    Stopping,
    Finished,
    Failed
};

/// One epoch axis for all charts: everything the current run has told so far.
struct RunHistory {
    std::vector<PhaseStarted> phases;
    std::vector<EpochDone> epochs;
    std::optional<StepDone> step; ///< newest within the epoch under way
    std::optional<Preparing> preparing;
    std::optional<Finished> finished;
    std::vector<StepDone> steps; ///< thinned to at most 2000, for the faint running line
    QStringList log; ///< plain sentences, oldest first
    int bestEpoch = 0;
};

/// A job on a worker other than training: scanning, predicting, evaluating, exporting. Shown in the
/// run bar.
struct JobProgress {
    QString title; ///< "Reading pictures"; empty: none runs
    qint64 done = 0;
    qint64 total = 0; ///< 0 unknown
    double secondsLeft = -1;
};

/// The window's one model: dataset, recipe, run, evaluation, predictions. Lives on the GUI thread;
/// owns all worker threads; what crosses is a value. Pages read from here and change things by
/// calling here; nothing else holds state of its own that outlives a page. Every asynchronous
/// answer carries a generation and is dropped when stale.
class Session : public QObject {
    Q_OBJECT
public:
    explicit Session(QObject* parent = nullptr);
    ~Session() override; ///< stops and joins everything

    // --- dataset
    void openFolder(const QString& folder); ///< asynchronous; datasetChanged or failed follows
    void openSample(); ///< paints it first where it is not there yet
    SnapshotPtr dataset() const { return m_dataset; }
    /// Undoable.
    void relabel(const std::vector<std::size_t>& images, ClassIndex label);
    void moveTo(const std::vector<std::size_t>& images, Split split);

    // --- recipe
    const Recipe& recipe() const { return m_recipe; }
    /// Undoable; changes under the same non-empty `mergeKey` within a second become one step of
    /// undo. No-op when equal.
    void setRecipe(const Recipe& recipe, const QString& what, const QString& mergeKey = {});
    Status loadRecipe(const QString& file);
    Status saveRecipe(const QString& file) const;
    /// The freeze plan that the next press of Train uses: recipe().phases.front().plan.
    QUndoStack* undoStack() { return &m_undo; }

    // --- run
    RunState state() const { return m_state; }
    bool busyTraining() const;
    void train(); ///< a new run with recipe()
    void continueRun(); ///< recipe().phases.front() as another phase of the current run, from where
                        ///< it stands
    bool canContinue() const;
    void setPaused(bool paused);
    void stop(); ///< training, or else the job under way
    void setLiveRate(const QString& block, double rate);
    const RunHistory& history() const { return m_history; }
    QString runFolder() const { return m_runFolder; }
    void openRun(const QString& folder); ///< a run on disk becomes the current one, with its
                                         ///< history, recipe and dataset

    // --- inspect
    const std::optional<Evaluation>& evaluation() const { return m_evaluation; }
    void evaluate(Split split); ///< asynchronous; done by itself for validation when a run finishes

    // --- predict
    /// Predicts with the opened model, or else the current run's best weights; results are
    /// appended.
    void predict(const QStringList& paths);
    void clearPredictions();
    void openModel(const QString& fileOrRun); ///< use this model for predictions from now on
    const std::vector<Prediction>& predictions() const { return m_predictions; }
    QStringList predictionClasses() const { return m_predictionClasses; }
    QString predictionModelName() const { return m_predictionModelName; }
    bool canPredict() const;

    // --- export
    void exportModel(ExportFormat format, const QString& file);
    bool canExport() const;

    const JobProgress& job() const { return m_job; }
    const std::optional<Error>& error() const
    {
        return m_error;
    } ///< of the newest failed job; cleared by the next
    void retry(); ///< the job that failed last, again

Q_SIGNALS:
    void datasetChanged();
    void recipeChanged();
    void stateChanged();
    void jobChanged();
    void historyChanged(); ///< at most about 30 times a second
    void epochFinished();
    void evaluationChanged();
    void predictionsAdded(int first, int count);
    void predictionsReset();
    void predictionModelChanged();
    void exported(const vernier::ExportReport& report);
    void failed(const vernier::Error& error);

private:
    // Filled in by session.cpp's owner; members above are the contract with the pages.
    SnapshotPtr m_dataset;
    Recipe m_recipe;
    QUndoStack m_undo;
    RunState m_state = RunState::NoDataset;
    RunHistory m_history;
    QString m_runFolder;
    std::optional<Evaluation> m_evaluation;
    std::vector<Prediction> m_predictions;
    QStringList m_predictionClasses;
    QString m_predictionModelName;
    JobProgress m_job;
    std::optional<Error> m_error;
};

} // namespace vernier::ui
