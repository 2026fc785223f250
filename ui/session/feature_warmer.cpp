#include "ui/session/feature_warmer.h"

#include "core/base/thread_priority.h"
#include "core/features/preparation.h"
#include "core/model/devices.h"

#include <QSettings>

#include <algorithm>

namespace vernier::ui {
namespace {

/// A person who has just opened a folder or ticked a block may go on doing so.
constexpr int kPrepareAfterMs = 1200;

/// What features depend on, the rest left at its default.
Recipe partForFeatures(const Recipe& recipe)
{
    Recipe part;
    part.backbone = recipe.backbone;
    part.weights = recipe.weights;
    part.transferLayer = recipe.transferLayer;
    part.normalization = recipe.normalization;
    part.size = recipe.size;
    part.geometry = recipe.geometry;
    part.augmentation = recipe.augmentation;
    part.views = recipe.views;
    part.device = recipe.device;
    part.precision = recipe.precision;
    part.perClass = recipe.perClass;
    // Random weights are drawn from it, and which pictures are used.
    if (recipe.weights == "random" || recipe.perClass != kAllOfClass)
        part.seed = recipe.seed;
    // Rates do not matter, only whether a block trains.
    part.phases.front().plan.blockRates = recipe.phases.front().plan.blockRates;
    for (auto& [block, rate] : part.phases.front().plan.blockRates)
        rate = 1;
    part.phases.front().plan.layerRates = recipe.phases.front().plan.layerRates;
    for (auto& [layer, rate] : part.phases.front().plan.layerRates)
        rate = rate > 0 ? 1 : 0;
    return part;
}

QString speedKey(const Recipe& recipe)
{
    return QStringLiteral("speed %1/%2 %3 %4 on %5")
        .arg(kSpeedGeneration)
        .arg(QString::fromStdString(recipe.backbone), QString::fromStdString(recipe.device),
            QString::fromStdString(std::string(name(recipe.precision))))
        .arg(usableCores());
}

/// Settings are a file that anybody may edit, and times are made of these.
bool isPlausible(double multiplyAddsPerSecond)
{
    return multiplyAddsPerSecond > 1e3 && multiplyAddsPerSecond < 1e21;
}

} // namespace

FeatureWarmer::FeatureWarmer(JobBoard& jobs, CacheKeeper& cache, std::function<Subject()> subject,
    std::function<bool()> mayRun, QObject* parent)
    : QObject(parent)
    , m_jobs(jobs)
    , m_cache(cache)
    , m_subject(std::move(subject))
    , m_mayRun(std::move(mayRun))
{
    m_soon.setSingleShot(true);
    connect(&m_soon, &QTimer::timeout, this, &FeatureWarmer::prepare);
    connect(&m_jobs, &JobBoard::begun, this, [this](JobKind kind) {
        if (kind != JobKind::Prepare)
            stop();
    });
    connect(&m_cache, &CacheKeeper::limiting, this, [this] {
        stop();
        // Some may be gone, or there may be room for all now; looking costs little.
        m_prepared.reset();
        m_notPrepared.reset();
        Q_EMIT readyChanged();
        startSoon();
    });
    connect(&m_cache, &CacheKeeper::clearing, this, [this] {
        stop();
        m_prepared.reset();
        // Who has just emptied it does not want to see it fill by itself.
        if (const Subject wanted = m_subject(); wanted.dataset)
            m_notPrepared = PreparedFor { wanted.dataset, partForFeatures(wanted.recipe) };
        Q_EMIT readyChanged();
    });
}

void FeatureWarmer::setOn(bool on)
{
    m_on = on;
    if (on)
        startSoon();
    else
        stop();
}

void FeatureWarmer::startSoon()
{
    if (m_on)
        m_soon.start(kPrepareAfterMs);
}

void FeatureWarmer::stop()
{
    m_soon.stop();
    m_jobs.abandon(JobKind::Prepare);
}

void FeatureWarmer::followChange()
{
    const SnapshotPtr dataset = m_subject().dataset;
    followLabels(m_prepared, dataset);
    followLabels(m_notPrepared, dataset);
    // What is under way may be for a recipe that was undone since.
    stop();
    startSoon();
}

std::optional<ComputeSpeed> FeatureWarmer::speed()
{
    // Asked for at every change of the recipe, and settings may wait for the disk.
    const QString key = speedKey(m_subject().recipe);
    if (key == m_speedKey)
        return m_speed;
    m_speedKey = key;
    m_speed.reset();
    const QVariantList values = QSettings().value(key).toList();
    if (values.size() != 3)
        return m_speed;
    const ComputeSpeed speed { values[0].toDouble(), values[1].toDouble(), values[2].toDouble() };
    if (isPlausible(speed.prefix) && isPlausible(speed.suffix) && isPlausible(speed.head))
        m_speed = speed;
    return m_speed;
}

bool FeatureWarmer::isReady() const
{
    const Subject subject = m_subject();
    return m_prepared && m_prepared->dataset == subject.dataset && subject.isShown
        && m_prepared->recipe == partForFeatures(subject.recipe);
}

void FeatureWarmer::followLabels(std::optional<PreparedFor>& prepared, const SnapshotPtr& dataset)
{
    if (!prepared || !dataset || prepared->dataset == dataset
        || prepared->dataset->root != dataset->root)
        return;
    const bool same = std::ranges::equal(prepared->dataset->images, dataset->images,
        // Labels count only where they decide which pictures train.
        [drawn = prepared->recipe.perClass != kAllOfClass](
            const ImageEntry& a, const ImageEntry& b) {
            return a.path == b.path && a.split == b.split && a.bytes == b.bytes
                && (!drawn || a.label == b.label);
        });
    if (same)
        prepared->dataset = dataset;
}

void FeatureWarmer::prepare()
{
    if (!m_on || !m_mayRun())
        return;
    const auto [dataset, recipe, isShown] = m_subject();
    if (!dataset)
        return;
    const PreparedFor wanted { dataset, partForFeatures(recipe) };
    if (m_prepared == wanted || m_notPrepared == wanted)
        return;
    const bool measure = !speed();
    Job& job = m_jobs.begin(JobKind::Prepare, tr("Preparing features"));
    const Job::Post post = job.poster();
    const auto remember = [this, key = speedKey(recipe)](const ComputeSpeed& speed) {
        QSettings().setValue(key, QVariantList { speed.prefix, speed.suffix, speed.head });
        m_speedKey.clear();
        Q_EMIT speedChanged();
    };
    job.start(
        [dataset = dataset, recipe = recipe, cache = m_cache.cache(), measure, post, remember](
            std::stop_token stop, const ProgressSink& progress) -> Result<Prepared> {
            lowerThreadPriority(kBackgroundNiceness);
            if (measure) {
                // Without a figure there is still the typical one.
                if (const auto speed = measureSpeed(recipe, stop))
                    post([remember, speed = *speed] { remember(speed); });
            }
            return prepareFeatures(*dataset, recipe, *cache, stop, progress);
        },
        [this, wanted](const Result<Prepared>& prepared) {
            // What is wrong is said when somebody presses Train; it is not tried again and again.
            (prepared && prepared->allKept ? m_prepared : m_notPrepared) = wanted;
            Q_EMIT readyChanged();
        });
}

} // namespace vernier::ui
