#pragma once

#include "core/dataset/snapshot.h"
#include "core/dataset/split.h"
#include "core/evaluation/metrics.h"
#include "core/exporting/exporter.h"
#include "core/features/training_views.h"
#include "core/model/devices.h"
#include "core/prediction/predictor.h"
#include "core/training/calibration.h"
#include "core/training/rate_finder.h"
#include "core/training/training_thread.h"
#include "ui/base/job.h"

#include <QElapsedTimer>
#include <QObject>
#include <QString>
#include <QStringList>
#include <QThreadPool>
#include <QTimer>
#include <QUndoStack>

#include <array>
#include <deque>
#include <functional>
#include <future>
#include <map>
#include <memory>
#include <optional>
#include <utility>
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
    std::map<std::string, double> rates; ///< changed by hand in the phase under way
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
    /// Reads the open dataset anew with the folders at its top as classes, or else as the splits
    /// that they look like; remembered for the folder, and in the project.
    void readFoldersAsClasses(bool classes);
    bool canReadFoldersOtherwise() const; ///< they could be either
    void openSample(); ///< paints it first where it is not there yet
    /// No dataset, and the default recipe, which undo takes back; not while training.
    void reset();
    SnapshotPtr dataset() const { return m_dataset; }
    /// What is being opened, where that takes a while: all its files, none of them read yet. Only
    /// to be looked at; null otherwise.
    SnapshotPtr preview() const { return m_preview; }
    /// Undoable.
    void relabel(const std::vector<std::size_t>& images, ClassIndex label);
    void moveTo(const std::vector<std::size_t>& images, Split split);

    // --- project
    /// Its recipe, pictures and edits become the current ones; picturesMissing() follows where the
    /// pictures have moved, and then it wants to be told where they are now.
    void openProject(const QString& file, const QString& pictures = {});
    /// What is open becomes a project. Its runs stay together with the run that is open; without
    /// one they go into a folder beside the file. From then on changes of recipe, classes and
    /// splits are saved by themselves.
    void saveProjectAs(const QString& file);
    const QString& projectFile() const { return m_projectFile; } ///< empty: there is none

    // --- recipe
    const Recipe& recipe() const { return m_recipe; }
    /// Undoable; changes under the same non-empty `mergeKey` within a second become one step of
    /// undo. No-op when equal.
    void setRecipe(const Recipe& recipe, const QString& what, const QString& mergeKey = {});
    Status loadRecipe(const QString& file);
    Status saveRecipe(const QString& file) const;
    /// Converts a weight file of any kind that is read into the program's own folder, and makes the
    /// recipe use it with whatever normalization it expects.
    /// For the recipe's backbone, or for another that it then has.
    void importWeights(const QString& file, const QString& backbone = {});
    /// The phase of the recipe that is shown, and that continueRun() trains. recipeChanged()
    /// follows.
    std::size_t shownPhase() const;
    void showPhase(std::size_t phase);
    QUndoStack* undoStack() { return &m_undo; }

    // --- run
    RunState state() const { return m_state; }
    bool busyTraining() const;
    void train(); ///< a new run with recipe()
    /// A new run with another recipe on `pictures`: an earlier dataset() of the same files,
    /// whatever was drawn or edited since.
    void trainRecipe(const Recipe& recipe, const SnapshotPtr& pictures);
    /// The shown phase as another one of the current run, from where it stands. One that is paused
    /// ends its phase after the last finished epoch first.
    void continueRun();
    /// There is a run with a finished epoch that does not train at the moment, and the recipe
    /// differs from its own in phases only.
    bool canContinue() const;
    /// Whether what is trained from now on can be forked at any of its epochs; see TrainingJob.
    void setKeepEpochs(bool keep) { m_keepEpochs = keep; }
    void setPaused(bool paused);
    /// Asks for the other of what was last asked for, which state() follows a batch later.
    void togglePaused();
    void stop(); ///< training, or else the job under way
    void setLiveRate(const QString& block, double rate);
    const RunHistory& history() const { return m_history; }
    QString runFolder() const { return m_runFolder; }
    /// That the current run was begun with; what is shown may have been changed since.
    const Recipe& runRecipe() const { return m_runRecipe; }
    /// Where pictures of a run may be that are not where they were: the project's folder, or else
    /// the one that is open. Empty: nothing is open.
    std::filesystem::path openPictures() const;
    void openRun(const QString& folder); ///< a run on disk becomes the current one, with its
                                         ///< history, recipe and dataset
    /// Of the run that failed, while state() is Failed.
    const std::optional<Error>& runError() const { return m_runError; }
    void retryRun();
    bool canResume() const; ///< the run was cut off before its phases were done
    /// Labels or splits are no longer those that the run was begun with; resuming keeps those.
    bool editedSinceTraining() const;
    void resumeRun(); ///< goes on after its last finished epoch, as if nothing had happened

    // --- a learning rate, found by trying
    bool canFindRate() const; ///< there are pictures, and nothing trains
    /// The run from whose weights findRate() starts: the current one, where the shown phase would
    /// go on with it. Empty: it starts as the recipe does.
    QString runToFindRateFor() const;
    /// For the shown phase, asynchronous; rateSweepChanged() follows when it ends, however it does.
    void findRate();
    void cancelFindRate();
    std::optional<JobProgress> rateJob() const; ///< while rates are being tried
    const std::optional<RateSweep>& rateSweep() const { return m_rateSweep; } ///< of the last try
    const std::optional<Error>& rateError() const { return m_rateError; } ///< of the last try

    // --- features, prepared while nobody waits
    /// From now on what a press of Train needs below the cut is computed at low priority whenever
    /// nothing else is at work; it gives way at once. Off at first.
    void setPreparing(bool on);
    /// They were, for this dataset and the recipe's shown phase. Never so for a phase that runs on
    /// what an earlier one is yet to train; then those of the first are prepared.
    bool featuresReady() const;
    /// What this machine reaches with the recipe's network; measured before the first preparation,
    /// and remembered.
    std::optional<ComputeSpeed> speed();

    // --- the feature cache on disk, which all programs of the user share
    /// On a worker, one after the other, also while training; cacheChanged() follows each.
    void readCache();
    void setCacheLimit(std::optional<quint64> bytes); ///< none: what the program chooses
    void clearCache();
    const std::optional<FeatureCache::Info>& cacheInfo() const { return m_cacheInfo; }
    const std::optional<Error>& cacheError() const { return m_cacheError; } ///< of the last change

    // --- what the network sees
    int keptViews() const; ///< of the recipe on its device
    /// Writes the training pictures as the recipe augments them into an empty or new folder;
    /// viewsSaved() follows.
    void saveViews(const QString& folder);

    // --- inspect
    const std::optional<Evaluation>& evaluation() const { return m_evaluation; }
    std::optional<JobProgress> evaluationJob() const; ///< while one is being made
    void evaluate(Split split); ///< asynchronous; done by itself for validation when a run finishes

    // --- predict
    /// Predicts with the opened model, or else the current run's best weights; results are
    /// appended.
    void predict(const QStringList& paths);
    void clearPredictions();
    void cancelPredicting(); ///< what was predicted stays
    std::optional<JobProgress> predictionJob() const; ///< while pictures are being predicted
    /// Uses this model for predictions from now on; what was predicted is predicted again by it.
    /// Also the name of an original network, "vgg16-imagenet".
    void openModel(const QString& fileOrRun);
    void leaveModel(); ///< back from an opened model to the current run, in the same way
    bool modelIsOpened() const { return !m_modelPath.isEmpty(); }
    const std::vector<Prediction>& predictions() const { return m_predictions; }
    QStringList predictionClasses() const { return m_predictionClasses; }
    QString predictionModelName() const { return m_predictionModelName; } ///< the next ones' model
    QString predictedBy() const { return m_predictedBy; } ///< the model of predictions()
    bool canPredict() const;

    // --- export
    void exportModel(ExportFormat format, const QString& file);
    bool canExport() const;
    std::optional<JobProgress> exportJob() const; ///< while one is being written and compared
    void cancelExport();

    const JobProgress& job() const { return m_job; }
    /// Work other than training, one at a time of each.
    enum Slot : std::uint8_t {
        OpenSlot,
        EvaluateSlot,
        PredictSlot,
        ModelSlot,
        ExportSlot,
        ImportSlot,
        ViewsSlot,
        PrepareSlot,
        RateSlot,
        kSlots
    };
    const std::optional<Error>& error() const
    {
        return m_error;
    } ///< of the newest failed job; cleared by the next
    Slot failedSlot() const { return m_failedSlot; } ///< what error() is of; kSlots: no job
    void retry(); ///< the job that failed last, again
    /// What retry() does now, to be kept: the next failure takes its place. Empty: nothing.
    std::function<void()> retrier() const { return m_retry; }

    // --- the whole
    /// Asks for the devices of this machine on a worker; call it after the first paint, since it
    /// may load CUDA's libraries.
    void loadDevices();
    const std::vector<Device>& devices() const { return m_devices; } ///< empty: not known yet
    void stopAll(); ///< training and every job; idle() says when they have ended
    bool idle() const; ///< no worker is at work
    static QString runsFolder(); ///< where new runs go without a project
    QString currentRunsFolder() const; ///< where new runs go

    /// A folder or a run that was opened.
    struct OpenedDataset {
        SnapshotPtr scanned; ///< as found
        SnapshotPtr drawn; ///< with the recipe's validation split, where one is to be drawn
        SnapshotPtr edited; ///< with what was edited before
        QString editsFile; ///< empty: edits are not remembered
        std::string edits; ///< what that file holds
        std::optional<Error> problem; ///< why earlier edits could not be read
        bool ofRun = false; ///< they are kept in the run's own folder
        bool ofProject = false; ///< they are kept in the project file
    };
    /// A model that was opened, and the state of the file that it was read from.
    struct LoadedPredictor {
        std::shared_ptr<const Predictor> predictor;
        std::string key;
    };

