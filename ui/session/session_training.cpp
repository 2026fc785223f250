#include "ui/session/session.h"

#include "core/recipe/recipe_difference.h"
#include "core/runs/run_store.h"
#include "ui/base/format.h"
#include "ui/session/cache_keeper.h"
#include "ui/session/current_run.h"
#include "ui/session/evaluations.h"
#include "ui/session/feature_warmer.h"
#include "ui/session/opening.h"
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

void Session::train() { trainRecipe(m_recipe, dataset()); }

void Session::trainRecipe(const Recipe& recipe, const SnapshotPtr& pictures)
{
    // What is mended in between counts where it is the shown one that failed.
    const Retry again = recipe == m_recipe && pictures == dataset()
        ? Retry([this] { train(); })
        : Retry([this, recipe, pictures] { trainRecipe(recipe, pictures); });
    if (m_run->underWay())
        return;
    if (!dataset()) {
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
    return (!m_run->underWay() || m_state == RunState::Paused) && dataset()
        && !m_run->folder().isEmpty() && !m_run->history().epochs.empty()
        && dataset()->classes == m_run->trainedOn()->classes
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
    startTraining({ withoutSeen(dataset(), *m_run->trainedOn()), recipe,
                      format::path(m_run->folder()), RunMode::Extend, {} },
        m_run->recipe());
}

bool Session::canResume() const
{
    return !m_run->underWay() && dataset() && !m_run->folder().isEmpty() && !m_run->complete()
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
    startTraining(
        { m_run->trainedOn(), m_recipe, format::path(m_run->folder()), RunMode::Resume, {} },
        m_run->recipe());
}

Session::NextStep Session::nextStep() const
{
    // Whoever has changed the phases since means those.
    const bool asBegun = canResume() && m_recipe.phases == m_run->recipe().phases;
    if (asBegun || (canResume() && !canContinue()))
        return NextStep::Unfinished;
    return !m_run->underWay() && canContinue() ? NextStep::NewPhase : NextStep::None;
}

int Session::epochsLeft() const
{
    const RunHistory& history = m_run->history();
    int left = 0;
    std::size_t begun = 0;
    if (!history.phases.empty()) {
        const PhaseStarted& phase = history.phases.back();
        const int done = history.epochs.empty() ? 0 : history.epochs.back().epoch;
        left = std::max(phase.firstEpoch + phase.epochs - 1 - done, 0);
        begun = static_cast<std::size_t>(phase.phase);
    }
    const std::vector<Phase>& phases = m_run->recipe().phases;
    for (std::size_t i = begun; i < phases.size(); ++i)
        left += phases[i].epochs;
    return left;
}

void Session::refuse(const Retry& again)
{
    if (m_run->underWay() || !dataset() || m_run->folder().isEmpty())
        return;
    const bool sameRecipe = sameButPhases(m_recipe, m_run->recipe());
    m_jobs.report(
        { ErrorCode::Invalid,
            sameRecipe ? "the pictures have other classes than the run"
                       : "the recipe differs from the run's in more than its phases",
            {}, sameRecipe ? "train a new run" : "train a new run, or undo what was changed" },
        again);
}

DataChanges Session::changesSinceTraining() const
{
    return m_run->trainedOn() && dataset() ? changesBetween(*m_run->trainedOn(), *dataset())
                                           : DataChanges {};
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
        updateState();
        m_jobs.report(*m_run->error(), m_trainAgain);
        return;
    }
    m_predictions->followRun();
    updateState();
    if (std::exchange(m_continueNext, false) && !m_run->complete() && canContinue()) {
        continueRun();
        return;
    }
    if (m_run->history().bestEpoch > 0 && m_run->trainedOn()->count(Split::Validation) > 0)
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
    return dataset() ? dataset()->root : std::filesystem::path();
}

void Session::openLastRun()
{
    if (const QString run = lastRun(); !run.isEmpty() && !m_run->underWay())
        beginOpening(run, false);
}

void Session::beginOpening(const QString& folder, bool asked)
{
    const Retry again = [this, folder] { openRun(folder); };
    if (m_run->underWay()) {
        m_jobs.report({ ErrorCode::Invalid, "training is under way", format::path(folder),
                          "stop it before opening another run" },
            again, JobKind::Open);
        return;
    }
    m_jobs.begin(JobKind::Open, tr("Opening the run"))
        .start([what = RunToOpen { format::path(folder), openPictures(), dataset(), journals(),
                    m_writer.allWritten() }](std::stop_token stop,
                   const ProgressSink& progress) { return readToOpen(what, stop, progress); },
            [this, again, folder, asked](Result<OpenedRun> opened) {
                updateState();
                if (!opened && asked)
                    m_jobs.report(opened.error(), again, JobKind::Open);
                else if (opened && (asked || !opened->pictures))
                    showRun(folder, *opened, asked);
            });
    updateState();
}

void Session::showRun(const QString& folder, const OpenedRun& opened, bool asked)
{
    const Recipe& recipe = opened.info.recipe;
    if (opened.pictures) {
        leaveProject();
        m_recipe = recipe;
        Q_EMIT recipeChanged();
        setDataset(*opened.pictures);
    } else {
        forgetRun();
        // A project has a recipe of its own, which nobody asked to change.
        if (asked || m_projectFile.isEmpty())
            setRecipe(recipe, tr("opening a run"));
    }
    // Where it stands, not where it began.
    showPhase(m_recipe.phases.size() - 1);
    m_run->show(folder, opened.info, opened.trainedOn);
    m_pictures->keepSplitsOf(opened.trainedOn, splitOptions(recipe));
    takeOverEdits(folder, opened.ownEdits);
    if (opened.problem)
        m_jobs.report(*opened.problem, {});
    m_predictions->followRun();
    rememberRun();
    if (changesSinceTraining().count() > 0)
        m_evaluations->judgeBy(JudgedBy::OwnLabels);
    updateState();
    if (m_run->history().bestEpoch > 0 && opened.trainedOn->count(Split::Validation) > 0)
        m_evaluations->evaluate(Split::Validation);
}

void Session::takeOverEdits(const QString& folder, const Edits& edits)
{
    if (edits.empty())
        return;
    const Edits homeless = m_pictures->takeOver(edits, tr("taking over what was mended in a run"));
    // They are in the journal now, and would come back when they were taken back there.
    const std::filesystem::path own = format::path(folder) / run_files::kEdits;
    std::filesystem::path kept = own;
    kept += ".taken-over";
    m_writer.write(
        [own, kept, homeless, file = m_pictures->journal(),
            known = m_pictures->known()]() -> Status {
            // A project's journal was written before.
            if (!file.empty()) {
                Edits ours = withOlder(*known, homeless);
                if (const auto written = writeJournal(file, *known, ours); !written)
                    return tl::unexpected(written.error());
                *known = std::move(ours);
            }
            std::error_code failure;
            std::filesystem::rename(own, kept, failure);
            if (failure)
                return fail(ErrorCode::Unreadable, failure.message(), own);
            return {};
        },
        {});
}

} // namespace vernier::ui
