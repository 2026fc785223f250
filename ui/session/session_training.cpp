#include "ui/session/session.h"

#include "core/recipe/recipe_difference.h"
#include "core/runs/run_store.h"
#include "ui/base/format.h"
#include "ui/base/moved_pictures.h"
#include "ui/session/cache_keeper.h"
#include "ui/session/current_run.h"
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
    if (m_run->underWay())
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
    startTraining(
        { pictures, recipe, freshRunFolder(runs, *pictures), RunMode::Fresh, {} }, recipe);
}

bool Session::canContinue() const
{
    return (!m_run->underWay() || m_state == RunState::Paused) && m_dataset
        && !m_run->folder().isEmpty() && !m_run->history().epochs.empty()
        && sameButPhases(m_recipe, m_run->recipe());
}

void Session::continueRun()
{
    const Retry again = [this] { continueRun(); };
    if (!canContinue()) {
        refuse(again);
        return;
    }
    if (m_run->underWay()) {
        stop();
        m_continueNext = true;
        return;
    }
    Recipe recipe = m_recipe;
    recipe.phases = { m_recipe.phases[shownPhase()] };
    m_trainAgain = again;
    startTraining(
        { m_dataset, recipe, format::path(m_run->folder()), RunMode::Extend, {} }, m_run->recipe());
}

bool Session::canResume() const
{
    return !m_run->underWay() && m_dataset && !m_run->folder().isEmpty() && !m_run->complete()
        && sameButPhases(m_recipe, m_run->recipe());
}

void Session::resumeRun()
{
    const Retry again = [this] { resumeRun(); };
    if (!canResume()) {
        refuse(again);
        return;
    }
    m_trainAgain = again;
    startTraining({ m_dataset, m_recipe, format::path(m_run->folder()), RunMode::Resume, {} },
        m_run->recipe());
}

void Session::refuse(const Retry& again)
{
    if (m_run->underWay() || !m_dataset || m_run->folder().isEmpty())
        return;
    m_jobs.report({ ErrorCode::Invalid, "the recipe differs from the run's in more than its phases",
                      {}, "train a new run, or undo what was changed" },
        again);
}

bool Session::editedSinceTraining() const
{
    if (!m_run->trainedOn() || !m_dataset)
        return false;
    const auto same = [](const ImageEntry& a, const ImageEntry& b) {
        return a.label == b.label && a.split == b.split;
    };
    return !std::equal(m_dataset->images.begin(), m_dataset->images.end(),
        m_run->trainedOn()->images.begin(), m_run->trainedOn()->images.end(), same);
}

void Session::retryRun()
{
    if (const Retry again = m_trainAgain; again && !m_run->underWay())
        again();
}

void Session::startTraining(TrainingJob job, const Recipe& recipe)
{
    m_warmer->stop();
    job.cache = m_cache->cache();
    // What they would answer is about another dataset or other weights.
    abandonOpening();
    m_evaluations->abandon();
    m_jobs.cancel(JobKind::Rate);
    m_jobs.clearError();
    m_continueNext = false;
    if (!m_run->start(std::move(job), recipe))
        m_jobs.report({ ErrorCode::Internal, "the run before has not ended yet", {}, "try again" },
            m_trainAgain);
}

void Session::concludeRun()
{
    m_warmer->startSoon();
    if (m_run->error()) {
        m_continueNext = false;
        if (m_run->begun())
            followRunWithEdits();
        updateState();
        m_jobs.report(*m_run->error(), m_trainAgain);
        return;
    }
    followRunWithEdits();
    m_predictions->followRun();
    updateState();
    if (std::exchange(m_continueNext, false) && !m_run->complete() && canContinue()) {
        continueRun();
        return;
    }
    if (m_run->history().bestEpoch > 0 && m_dataset->count(Split::Validation) > 0)
        m_evaluations->evaluate(Split::Validation);
}

void Session::forgetRun()
{
    // Its answers would stand under the next run's name.
    m_predictions->abandonRun();
    m_evaluations->abandon();
    m_run->forget();
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
    if (m_run->underWay()) {
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
                m_run->show(folder, opened->info, m_drawn);
                followRun();
                m_predictions->followRun();
                if (m_run->history().bestEpoch > 0 && m_dataset->count(Split::Validation) > 0)
                    m_evaluations->evaluate(Split::Validation);
            });
    updateState();
}

} // namespace vernier::ui