Q_SIGNALS:
    void datasetChanged();
    void projectChanged();
    /// The project's pictures are not in this folder any more.
    void picturesMissing(const QString& project, const QString& pictures);
    void previewChanged(); ///< not when the dataset itself takes its place
    void recipeChanged(); ///< or which of its phases is shown
    void stateChanged();
    void jobChanged();
    void historyChanged(); ///< at most about 30 times a second
    void epochFinished();
    void rateSweepChanged();
    void evaluationChanged();
    void predictionsAdded(int first, int count);
    void predictionsReset();
    void predictionModelChanged();
    void exported(const vernier::ExportReport& report);
    /// Weights were imported, and this is how their layers were told; not where they were called as
    /// they should be.
    void weightsNoted(const QString& note);
    void viewsSaved(const QString& folder, const vernier::SavedViews& saved);
    void devicesChanged();
    void featuresReadyChanged();
    void speedChanged();
    void cacheChanged();
    void jobBegun(vernier::ui::Session::Slot slot);
    void failed(const vernier::Error& error);

private:
    friend class RelabelCommand;
    friend class MoveCommand;
    friend class RecipeCommand;

    /// A worker, and what it says of itself.
    struct Worker {
        std::unique_ptr<Job> job;
        JobProgress progress;
        QElapsedTimer since;
    };
    using Retry = std::function<void()>;

    // session.cpp
    static QString editsFileOfRun(const QString& run);
    static OpenedDataset withRememberedEdits(
        const SnapshotPtr& scanned, const SnapshotPtr& drawn, const QString& editsFile);
    void setDataset(OpenedDataset opened);
    void setPreview(const SnapshotPtr& found);
    void abandonOpening();
    void applyDataset(const SnapshotPtr& dataset);
    void applyRecipe(const Recipe& recipe);
    void saveEdits();
    /// On the writer, one after the other.
    void write(std::function<Status()> work, Retry retry);
    void followRun(); ///< its split is what its recipe draws, and others are drawn from there
    void draw(); ///< as the recipe says
    void followRunWithEdits(); ///< what it was trained with is in its folder now
    /// What the run is judged on: the splits that it was trained with and the labels of now, less
    /// the pictures that were moved by hand since.
    SnapshotPtr judgedOn() const;
    void showEvaluation(); ///< m_scored as the labels and splits of now have it
    void setRunState(std::optional<RunState> state);
    void updateState();
    void report(const Error& error, Retry retry, Slot slot = kSlots);

    // session_project.cpp
    void watchProject();
    void setProject(const QString& file, const QString& pictures, const QString& runs);
    void saveProject();
    void leaveProject();

    // session_jobs.cpp
    void connectWorkers();
    Job& begin(Slot slot, const QString& title);
    void showProgress();
    std::optional<JobProgress> progressOf(Slot slot) const;
    void cancelJobs();
    void startPredicting();
    void dropPredicting(); ///< what is under way and what waits; answers that are there stay
    void addPredictions(std::vector<Prediction> predictions);
    void predictAgain(); ///< all that was given, by the model in use now
    QStringList answeredPaths() const;
    void setPredictionModel(
        const QString& name, const std::vector<std::string>& classes, const QString& path);
    void useRunForPredictions();
    static QString runName(int epoch);

    // session_prepare.cpp
    /// What features were computed for: of the recipe, only what they depend on.
    struct PreparedFor {
        SnapshotPtr dataset;
        Recipe recipe;
        bool operator==(const PreparedFor&) const = default;
    };
    bool canPrepareShown() const; ///< before anything is trained
    Recipe recipeToPrepare() const; ///< the recipe, with the one phase that is prepared
    void followLabels(std::optional<PreparedFor>& prepared) const;
    void prepareSoon();
    void prepare();
    void stopPreparing();
    const std::shared_ptr<FeatureCache>& featureCache();
    using CacheChange = std::function<Status(FeatureCache&)>;
    void changeCache(CacheChange change);
    void startOnCache();

    // session_training.cpp
    void startTraining(TrainingJob job);
    void drain();
    void take(const TrainingEvent& event);
    void conclude();
    void forgetRun();
    void refuse(const Retry& again); ///< the recipe no longer fits the run

    SnapshotPtr m_dataset;
    SnapshotPtr m_preview;
    SnapshotPtr m_found; ///< to become the preview soon
    QTimer m_previewSoon;
    /// As found in the folder, no validation drawn and nothing edited; null where nothing can be
    /// drawn again.
    SnapshotPtr m_scanned;
    SnapshotPtr m_drawn; ///< with the recipe's validation split, nothing edited
    std::pair<SplitOptions, SnapshotPtr> m_drawnByRun; ///< null where edits are not a run's
    SnapshotPtr m_trainedOn; ///< what the run's folder says
    bool m_begun = false; ///< the training under way has written that
    QString m_editsFile;
    bool m_editsOfRun = false;
    std::shared_ptr<std::string> m_edits; ///< what m_editsFile holds; the writer's own
    QString m_projectFile;
    QString m_projectPictures;
    QString m_projectRuns;
    std::shared_ptr<std::string> m_projectEdits; ///< what the file holds; the writer's own
    QTimer m_saveProjectSoon; ///< the recipe has changed
    std::shared_future<void> m_saved; ///< the newest edits are on disk
    Recipe m_recipe;
    std::size_t m_shownPhase = 0;
    QUndoStack m_undo;
    RunState m_state = RunState::NoDataset;
    std::optional<RunState> m_runState; ///< of the current run; none before the first
    RunHistory m_history;
    QString m_runFolder;
    bool m_runComplete = true; ///< nothing to resume
    std::optional<Evaluation> m_scored; ///< of all pictures that were scored
    std::optional<Evaluation> m_evaluation; ///< the same, with what was edited since
    std::vector<Prediction> m_predictions;
    QStringList m_predictionClasses;
    QString m_predictionModelName;
    QString m_predictedBy;
    QString m_predictingBy; ///< the model of the job under way
    QString m_modelPath; ///< opened by the user; empty: the current run's best
    LoadedPredictor m_predictor; ///< held here; workers, stale ones too, take turns in it
    QStringList m_given; ///< all that the predictions are of
    QStringList m_toPredict;
    std::vector<Device> m_devices;
    JobProgress m_job;
    std::optional<Error> m_error;
    Slot m_failedSlot = kSlots;
    Retry m_retry;
    std::optional<Error> m_runError;
    Retry m_trainAgain;
    Recipe m_runRecipe;

    std::optional<RateSweep> m_rateSweep;
    std::optional<Error> m_rateError;

    std::shared_ptr<FeatureCache> m_cache;
    std::optional<FeatureCache::Info> m_cacheInfo;
    std::optional<Error> m_cacheError;
    std::deque<CacheChange> m_cacheChanges; ///< that wait for the one under way
    TrainingThread m_training;
    std::optional<TrainingEvent> m_last; ///< Finished or Failed, until the thread has ended
    bool m_trainingUnderWay = false;
    bool m_keepEpochs = false;
    bool m_pauseAsked = false; ///< of the training under way
    bool m_continueNext = false; ///< once the phase that is paused has ended
    QTimer m_drain;
    std::array<Worker, kSlots> m_workers;
    std::vector<Slot> m_order; ///< running, the newest last
    Job m_deviceJob;
    Job m_cacheJob;
    bool m_preparing = false;
    QString m_speedKey; ///< which speed m_speed is
    std::optional<ComputeSpeed> m_speed;
    QTimer m_prepareSoon;
    std::optional<PreparedFor> m_prepared;
    std::optional<PreparedFor> m_notPrepared; ///< it failed, or was cancelled
    QThreadPool m_writer; ///< one thread: edits are written in order
    std::optional<bool> m_projectFoldersAreClasses; ///< what somebody said of them
};

} // namespace vernier::ui
