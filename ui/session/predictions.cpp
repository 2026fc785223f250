#include "ui/session/predictions.h"

#include "core/base/text.h"
#include "core/prediction/original_network.h"
#include "core/runs/run_model.h"
#include "core/runs/run_store.h"
#include "ui/base/format.h"

#include <QFileInfo>

#include <chrono>
#include <utility>

namespace vernier::ui {
namespace {

constexpr auto kBatchInterval = std::chrono::milliseconds(60);

/// The predictor in use, opened anew where its file is no longer the one that it was read from: a
/// run goes on, a model is exported again. On a worker.
Result<Predictions::Loaded> openPredictor(
    const std::filesystem::path& model, const std::string& device, const Predictions::Loaded& known)
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
            return Predictions::Loaded { std::make_shared<const Predictor>(std::move(predictor)),
                key };
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
    return original ? Predictions::tr("Original %1").arg(QString::fromStdString(original->title))
                    : QFileInfo(fileOrName).fileName();
}

QString runName(int epoch) { return Predictions::tr("This run, epoch %1").arg(epoch); }

} // namespace

Predictions::Predictions(
    JobBoard& jobs, std::function<Run()> run, std::function<std::string()> device, QObject* parent)
    : QObject(parent), m_jobs(jobs), m_run(std::move(run)), m_device(std::move(device))
{
}

bool Predictions::canPredict() const
{
    if (!m_modelPath.isEmpty())
        return true;
    const Run run = m_run();
    return !run.folder.isEmpty() && run.bestEpoch > 0;
}

void Predictions::predict(const QStringList& paths)
{
    m_given << paths;
    m_toPredict << paths;
    if (!m_jobs.running(JobKind::Predict))
        start();
}

void Predictions::start()
{
    const QStringList paths = std::exchange(m_toPredict, {});
    if (paths.isEmpty())
        return;
    if (!canPredict()) {
        for (const QString& path : paths)
            m_given.removeOne(path);
        m_jobs.report(
            { ErrorCode::NotFound, "there is no model yet", {},
                "train once, or open a model file" },
            [this, paths] { predict(paths); }, JobKind::Predict);
        return;
    }
    const JobBoard::Retry again = [this, paths] {
        m_toPredict << paths;
        if (!m_jobs.running(JobKind::Predict))
            start();
    };
    const QString model = m_modelPath.isEmpty() ? m_run().folder : m_modelPath;
    Job& job = m_jobs.begin(JobKind::Predict, tr("Predicting"));
    const Job::Post post = job.poster();
    const auto append = [this](std::vector<Prediction> batch) { add(std::move(batch)); };
    const auto use = [this, paths](const Loaded& opened) {
        // One table, one model: rows of an earlier epoch are made again.
        if (!m_all.empty() && m_loaded.key != opened.key) {
            m_all.clear();
            m_toPredict = m_given;
            for (const QString& path : paths)
                m_toPredict.removeOne(path);
            Q_EMIT cleared();
        }
        m_loaded = opened;
        // Only now is it known which epoch's weights these are, and which classes.
        setModel(m_modelPath.isEmpty() ? runName(opened.predictor->epoch()) : m_modelName,
            opened.predictor->classes(), m_modelPath);
        m_predictingBy = m_modelName;
    };
    job.startInTurn(
        [paths, model = format::path(model), device = m_device(), known = m_loaded, post, append,
            use](std::stop_token stop, const ProgressSink& progress) -> Status {
            const Result<Loaded> opened = openPredictor(model, device, known);
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
                    post([append, values = std::exchange(batch, {})] { append(values); });
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
            start();
            // After what still waits has begun, which would take its place.
            if (!predicted)
                m_jobs.report(predicted.error(), again, JobKind::Predict);
        });
}

void Predictions::add(std::vector<Prediction> predictions)
{
    m_predictedBy = m_predictingBy;
    const auto first = static_cast<int>(m_all.size());
    std::move(predictions.begin(), predictions.end(), std::back_inserter(m_all));
    Q_EMIT added(first, static_cast<int>(predictions.size()));
}

void Predictions::predictAgain()
{
    m_jobs.abandon(JobKind::Predict);
    m_all.clear();
    m_toPredict = m_given;
    Q_EMIT cleared();
    start();
}

void Predictions::drop()
{
    m_toPredict.clear();
    m_jobs.abandon(JobKind::Predict);
}

void Predictions::clear()
{
    drop();
    m_given.clear();
    m_all.clear();
    Q_EMIT cleared();
}

void Predictions::cancel()
{
    m_toPredict.clear();
    m_jobs.cancel(JobKind::Predict);
}

QStringList Predictions::answeredPaths() const
{
    QStringList paths;
    for (const Prediction& prediction : m_all)
        paths << format::path(prediction.path);
    return paths;
}

void Predictions::openModel(const QString& fileOrRun)
{
    m_jobs.begin(JobKind::Model, tr("Opening the model"))
        .start(
            [path = format::path(fileOrRun), device = m_device(), known = m_loaded](
                std::stop_token stop, const ProgressSink&) {
                auto opened = openPredictor(path, device, known);
                if (stop.stop_requested())
                    opened = cancelled();
                return opened;
            },
            [this, fileOrRun](Result<Loaded> opened) {
                if (!opened) {
                    m_jobs.report(
                        opened.error(), [this, fileOrRun] { openModel(fileOrRun); },
                        JobKind::Model);
                    return;
                }
                drop();
                m_loaded = *opened;
                setModel(nameOfModel(fileOrRun), opened->predictor->classes(), fileOrRun);
                predictAgain();
            });
}

void Predictions::leaveModel()
{
    m_jobs.abandon(JobKind::Model);
    drop();
    m_modelPath.clear();
    followRun();
    if (canPredict())
        predictAgain();
}

void Predictions::setModel(
    const QString& name, const std::vector<std::string>& classes, const QString& path)
{
    const QStringList names = toStrings(classes);
    m_modelPath = path;
    m_modelName = name;
    // Of other classes' probabilities there is no more to say than which pictures they were of.
    if (names != m_classes && !m_all.empty()) {
        if (canPredict())
            predictAgain();
        else
            clear();
    }
    m_classes = names;
    Q_EMIT modelChanged();
}

void Predictions::followRun()
{
    if (!m_modelPath.isEmpty())
        return;
    const Run run = m_run();
    if (run.bestEpoch == 0) {
        if (!m_modelName.isEmpty())
            setModel({}, {}, {});
        return;
    }
    // While it trains, the weights on disk may be those of an earlier best epoch.
    setModel(
        run.trains ? tr("This run, best epoch so far") : runName(run.bestEpoch), run.classes, {});
}

void Predictions::forgetModel() { m_modelPath.clear(); }

void Predictions::abandonRun()
{
    if (!m_modelPath.isEmpty())
        return;
    drop();
    m_given = answeredPaths();
}

std::optional<JobProgress> Predictions::job() const { return m_jobs.progress(JobKind::Predict); }

} // namespace vernier::ui
