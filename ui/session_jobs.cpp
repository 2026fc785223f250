#include "ui/run_history.h"
#include "ui/session.h"

#include "core/base/text.h"
#include "core/evaluation/split_scores.h"
#include "core/prediction/original_network.h"
#include "core/runs/run_model.h"
#include "core/runs/run_store.h"
#include "core/training/rate_finder.h"
#include "core/weights/catalogue.h"
#include "ui/base/format.h"
#include "ui/device_choice.h"

#include <QFileInfo>
#include <QStandardPaths>

#include <algorithm>
#include <chrono>

namespace vernier::ui {
namespace {

constexpr auto kBatchInterval = std::chrono::milliseconds(60);
/// Versions of each picture that are saved where every epoch draws new ones.
constexpr int kSavedFreshViews = 4;

/// The predictor in use, opened anew where its file is no longer the one that it was read from: a
/// run goes on, a model is exported again. On a worker.
Result<Session::LoadedPredictor> openPredictor(const std::filesystem::path& model,
    const std::string& device, const Session::LoadedPredictor& known)
{
    std::error_code error;
    const bool isRun = std::filesystem::is_directory(model, error);
    const std::filesystem::path file = isRun ? model / run_files::kBest : model;
    const auto size = std::filesystem::file_size(file, error);
    const auto changed = std::filesystem::last_write_time(file, error);
    const std::string key = textOf(file) + '|' + device + '|' + std::to_string(size) + '|'
        + std::to_string(changed.time_since_epoch().count());
    if (known.predictor && known.key == key)
        return known;
    return Predictor::open(model, device, isRun && asksForFp32(model))
        .map([&](Predictor predictor) {
            return Session::LoadedPredictor {
                std::make_shared<const Predictor>(std::move(predictor)), key
            };
        });
}

QStringList toStrings(const std::vector<std::string>& values)
{
    QStringList strings;
    for (const std::string& value : values)
        strings << QString::fromStdString(value);
    return strings;
}

QString nameOfModel(const QString& fileOrName)
{
    const auto* original = originalNetworkOf(fileOrName.toStdString());
    return original ? Session::tr("Original %1").arg(QString::fromStdString(original->title))
                    : QFileInfo(fileOrName).fileName();
}

} // namespace

void Session::connectWorkers()
{
    for (std::size_t i = 0; i < kSlots; ++i) {
        const auto slot = static_cast<Slot>(i);
        Worker& worker = m_workers[i];
        worker.job = std::make_unique<Job>();
        connect(worker.job.get(), &Job::progressed, this,
            [this, &worker](const QString&, qint64 done, qint64 total) {
                worker.progress.done = done;
                worker.progress.total = total;
                const auto seconds = static_cast<double>(worker.since.elapsed()) / 1000;
                worker.progress.secondsLeft = done > 0 && total >= done && seconds > 1
                    ? seconds / static_cast<double>(done) * static_cast<double>(total - done)
                    : -1;
                showProgress();
            });
        connect(worker.job.get(), &Job::runningChanged, this, [this, slot] {
            std::erase(m_order, slot);
            if (m_workers[slot].job->running())
                m_order.push_back(slot);
            else if (slot != PrepareSlot && m_order.empty())
                prepareSoon();
            showProgress();
            updateState();
        });
    }
}

Job& Session::begin(Slot slot, const QString& title)
{
    Worker& worker = m_workers[slot];
    worker.progress = { title, 0, 0, -1 };
    worker.since.start();
    if (slot == OpenSlot)
        setPreview({});
    // What nobody has asked for leaves the last failure and its retry as they are.
    if (slot != PrepareSlot) {
        stopPreparing();
        m_error.reset();
    }
    Q_EMIT jobBegun(slot);
    return *worker.job;
}

void Session::showProgress()
{
    m_job = m_order.empty() ? JobProgress() : m_workers[m_order.back()].progress;
    Q_EMIT jobChanged();
}

void Session::stop()
{
    m_continueNext = false;
    if (m_trainingUnderWay) {
        m_training.stop();
        setRunState(RunState::Stopping);
        return;
    }
    cancelJobs();
}

void Session::stopAll()
{
    if (m_trainingUnderWay)
        stop();
    cancelJobs();
}

void Session::cancelJobs()
{
    m_toPredict.clear();
    // A folder that was cancelled must not open after all, because it was read a moment before.
    abandonOpening();
    for (Worker& worker : m_workers)
        worker.job->cancel();
}

bool Session::idle() const
{
    return !m_trainingUnderWay
        && std::none_of(m_workers.begin(), m_workers.end(),
            [](const Worker& worker) { return worker.job->running(); });
}

void Session::loadDevices()
{
    m_deviceJob.start(
        [](std::stop_token, const ProgressSink&) -> Result<std::vector<Device>> {
            return vernier::devices();
        },
        [this](Result<std::vector<Device>> found) {
            if (found)
                m_devices = std::move(*found);
            Q_EMIT devicesChanged();
        });
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
    begin(ImportSlot, tr("Importing weights"))
        .start(
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
                    report(
                        imported.error(), [this, file, backbone] { importWeights(file, backbone); },
                        ImportSlot);
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

// --- a learning rate

bool Session::canFindRate() const { return m_dataset && !m_trainingUnderWay; }

QString Session::runToFindRateFor() const
{
    return canContinue() && shownPhase() > 0 ? m_runFolder : QString();
}

void Session::findRate()
{
    if (!canFindRate())
        return;
    m_rateSweep.reset();
    m_rateError.reset();
    begin(RateSlot, tr("Trying learning rates"))
        .start(
            [dataset = m_dataset, recipe = m_recipe, phase = shownPhase(),
                run = format::path(runToFindRateFor()),
                cache = featureCache()](std::stop_token stop, const ProgressSink& progress) {
                return vernier::findRate(*dataset, recipe, phase, run, *cache, {}, stop, progress);
            },
            [this](Result<RateSweep> sweep) {
                if (sweep)
                    m_rateSweep = std::move(*sweep);
                else
                    m_rateError = sweep.error();
                Q_EMIT rateSweepChanged();
            });
    Q_EMIT rateSweepChanged();
}

void Session::cancelFindRate() { m_workers[RateSlot].job->cancel(); }

std::optional<JobProgress> Session::rateJob() const { return progressOf(RateSlot); }

// --- what the network sees

int Session::keptViews() const
{
    return vernier::keptViews(m_recipe, runsOnGpu(m_recipe, m_devices));
}

void Session::saveViews(const QString& folder)
{
    if (!m_dataset)
        return;
    begin(ViewsSlot, tr("Saving augmented pictures"))
        .start(
            [dataset = m_dataset, recipe = m_recipe, kept = keptViews(), to = format::path(folder)](
                std::stop_token stop, const ProgressSink& progress) {
                KnownPictures known({});
                return viewRules(recipe, kept).and_then([&](const ViewRules& rules) {
                    return saveTrainingViews({ *dataset, rules, known },
                        drawnTrainingPictures(*dataset, recipe.perClass, recipe.seed),
                        kept > 0 ? kept : kSavedFreshViews, to, stop, progress);
                });
            },
            [this, folder](Result<SavedViews> saved) {
                if (saved)
                    Q_EMIT viewsSaved(folder, *saved);
                else
                    report(
                        saved.error(), [this, folder] { saveViews(folder); }, ViewsSlot);
            });
}

// --- inspect

void Session::evaluate(Split split)
{
    if (m_runFolder.isEmpty() || m_history.bestEpoch == 0 || !m_dataset || !m_trainedOn)
        return;
    begin(EvaluateSlot, tr("Evaluating"))
        .start(
            [run = format::path(m_runFolder), device = m_recipe.device, dataset = m_trainedOn,
                split, cache = featureCache()](std::stop_token stop, const ProgressSink& progress) {
                return scoreSplit(run, *dataset, split, device, *cache, stop, progress)
                    .map([&](SplitScores scores) {
                        Evaluation evaluation = vernier::evaluate(
                            split, *dataset, std::move(scores.logProbabilities));
                        evaluation.epoch = scores.epoch;
                        evaluation.problems = std::move(scores.problems);
                        return evaluation;
                    });
            },
            [this, split](Result<Evaluation> evaluation) {
                if (!evaluation) {
                    report(
                        evaluation.error(), [this, split] { evaluate(split); }, EvaluateSlot);
                    return;
                }
                m_scored = std::move(*evaluation);
                showEvaluation();
            });
}

// --- predict

bool Session::canPredict() const
{
    return !m_modelPath.isEmpty() || (!m_runFolder.isEmpty() && m_history.bestEpoch > 0);
}

void Session::predict(const QStringList& paths)
{
    m_given << paths;
    m_toPredict << paths;
    if (!m_workers[PredictSlot].job->running())
        startPredicting();
}

void Session::startPredicting()
{
    const QStringList paths = std::exchange(m_toPredict, {});
    if (paths.isEmpty())
        return;
    if (!canPredict()) {
        for (const QString& path : paths)
            m_given.removeOne(path);
        report(
            { ErrorCode::NotFound, "there is no model yet", {},
                "train once, or open a model file" },
            [this, paths] { predict(paths); }, PredictSlot);
        return;
    }
    const Retry again = [this, paths] {
        m_toPredict << paths;
        if (!m_workers[PredictSlot].job->running())
            startPredicting();
    };
    const QString model = m_modelPath.isEmpty() ? m_runFolder : m_modelPath;
    Job& job = begin(PredictSlot, tr("Predicting"));
    const Job::Post post = job.poster();
    const auto add = [this](std::vector<Prediction> batch) { addPredictions(std::move(batch)); };
    const auto use = [this, paths](const LoadedPredictor& opened) {
        // One table, one model: rows of an earlier epoch are made again.
        if (!m_predictions.empty() && m_predictor.key != opened.key) {
            m_predictions.clear();
            m_toPredict = m_given;
            for (const QString& path : paths)
                m_toPredict.removeOne(path);
            Q_EMIT predictionsReset();
        }
        m_predictor = opened;
        // Only now is it known which epoch's weights these are, and which classes.
        setPredictionModel(
            m_modelPath.isEmpty() ? runName(opened.predictor->epoch()) : m_predictionModelName,
            opened.predictor->classes(), m_modelPath);
        m_predictingBy = m_predictionModelName;
    };
    job.start(
        [paths, model = format::path(model), device = m_recipe.device, known = m_predictor, post,
            add, use](std::stop_token stop, const ProgressSink& progress) -> Status {
            const Result<LoadedPredictor> opened = openPredictor(model, device, known);
            if (!opened)
                return tl::unexpected(opened.error());
            post([use, opened = *opened] { use(opened); });
            std::vector<std::filesystem::path> given;
            for (const QString& path : paths)
                given.push_back(format::path(path));
            const std::vector<std::filesystem::path> pictures = picturesBelow(given, stop);
            if (pictures.empty() && !stop.stop_requested()) {
                return fail(ErrorCode::NotFound, "there is no picture in it",
                    given.empty() ? std::filesystem::path() : given.front(),
                    "drop pictures, or a folder of pictures");
            }

            using Clock = std::chrono::steady_clock;
            std::vector<Prediction> batch;
            auto sent = Clock::now();
            const auto send = [&] {
                if (!batch.empty())
                    post([add, values = std::exchange(batch, {})] { add(values); });
                sent = Clock::now();
            };
            const Status status = opened->predictor->predict(
                pictures,
                [&](Prediction prediction) {
                    batch.push_back(std::move(prediction));
                    if (Clock::now() - sent > kBatchInterval)
                        send();
                },
                stop, progress);
            send();
            return status;
        },
        [this, again](Status predicted) {
            // What was cancelled is not asked for again by another model.
            if (!predicted && predicted.error().code == ErrorCode::Cancelled)
                m_given = answeredPaths();
            startPredicting();
            // After what still waits has begun, which would take its place.
            if (!predicted)
                report(predicted.error(), again, PredictSlot);
        });
}

void Session::addPredictions(std::vector<Prediction> predictions)
{
    m_predictedBy = m_predictingBy;
    const auto first = static_cast<int>(m_predictions.size());
    std::move(predictions.begin(), predictions.end(), std::back_inserter(m_predictions));
    Q_EMIT predictionsAdded(first, static_cast<int>(predictions.size()));
}

void Session::predictAgain()
{
    m_workers[PredictSlot].job->abandon();
    m_predictions.clear();
    m_toPredict = m_given;
    Q_EMIT predictionsReset();
    startPredicting();
}

void Session::dropPredicting()
{
    m_toPredict.clear();
    m_workers[PredictSlot].job->abandon();
}

void Session::clearPredictions()
{
    dropPredicting();
    m_given.clear();
    m_predictions.clear();
    Q_EMIT predictionsReset();
}

void Session::cancelPredicting()
{
    m_toPredict.clear();
    m_workers[PredictSlot].job->cancel();
}

QStringList Session::answeredPaths() const
{
    QStringList paths;
    for (const Prediction& prediction : m_predictions)
        paths << format::path(prediction.path);
    return paths;
}

void Session::openModel(const QString& fileOrRun)
{
    begin(ModelSlot, tr("Opening the model"))
        .start(
            [path = format::path(fileOrRun), device = m_recipe.device, known = m_predictor](
                std::stop_token stop, const ProgressSink&) {
                auto opened = openPredictor(path, device, known);
                if (stop.stop_requested())
                    opened = cancelled();
                return opened;
            },
            [this, fileOrRun](Result<LoadedPredictor> opened) {
                if (!opened) {
                    report(
                        opened.error(), [this, fileOrRun] { openModel(fileOrRun); }, ModelSlot);
                    return;
                }
                dropPredicting();
                m_predictor = *opened;
                setPredictionModel(nameOfModel(fileOrRun), opened->predictor->classes(), fileOrRun);
                predictAgain();
            });
}

void Session::leaveModel()
{
    m_workers[ModelSlot].job->abandon();
    dropPredicting();
    m_modelPath.clear();
    useRunForPredictions();
    if (canPredict())
        predictAgain();
}

void Session::setPredictionModel(
    const QString& name, const std::vector<std::string>& classes, const QString& path)
{
    const QStringList names = toStrings(classes);
    m_modelPath = path;
    m_predictionModelName = name;
    // Of other classes' probabilities there is no more to say than which pictures they were of.
    if (names != m_predictionClasses && !m_predictions.empty()) {
        if (canPredict())
            predictAgain();
        else
            clearPredictions();
    }
    m_predictionClasses = names;
    Q_EMIT predictionModelChanged();
}

QString Session::runName(int epoch) { return tr("This run, epoch %1").arg(epoch); }

void Session::useRunForPredictions()
{
    if (!m_modelPath.isEmpty())
        return;
    if (m_history.bestEpoch == 0 || !m_dataset) {
        if (!m_predictionModelName.isEmpty())
            setPredictionModel({}, {}, {});
        return;
    }
    // While it trains, the weights on disk may be those of an earlier best epoch.
    setPredictionModel(
        m_trainingUnderWay ? tr("This run, best epoch so far") : runName(m_history.bestEpoch),
        m_dataset->classes, {});
}

// --- export

bool Session::canExport() const
{
    return !m_trainingUnderWay && !m_runFolder.isEmpty() && m_history.bestEpoch > 0;
}

std::optional<JobProgress> Session::progressOf(Slot slot) const
{
    const Worker& worker = m_workers[slot];
    return worker.job->running() ? std::optional(worker.progress) : std::nullopt;
}

std::optional<JobProgress> Session::exportJob() const { return progressOf(ExportSlot); }

std::optional<JobProgress> Session::predictionJob() const { return progressOf(PredictSlot); }

std::optional<JobProgress> Session::evaluationJob() const { return progressOf(EvaluateSlot); }

void Session::cancelExport() { m_workers[ExportSlot].job->cancel(); }

void Session::exportModel(ExportFormat format, const QString& file)
{
    if (!canExport())
        return;
    begin(ExportSlot, tr("Exporting"))
        .start(
            [run = format::path(m_runFolder), format, file = format::path(file),
                dataset = m_dataset](std::stop_token stop, const ProgressSink& progress) {
                return vernier::exportModel(
                    run, format, file, parityPictures(*dataset), stop, progress);
            },
            [this, format, file](Result<ExportReport> written) {
                if (!written)
                    report(
                        written.error(), [this, format, file] { exportModel(format, file); },
                        ExportSlot);
                else
                    Q_EMIT exported(*written);
            });
}

} // namespace vernier::ui
