#include "ui/session.h"

#include "core/model/freeze_plan.h"
#include "core/training/preparation.h"
#include "core/training/thread_priority.h"

#include <QSettings>

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
    part.geometry = recipe.geometry;
    part.augmentation = recipe.augmentation;
    part.views = recipe.views;
    part.device = recipe.device;
    part.precision = recipe.precision;
    // Rates do not matter, only whether a block trains.
    part.phases.front().plan.blockRates = recipe.phases.front().plan.blockRates;
    for (auto& [block, rate] : part.phases.front().plan.blockRates)
        rate = 1;
    return part;
}

QString speedKey(const Recipe& recipe)
{
    return QStringLiteral("speed/%1 %2 %3 on %4")
        .arg(QString::fromStdString(recipe.backbone), QString::fromStdString(recipe.device),
            QString::fromStdString(std::string(name(recipe.precision))))
        .arg(usableCores());
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

std::optional<ComputeSpeed> Session::speed() const
{
    const QVariantList values = QSettings().value(speedKey(m_recipe)).toList();
    if (values.size() != 3)
        return std::nullopt;
    ComputeSpeed speed { values[0].toDouble(), values[1].toDouble(), values[2].toDouble() };
    // Settings are a file that anybody may edit.
    if (!(speed.prefix > 0 && speed.suffix > 0 && speed.head > 0))
        return std::nullopt;
    return speed;
}

bool Session::featuresReady() const
{
    return m_prepared && m_prepared->dataset == m_dataset
        && m_prepared->recipe == partForFeatures(m_recipe);
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
    if (!m_preparing || !m_dataset || !idle() || featuresReady() || !check(m_recipe))
        return;
    const PreparedFor wanted { m_dataset, partForFeatures(m_recipe) };
    if (m_notPrepared == wanted)
        return;
    const bool measure = !speed();
    Job& job = begin(PrepareSlot, tr("Preparing features"));
    const Job::Post post = job.poster();
    const auto remember = [this, key = speedKey(m_recipe)](const ComputeSpeed& speed) {
        QSettings().setValue(key, QVariantList { speed.prefix, speed.suffix, speed.head });
        Q_EMIT speedChanged();
    };
    job.start(
        [dataset = m_dataset, recipe = m_recipe, cache = featureCache(), measure, post, remember](
            std::stop_token stop, const ProgressSink& progress) -> Result<std::int64_t> {
            lowerThreadPriority(kBackgroundNiceness);
            if (measure) {
                // Without a figure there is still the typical one.
                if (const auto speed = measureSpeed(recipe, stop))
                    post([remember, speed = *speed] { remember(speed); });
            }
            return prepareFeatures(*dataset, recipe, *cache, stop, progress);
        },
        [this, wanted](const Result<std::int64_t>& computed) {
            // What is wrong is said when somebody presses Train; it is not tried again and again.
            (computed ? m_prepared : m_notPrepared) = wanted;
            Q_EMIT featuresReadyChanged();
        });
}

} // namespace vernier::ui
