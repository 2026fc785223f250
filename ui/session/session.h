#pragma once

#include "core/dataset/snapshot.h"
#include "core/recipe/recipe.h"
#include "ui/session/current_dataset.h"
#include "ui/session/file_writer.h"
#include "ui/session/job_board.h"
#include "ui/session/run_state.h"

#include <QObject>
#include <QString>
#include <QTimer>
#include <QUndoStack>

#include <memory>
#include <optional>

namespace vernier {
struct TrainingJob;
}

namespace vernier::ui {

class CacheKeeper;
class CurrentRun;
class DeviceList;
class Evaluations;
class FeatureWarmer;
class ModelExport;
class Predictions;
class RateTrial;
class ViewSaver;
struct OpenedRun;

/// The window's one model: dataset, recipe and run, and the parts that work on them. Lives on the
/// GUI thread; owns all worker threads; what crosses is a value. Pages read from here and change
/// things by calling here; nothing else holds state of its own that outlives a page. Every
/// asynchronous answer carries a generation and is dropped when stale. A part knows nothing of the
/// session, nor of another part but through what it is given.
class Session : public QObject {
    Q_OBJECT
public:
    explicit Session(QObject* parent = nullptr);
    ~Session() override; ///< stops and joins everything

    // --- parts
    JobBoard& jobs() { return m_jobs; }
    CurrentDataset& pictures() { return *m_pictures; }
    const CurrentDataset& pictures() const { return *m_pictures; }
    CurrentRun& run() { return *m_run; }
    const CurrentRun& run() const { return *m_run; }
    DeviceList& devices() { return *m_devices; }
    CacheKeeper& cache() { return *m_cache; }
    FeatureWarmer& warmer() { return *m_warmer; }
    RateTrial& rates() { return *m_rates; }
    ViewSaver& views() { return *m_views; }
    Evaluations& evaluations() { return *m_evaluations; }
    Predictions& predictions() { return *m_predictions; }
    ModelExport& exports() { return *m_exports; }

    // --- dataset
    void openFolder(const QString& folder); ///< asynchronous; datasetChanged or failed follows
    /// Reads the open dataset anew with the folders at its top as classes, or else as the splits
    /// that they look like; remembered for the folder, and in the project.
    void readFoldersAsClasses(bool classes);
    bool canReadFoldersOtherwise() const; ///< they could be either
    void openSample(); ///< paints it first where it is not there yet
    /// No dataset, and the default recipe, which undo takes back; not while training.
    void reset();
    SnapshotPtr dataset() const { return m_pictures->snapshot(); }
    SnapshotPtr asFound() const { return m_pictures->asFound(); }
    /// What is being opened, where that takes a while: all its files, none of them read yet. Only
    /// to be looked at; null otherwise.
    SnapshotPtr preview() const { return m_preview; }

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
    void train(); ///< a new run with recipe()
    /// A new run with another recipe on `pictures`: an earlier dataset() of the same files,
    /// whatever was drawn or edited since.
    void trainRecipe(const Recipe& recipe, const SnapshotPtr& pictures);
    /// The shown phase as another one of the current run, from where it stands. One that is paused
    /// ends its phase after the last finished epoch first.
    void continueRun();
    /// What going on with the run that is open means.
    enum class NextStep {
        None, ///< it cannot go on
        Unfinished, ///< the epochs that its recipe has left: resumeRun()
        NewPhase ///< the phase that is shown: continueRun()
    };
    NextStep nextStep() const;
    int epochsLeft() const; ///< of the run's own phases
    /// That was open last with these pictures; empty: none is known, or it is gone.
    QString lastRun() const;
    /// There is a run with a finished epoch that does not train at the moment, and the recipe
    /// differs from its own in phases only.
    bool canContinue() const;
    void stop(); ///< training, or else the job under way
    /// Where pictures of a run may be that are not where they were: the project's folder, or else
    /// the one that is open. Empty: nothing is open.
    std::filesystem::path openPictures() const;
    /// A run on disk becomes the current one, with its history and recipe. Its pictures are opened
    /// where they are not open: with today's labels, whatever it was trained on.
    void openRun(const QString& folder) { beginOpening(folder, true); }
    /// The same of lastRun(), where nobody asked: a project keeps its recipe, and what does not fit
    /// what is open stays closed.
    void openLastRun();
    void retryRun();
    bool canResume() const; ///< the run was cut off before its phases were done
    /// What is otherwise now than in what the run was trained on, which resuming keeps; nothing
    /// where there is no run.
    DataChanges changesSinceTraining() const;
    void resumeRun(); ///< goes on after its last finished epoch, as if nothing had happened

