#include "ui/session.h"

#include "core/base/thread_priority.h"
#include "core/features/preparation.h"
#include "core/model/freeze_plan.h"

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

void Session::setPreparing(bool on)
{
    m_preparing = on;
    if (on)
        prepareSoon();
    else
        stopPreparing();
}

std::optional<ComputeSpeed> Session::speed()
{
    // Asked for at every change of the recipe, and settings may wait for the disk.
    const QString key = speedKey(m_recipe);
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

bool Session::canPrepareShown() const
{
    if (!canContinue())
        return findsLoadedWeightsBelow(m_recipe, shownPhase());
    // It would go on from what the run has trained, whatever the recipe's phases say by now.
    Recipe run = m_recipe;
    run.phases.clear();
    for (const PhaseStarted& phase : m_history.phases)
        run.phases.push_back({ phase.plan });
    run.phases.push_back(m_recipe.phases[shownPhase()]);
    return findsLoadedWeightsBelow(run, run.phases.size() - 1);
}

Recipe Session::recipeToPrepare() const
{
    Recipe recipe = m_recipe;
    recipe.phases = { m_recipe.phases[canPrepareShown() ? shownPhase() : 0] };
    return recipe;
}

bool Session::featuresReady() const
{
    return m_prepared && m_prepared->dataset == m_dataset && canPrepareShown()
        && m_prepared->recipe == partForFeatures(recipeToPrepare());
}

void Session::followLabels(std::optional<PreparedFor>& prepared) const
{
    if (!prepared || !m_dataset || prepared->dataset == m_dataset
        || prepared->dataset->root != m_dataset->root)
        return;
    const bool same = std::ranges::equal(prepared->dataset->images, m_dataset->images,
        // Labels count only where they decide which pictures train.
        [drawn = prepared->recipe.perClass != kAllOfClass](
            const ImageEntry& a, const ImageEntry& b) {
            return a.path == b.path && a.split == b.split && a.bytes == b.bytes
                && (!drawn || a.label == b.label);
        });
    if (same)
        prepared->dataset = m_dataset;
}

void Session::prepareSoon()
{
    if (m_preparing)
        m_prepareSoon.start(kPrepareAfterMs);
}

void Session::stopPreparing()
{
    m_prepareSoon.stop();
    m_workers[PrepareSlot].job->abandon();
}

void Session::prepare()
{
    if (!m_preparing || !m_dataset || !idle() || !check(m_recipe))
        return;
    const Recipe recipe = recipeToPrepare();
    const PreparedFor wanted { m_dataset, partForFeatures(recipe) };
    if (m_prepared == wanted || m_notPrepared == wanted)
        return;
    const bool measure = !speed();
    Job& job = begin(PrepareSlot, tr("Preparing features"));
    const Job::Post post = job.poster();
    const auto remember = [this, key = speedKey(m_recipe)](const ComputeSpeed& speed) {
        QSettings().setValue(key, QVariantList { speed.prefix, speed.suffix, speed.head });
        m_speedKey.clear();
        Q_EMIT speedChanged();
    };
    job.start(
        [dataset = m_dataset, recipe, cache = featureCache(), measure, post, remember](
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
            Q_EMIT featuresReadyChanged();
        });
}

// --- the feature cache on disk

void Session::readCache()
{
    // An answer is on its way.
    if (!m_cacheJob.running())
        changeCache({});
}

void Session::setCacheLimit(std::optional<quint64> bytes)
{
    stopPreparing();
    changeCache([bytes](FeatureCache& cache) { return cache.setDiskLimit(bytes); });
    // Some may be gone, or there may be room for all now; looking costs little.
    m_prepared.reset();
    m_notPrepared.reset();
    Q_EMIT featuresReadyChanged();
    prepareSoon();
}

void Session::clearCache()
{
    stopPreparing();
    changeCache([](FeatureCache& cache) { return cache.clear(); });
    m_prepared.reset();
    // Who has just emptied it does not want to see it fill by itself.
    if (m_dataset)
        m_notPrepared = PreparedFor { m_dataset, partForFeatures(recipeToPrepare()) };
    Q_EMIT featuresReadyChanged();
}

void Session::changeCache(CacheChange change)
{
    m_cacheChanges.push_back(std::move(change));
    if (!m_cacheJob.running())
        startOnCache();
}

void Session::startOnCache()
{
    if (m_cacheChanges.empty())
        return;
    const CacheChange change = std::move(m_cacheChanges.front());
    m_cacheChanges.pop_front();
    struct Answer {
        std::optional<Error> error;
        FeatureCache::Info info;
    };
    m_cacheJob.start(
        [cache = featureCache(), change](std::stop_token, const ProgressSink&) -> Result<Answer> {
            const Status changed = change ? change(*cache) : Status();
            return Answer { changed ? std::nullopt : std::optional(changed.error()),
                cache->info() };
        },
        [this, isChange = change != nullptr](Result<Answer> answer) {
            if (answer)
                m_cacheInfo = answer->info;
            if (!answer || isChange)
                m_cacheError = answer ? answer->error : answer.error();
            Q_EMIT cacheChanged();
            startOnCache();
        });
}

} // namespace vernier::ui
