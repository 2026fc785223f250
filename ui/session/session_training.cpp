#include "ui/session/session.h"

#include "core/recipe/recipe_difference.h"
#include "core/runs/run_store.h"
#include "ui/base/format.h"
#include "ui/base/moved_pictures.h"
#include "ui/session/cache_keeper.h"
#include "ui/session/evaluations.h"
#include "ui/session/feature_warmer.h"
#include "ui/session/predictions.h"

#include <algorithm>
#include <utility>

namespace vernier::ui {
namespace {

bool sameButPhases(const Recipe& recipe, Recipe run)
{
    const Recipe a = asWrittenByRun(recipe, run);
    run.phases = a.phases;
    run.name = a.name;
    run.about = a.about;
    return a == run;
}

} // namespace

void Session::train() { trainRecipe(m_recipe, m_dataset); }

void Session::trainRecipe(const Recipe& recipe, const SnapshotPtr& pictures)
{
    // What is mended in between counts where it is the shown one that failed.
    const Retry again = recipe == m_recipe && pictures == m_dataset
        ? Retry([this] { train(); })
        : Retry([this, recipe, pictures] { trainRecipe(recipe, pictures); });
    if (m_trainingUnderWay)
        return;
    if (!m_dataset) {
        m_jobs.report(
            { ErrorCode::Invalid, "there are no pictures yet", {}, "open a folder first" }, again);
        return;
    }
    if (const Status valid = check(recipe); !valid) {
        m_jobs.report(valid.error(), again);
        return;
    }
    const std::filesystem::path runs = format::path(currentRunsFolder());
    std::error_code failure;
    std::filesystem::create_directories(runs, failure);
    if (failure) {
        m_jobs.report(
            { ErrorCode::Unreadable, failure.message(), runs, "choose another folder for runs" },
            again);
        return;
    }
    forgetRun();
    m_trainAgain = again;
    m_runRecipe = recipe;
    startTraining({ pictures, recipe, freshRunFolder(runs, *pictures), RunMode::Fresh, {} });
}

bool Session::canContinue() const
{
    return (!m_trainingUnderWay || m_state == RunState::Paused) && m_dataset
        && !m_runFolder.isEmpty() && !m_history.epochs.empty()
        && sameButPhases(m_recipe, m_runRecipe);
}

void Session::continueRun()
{
    const Retry again = [this] { continueRun(); };
    if (!canContinue()) {
        refuse(again);
        return;
    }
    if (m_trainingUnderWay) {
        stop();
        m_continueNext = true;
        return;
    }
    Recipe recipe = m_recipe;
    recipe.phases = { m_recipe.phases[shownPhase()] };
    m_trainAgain = again;
    startTraining({ m_dataset, recipe, format::path(m_runFolder), RunMode::Extend, {} });
}

bool Session::canResume() const
{
    return !m_trainingUnderWay && m_dataset && !m_runFolder.isEmpty() && !m_runComplete
        && sameButPhases(m_recipe, m_runRecipe);
}

void Session::resumeRun()
{
    const Retry again = [this] { resumeRun(); };
    if (!canResume()) {
        refuse(again);
        return;
    }
    m_trainAgain = again;
    startTraining({ m_dataset, m_recipe, format::path(m_runFolder), RunMode::Resume, {} });
}

void Session::refuse(const Retry& again)
{
    if (m_trainingUnderWay || !m_dataset || m_runFolder.isEmpty())
        return;
    m_jobs.report({ ErrorCode::Invalid, "the recipe differs from the run's in more than its phases",
                      {}, "train a new run, or undo what was changed" },
        again);
}

bool Session::editedSinceTraining() const
{
    if (!m_trainedOn || !m_dataset)
        return false;
    const auto same = [](const ImageEntry& a, const ImageEntry& b) {
        return a.label == b.label && a.split == b.split;
    };
    return !std::equal(m_dataset->images.begin(), m_dataset->images.end(),
        m_trainedOn->images.begin(), m_trainedOn->images.end(), same);
}

void Session::retryRun()
{
    if (const Retry again = m_trainAgain; again && !m_trainingUnderWay)
        again();
}

void Session::startTraining(TrainingJob job)
{
    m_warmer->stop();
    job.cache = m_cache->cache();
    job.keepEpochs = m_keepEpochs;
    m_runFolder = format::path(job.folder);
    // A resumed run keeps what it was begun with.
    if (job.mode != RunMode::Resume)
        m_trainedOn = job.dataset;
    m_begun = false;
    // What they would answer is about another dataset or other weights.
    abandonOpening();
    m_evaluations->abandon();
    m_jobs.cancel(JobKind::Rate);
    m_jobs.clearError();
    m_runError.reset();
    m_last.reset();
    if (!m_training.start(std::move(job))) {
        m_jobs.report({ ErrorCode::Internal, "the run before has not ended yet", {}, "try again" },
            m_trainAgain);
        return;
    }
    m_trainingUnderWay = true;
    m_pauseAsked = false;
    m_continueNext = false;
    setRunState(RunState::Starting);
    m_drain.start();
    Q_EMIT historyChanged();
}

void Session::setPaused(bool paused)
{
    if (!m_trainingUnderWay)
        return;
    m_pauseAsked = paused;
    m_training.setPaused(paused);
}

void Session::togglePaused() { setPaused(!m_pauseAsked); }

void Session::setLiveRate(const QString& block, double rate)
{
    if (m_trainingUnderWay)
        m_training.setRate(block.toStdString(), rate);
}

void Session::drain()
{
    // Asked before the mailbox is emptied: what a thread that has ended said is then in it.
    const bool running = m_training.running();
    const std::vector<TrainingEvent> events = m_training.take();
    for (const TrainingEvent& event : events)
        take(event);
    if (!events.empty())
        Q_EMIT historyChanged();
    for (const TrainingEvent& event : events) {
        if (std::holds_alternative<EpochDone>(event))
            Q_EMIT epochFinished();
    }
    if (!running)
        conclude();
}

void Session::take(const TrainingEvent& event)
{
    append(m_history, event);
    m_begun = m_begun || std::holds_alternative<PhaseStarted>(event);
    if (std::holds_alternative<Finished>(event) || std::holds_alternative<Failed>(event)) {
        m_last = event;
        return;
    }
    if (const auto* epoch = std::get_if<EpochDone>(&event); epoch && epoch->best)
        m_predictions->followRun();
    if (m_runState == RunState::Stopping)
        return;
    if (const auto* paused = std::get_if<Paused>(&event))
        setRunState(paused->paused ? RunState::Paused : RunState::Training);
    else if (std::holds_alternative<Preparing>(event))
        setRunState(RunState::Preparing);
    else if (std::holds_alternative<StepDone>(event))
        setRunState(RunState::Training);
}

void Session::conclude()
{
    m_drain.stop();
    m_trainingUnderWay = false;
    m_warmer->startSoon();
    const std::optional<TrainingEvent> last = std::exchange(m_last, {});
    const auto* finished = last ? std::get_if<Finished>(&*last) : nullptr;
    if (!finished) {
        const auto* failure = last ? std::get_if<Failed>(&*last) : nullptr;
        m_runComplete = false;
        m_continueNext = false;
        if (m_begun)
            followRunWithEdits();
        m_runError = failure
            ? failure->error
            : Error { ErrorCode::Internal, "training ended without a word", {}, {} };
        setRunState(RunState::Failed);
        m_jobs.report(*m_runError, m_trainAgain);
        return;
    }
    m_runComplete = !finished->stopped;
    followRunWithEdits();
    m_predictions->followRun();
    setRunState(m_history.epochs.empty() ? std::optional<RunState>() : RunState::Finished);
    if (std::exchange(m_continueNext, false) && finished->stopped && canContinue()) {
        continueRun();
        return;
    }
    if (m_history.bestEpoch > 0 && m_dataset->count(Split::Validation) > 0)
        m_evaluations->evaluate(Split::Validation);
}

void Session::forgetRun()
{
    // Its answers would stand under the next run's name.
    m_predictions->abandonRun();
    m_evaluations->abandon();
    m_history = {};
    m_trainedOn.reset();
    m_runFolder.clear();
    m_runComplete = true;
    m_runState.reset();
    m_runError.reset();
    Q_EMIT historyChanged();
    m_evaluations->forget();
    m_predictions->followRun();
}

std::filesystem::path Session::openPictures() const
{
    if (!m_projectPictures.isEmpty())
        return format::path(m_projectPictures);
    return m_dataset ? m_dataset->root : std::filesystem::path();
}

void Session::openRun(const QString& folder)
{
    const Retry again = [this, folder] { openRun(folder); };
    if (m_trainingUnderWay) {
        m_jobs.report({ ErrorCode::Invalid, "training is under way", format::path(folder),
                          "stop it before opening another run" },
            again, JobKind::Open);
        return;
    }
    struct Opened {
        RunInfo info;
        OpenedDataset dataset;
    };
    m_jobs.begin(JobKind::Open, tr("Opening the run"))
        .start(
            [folder, pictures = openPictures(), saved = m_writer.allWritten()](
                std::stop_token, const ProgressSink&) -> Result<Opened> {
                const std::filesystem::path path = format::path(folder);
                Result<RunInfo> info = readRun(path);
                if (!info)
                    return tl::unexpected(info.error());
                Result<SnapshotPtr> dataset = readRunDataset(path, movedTo(pictures));
                if (!dataset)
                    return tl::unexpected(dataset.error());
                saved.wait();
                // A run's splits and labels are what it was trained with, and what is edited here
                // stays with the run.
                Opened opened { std::move(*info),
                    withRememberedEdits(*dataset, *dataset, editsFileOfRun(folder)) };
                opened.dataset.scanned = nullptr;
                opened.dataset.ofRun = true;
                return opened;
            },
            [this, again, folder](Result<Opened> opened) {
                updateState();
                if (!opened) {
                    m_jobs.report(opened.error(), again, JobKind::Open);
                    return;
                }
                m_undo.clear();
                m_recipe = opened->info.recipe;
                // Where it stands, not where it began.
                m_shownPhase = m_recipe.phases.size() - 1;
                Q_EMIT recipeChanged();
                setDataset(std::move(opened->dataset));
                m_runFolder = folder;
                m_runRecipe = m_recipe;
                m_trainedOn = m_drawn;
                followRun();
                for (const TrainingEvent& event : opened->info.events)
                    append(m_history, event);
                m_runComplete = opened->info.finished;
                Q_EMIT historyChanged();
                m_predictions->followRun();
                if (m_history.epochs.empty())
                    return;
                setRunState(RunState::Finished);
                if (m_history.bestEpoch > 0 && m_dataset->count(Split::Validation) > 0)
                    m_evaluations->evaluate(Split::Validation);
            });
    updateState();
}

} // namespace vernier::ui
