#include "core/training/pass_report.h"

#include <algorithm>
#include <cmath>

namespace vernier {

namespace {

using Clock = std::chrono::steady_clock;

} // namespace

PassReport::PassReport(Rules rules, RunRecorder& recorder, LiveKnobs& knobs, MicroBatch& micro,
    std::int64_t batchSize, std::stop_token stop)
    : m_rules(std::move(rules))
    , m_recorder(recorder)
    , m_knobs(knobs)
    , m_micro(micro)
    , m_batchSize(batchSize)
    , m_stop(std::move(stop))
    , m_step(m_rules.first)
{
    if (m_rules.preparing > 0)
        m_recorder.show(Preparing { 0, m_rules.preparing, 0 });
}

Status PassReport::before()
{
    if (auto ok = holdWhilePaused(); !ok)
        return ok;
    return applyRates();
}

Status PassReport::holdWhilePaused()
{
    if (!m_knobs.paused())
        return {};
    if (auto ok = m_recorder.tell(Paused { true }); !ok)
        return ok;
    const auto since = Clock::now();
    m_knobs.waitWhilePaused(m_stop);
    m_paused += Clock::now() - since;
    return m_recorder.tell(Paused { false });
}

Status PassReport::applyRates()
{
    if (!m_rules.learner)
        return {};
    auto& counters = m_recorder.counters();
    for (const auto& [block, rate] : m_knobs.takeRates()) {
        m_rules.learner->optimizer().setRate(block, rate);
        counters.rates[block] = rate;
        if (auto ok = m_recorder.tell(RateChanged { block, rate, counters.epoch + 1 }); !ok)
            return ok;
    }
    return {};
}

Status PassReport::after(const PassStep& step, const Score& score)
{
    if (auto ok = noteSmallerParts(); !ok)
        return ok;
    if (auto ok = checkNumber(score); !ok)
        return ok;
    m_step.step = step.step;
    if (m_rules.estimate)
        m_rules.estimate->add(step.pictures, step.misses, step.featureSeconds, step.seconds);
    if (step.read)
        showStep(score);
    if (step.misses > 0 && m_rules.preparing > 0) {
        m_prepared += step.misses;
        m_recorder.show(Preparing { m_prepared, m_rules.preparing, m_step.picturesPerSecond });
    }
    return {};
}

Status PassReport::ended(const Score& score)
{
    if (auto ok = checkNumber(score); !ok)
        return ok;
    showStep(score);
    return {};
}

Status PassReport::checkNumber(const Score& score) const
{
    if (!m_rules.endsWithoutNumber || std::isfinite(score.loss))
        return {};
    return fail(ErrorCode::Invalid,
        "the loss is no longer a number in epoch " + std::to_string(m_step.epoch), {},
        "use a lower learning rate");
}

Status PassReport::noteSmallerParts()
{
    const auto size = m_micro.takeNews();
    if (!size)
        return {};
    return m_recorder.note(std::string(m_micro.device().is_cpu() ? "Memory" : "The GPU's memory")
            + " is too small for a whole batch: batches of " + std::to_string(m_batchSize)
            + " are computed in parts of " + std::to_string(*size) + " from now on",
        { "the result is that of the whole batch; a step takes somewhat longer",
            "smaller batches, or fewer blocks that train, need less memory" });
}

void PassReport::showStep(const Score& score)
{
    const std::chrono::duration<double> seconds = Clock::now() - m_rules.start - m_paused;
    m_step.runningLoss = score.meanLoss();
    m_step.runningAccuracy = score.accuracy();
    m_step.picturesPerSecond = static_cast<double>(score.count) / std::max(seconds.count(), 1e-9);
    m_step.secondsLeft = m_rules.estimate ? m_rules.estimate->secondsLeft() : -1;
    m_recorder.show(m_step);
}

} // namespace vernier
