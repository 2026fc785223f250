#include "ui/session/session.h"

#include "core/base/text.h"
#include "core/features/preparation.h"
#include "core/weights/catalogue.h"
#include "ui/base/format.h"
#include "ui/session/cache_keeper.h"
#include "ui/session/current_run.h"
#include "ui/session/device_list.h"
#include "ui/session/evaluations.h"
#include "ui/session/feature_warmer.h"
#include "ui/session/model_export.h"
#include "ui/session/predictions.h"
#include "ui/session/rate_trial.h"
#include "ui/session/view_saver.h"

#include <QFileInfo>
#include <QStandardPaths>

#include <utility>

namespace vernier::ui {

Session::Session(QObject* parent) : QObject(parent)
{
    if (const Result<Recipe> recipe = builtInRecipe("default"))
        m_recipe = *recipe;
    m_previewSoon.setSingleShot(true);
    connect(&m_previewSoon, &QTimer::timeout, this, [this] { setPreview(SnapshotPtr(m_found)); });
    makeParts();
    watchProject();
    for (const auto signal : { &Session::datasetChanged, &Session::recipeChanged }) {
        connect(this, signal, this, [this] {
            // What could not begin may begin now.
            m_run->forgetFailure();
            m_warmer->followChange();
        });
    }
}

Session::~Session()
{
    if (m_saveProjectSoon.isActive())
        saveProject();
    // Commands refer to the session, and jobs to its parts.
    m_undo.clear();
    m_jobs.end();
}

void Session::makeParts()
{
    m_pictures = std::make_unique<CurrentDataset>(m_undo);
    connect(m_pictures.get(), &CurrentDataset::edited, this, &Session::saveEdits);
    connect(m_pictures.get(), &CurrentDataset::edited, this,
        [this] { m_evaluations->judgeBy(JudgedBy::TodaysLabels); });
    connect(m_pictures.get(), &CurrentDataset::changed, this, &Session::datasetChanged);
    m_run = std::make_unique<CurrentRun>();
    connect(m_run.get(), &CurrentRun::stateChanged, this, &Session::updateState);
    connect(m_run.get(), &CurrentRun::ended, this, &Session::concludeRun);
    connect(m_run.get(), &CurrentRun::epochFinished, this, [this] {
        // Not before: a run that fails at its start leaves nothing to open. Several epochs may have
        // ended since anybody looked.
        if (std::exchange(m_keptRun, m_run->folder()) == m_run->folder())
            return;
        rememberRun();
        Q_EMIT runKept();
    });
    m_devices = std::make_unique<DeviceList>();
    m_cache = std::make_unique<CacheKeeper>();
    m_warmer = std::make_unique<FeatureWarmer>(
        m_jobs, *m_cache,
        [this] {
            if (m_recipe.phases.empty())
                return FeatureWarmer::Subject {};
            const bool shown = canPrepareShown();
            FeatureWarmer::Subject subject { dataset(), m_recipe, shown };
            subject.recipe.phases = { m_recipe.phases[shown ? shownPhase() : 0] };
            return subject;
        },
        [this] { return idle() && check(m_recipe); });
    m_rates = std::make_unique<RateTrial>(
        m_jobs, *m_cache, [this]() -> std::optional<RateTrial::Subject> {
            if (!dataset() || m_run->underWay())
                return std::nullopt;
            const bool goesOn = canContinue() && shownPhase() > 0;
            return RateTrial::Subject { dataset(), m_recipe, shownPhase(),
                goesOn ? m_run->folder() : QString() };
        });
    m_views = std::make_unique<ViewSaver>(m_jobs, *m_devices, [this] {
        return ViewSaver::Subject { dataset(), m_recipe };
    });
    m_evaluations = std::make_unique<Evaluations>(
        m_jobs, *m_cache,
        [this]() -> std::optional<Evaluations::Subject> {
            if (m_run->folder().isEmpty() || m_run->history().bestEpoch == 0 || !dataset()
                || !m_run->trainedOn())
                return std::nullopt;
            return Evaluations::Subject { m_run->folder(), m_run->trainedOn(), m_recipe.device };
        },
        [this] { return dataset(); });
    m_predictions = std::make_unique<Predictions>(
        m_jobs,
        [this] {
            return m_run->trainedOn() && m_run->history().bestEpoch > 0
                ? Predictions::Run { m_run->folder(), m_run->history().bestEpoch, m_run->underWay(),
                      m_run->trainedOn()->classes }
                : Predictions::Run {};
        },
        [this] { return m_recipe.device; });
    m_exports
        = std::make_unique<ModelExport>(m_jobs, [this]() -> std::optional<ModelExport::Subject> {
              if (m_run->underWay() || m_run->folder().isEmpty() || m_run->history().bestEpoch == 0)
                  return std::nullopt;
              return ModelExport::Subject { m_run->folder(), m_run->trainedOn() };
          });

    connect(
        m_pictures.get(), &CurrentDataset::changed, m_evaluations.get(), &Evaluations::followEdits);
    connect(m_run.get(), &CurrentRun::bestChanged, m_predictions.get(), &Predictions::followRun);
    connect(&m_jobs, &JobBoard::begun, this, [this](JobKind kind) {
        if (kind == JobKind::Open)
            setPreview({});
    });
    connect(&m_jobs, &JobBoard::runningChanged, this, [this](JobKind kind) {
        if (kind != JobKind::Prepare && m_jobs.idle())
            m_warmer->startSoon();
        updateState();
    });
}

void Session::stop()
{
    m_continueNext = false;
    if (m_run->underWay()) {
        m_run->stop();
        return;
    }
    cancelJobs();
}

void Session::stopAll()
{
    if (m_run->underWay())
        stop();
    cancelJobs();
}

void Session::cancelJobs()
{
    // A folder that was cancelled must not open after all, because it was read a moment before.
    abandonOpening();
    m_predictions->cancel();
    m_jobs.cancelAll();
}

bool Session::idle() const { return !m_run->underWay() && m_jobs.idle(); }

bool Session::canPrepareShown() const
{
    if (!canContinue())
        return findsLoadedWeightsBelow(m_recipe, shownPhase());
    // It would go on from what the run has trained, whatever the recipe's phases say by now.
    Recipe run = m_recipe;
    run.phases.clear();
    for (const PhaseStarted& phase : m_run->history().phases)
        run.phases.push_back({ phase.plan });
    run.phases.push_back(m_recipe.phases[shownPhase()]);
    return findsLoadedWeightsBelow(run, run.phases.size() - 1);
}

void Session::importWeights(const QString& file, const QString& backbone)
{
    const QString folder = QStandardPaths::writableLocation(QStandardPaths::AppDataLocation)
        + QStringLiteral("/weights/");
    // Another recipe may refer to weights of the same name.
    const QString name = folder + QFileInfo(file).completeBaseName();
    QString to = name + QStringLiteral(".safetensors");
    for (int number = 2; QFileInfo::exists(to); ++number)
        to = QStringLiteral("%1-%2.safetensors").arg(name).arg(number);
    m_jobs.begin(JobKind::Import, tr("Importing weights"))
        .startInTurn(
            [from = format::path(file), to = format::path(to),
                backbone = backbone.isEmpty() ? m_recipe.backbone : backbone.toStdString()](
                std::stop_token stop, const ProgressSink&) {
                std::error_code ignored;
                std::filesystem::create_directories(to.parent_path(), ignored);
                auto imported = vernier::importWeights(from, backbone, to);
                if (imported && stop.stop_requested()) {
                    std::filesystem::remove(to, ignored);
                    imported = cancelled();
                }
                return imported;
            },
            [this, file, to, backbone](Result<ImportedWeights> imported) {
                if (!imported) {
                    m_jobs.report(
                        imported.error(), [this, file, backbone] { importWeights(file, backbone); },
                        JobKind::Import);
                    return;
                }
                Recipe recipe = m_recipe;
                if (!backbone.isEmpty()) {
                    recipe.backbone = backbone.toStdString();
                    fitToBackbone(recipe);
                }
                recipe.weights = to.toStdString();
                recipe.normalization = "auto";
                setRecipe(recipe, tr("importing weights"));
                const QString called = QFileInfo(file).fileName();
                if (imported->byOrder)
                    Q_EMIT weightsNoted(tr("The layers in %1 have no names that say what they are: "
                                           "they were taken in the network's order.")
                                            .arg(called));
                else if (!imported->prefix.empty())
                    Q_EMIT weightsNoted(
                        tr("The names in %1 stand behind \"%2\", which was left out.")
                            .arg(called, QString::fromStdString(inOneLine(imported->prefix))));
            });
}

} // namespace vernier::ui