    // --- the whole
    void stopAll(); ///< training and every job; idle() says when they have ended
    bool idle() const; ///< no worker is at work
    static QString runsFolder(); ///< where new runs go without a project
    QString currentRunsFolder() const; ///< where new runs go

Q_SIGNALS:
    void datasetChanged();
    void projectChanged();
    /// The project's pictures are not in this folder any more.
    void picturesMissing(const QString& project, const QString& pictures);
    void previewChanged(); ///< not when the dataset itself takes its place
    void recipeChanged(); ///< or which of its phases is shown
    void stateChanged();
    void runKept(); ///< the one that trains has its first finished epoch, and can be opened again
    /// Weights were imported, and this is how their layers were told; not where they were called as
    /// they should be.
    void weightsNoted(const QString& note);

private:
    friend class RecipeCommand;

    using Retry = JobBoard::Retry;

    // session_parts.cpp
    void makeParts();
    void cancelJobs();
    bool canPrepareShown() const; ///< what it needs is known before anything is trained

    // session.cpp
    static std::filesystem::path journals();
    void setDataset(const CurrentDataset::Opened& opened);
    void setPreview(const SnapshotPtr& found);
    void abandonOpening();
    void applyRecipe(const Recipe& recipe);
    void saveEdits();
    QString lastRunKey() const;
    void rememberRun(); ///< for lastRun()
    void updateState();

    // session_project.cpp
    void watchProject();
    void setProject(const QString& file, const QString& pictures, const QString& runs);
    void saveProject();
    void leaveProject();

    // session_training.cpp
    void startTraining(TrainingJob job, const Recipe& recipe);
    void concludeRun();
    void forgetRun();
    void beginOpening(const QString& folder, bool asked);
    void showRun(const QString& folder, const OpenedRun& opened, bool asked);
    void writeEdits(const std::filesystem::path& file, const std::shared_ptr<Edits>& known,
        const SnapshotPtr& dataset);
    /// With what was said of the same pictures while they were read anew.
    void keepLateEdits(const SnapshotPtr& before, CurrentDataset::Opened& opened) const;
    void takeOverEdits(
        const QString& folder, const Edits& edits); ///< that an older run kept itself
    void refuse(const Retry& again); ///< the recipe no longer fits the run

    JobBoard m_jobs;
    std::unique_ptr<DeviceList> m_devices;
    std::unique_ptr<CacheKeeper> m_cache;
    std::unique_ptr<FeatureWarmer> m_warmer;
    std::unique_ptr<RateTrial> m_rates;
    std::unique_ptr<ViewSaver> m_views;
    std::unique_ptr<Evaluations> m_evaluations;
    std::unique_ptr<Predictions> m_predictions;
    std::unique_ptr<ModelExport> m_exports;

    SnapshotPtr m_preview;
    SnapshotPtr m_found; ///< to become the preview soon
    QTimer m_previewSoon;
    QString m_projectFile;
    QString m_projectPictures;
    QString m_projectRuns;
    QTimer m_saveProjectSoon; ///< the recipe has changed
    Recipe m_recipe;
    std::size_t m_shownPhase = 0;
    QUndoStack m_undo;
    std::unique_ptr<CurrentDataset> m_pictures;
    RunState m_state = RunState::NoDataset;
    std::unique_ptr<CurrentRun> m_run;
    Retry m_trainAgain;
    QString m_keptRun; ///< that runKept() was about
    bool m_continueNext = false; ///< once the phase that is paused has ended
    std::optional<bool> m_projectFoldersAreClasses; ///< what somebody said of them
    FileWriter m_writer { m_jobs }; ///< the first to go, when all is written
};

} // namespace vernier::ui
