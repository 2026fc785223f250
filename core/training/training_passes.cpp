#include "core/training/training_run.h"

#include "core/features/views.h"
#include "core/training/training_step.h"

#include <algorithm>
#include <cmath>

namespace vernier {

namespace {

using Clock = std::chrono::steady_clock;

double secondsSince(Clock::time_point start)
{
    return std::chrono::duration<double>(Clock::now() - start).count();
}

Status stillANumber(const Score& score, int epoch)
{
    if (std::isfinite(score.loss))
        return {};
    return fail(ErrorCode::Invalid,
        "the loss is no longer a number in epoch " + std::to_string(epoch), {},
        "use a lower learning rate");
}

// What a random number is for; part of its key.
enum Purpose : std::uint64_t { kShuffle = 11, kMix = 14 };

} // namespace

std::vector<Sample> TrainingRun::trainingOrder(const Phase& phase, int epochInPhase) const
{
    const auto& pictures = m_bySplit[static_cast<std::size_t>(Split::Train)];
    const auto count = static_cast<std::int64_t>(pictures.size());
    std::vector<Sample> order;
    const auto addPass = [&](std::int64_t pass, std::int64_t from, std::int64_t to) {
        auto shuffled = pictures;
        Random random { m_job.recipe.seed, kShuffle, static_cast<std::uint64_t>(m_counters.phase),
            static_cast<std::uint64_t>(pass) };
        random.shuffle(shuffled);
        // A view is drawn from its picture's content, which may have to be read first.
        for (auto i = from; i < to && !m_stop.stop_requested(); ++i) {
            const auto image = shuffled[static_cast<std::size_t>(i)];
            order.push_back({ image,
                viewInEpoch(
                    m_views, image, [&] { return m_pictures->contentOf(image); },
                    m_counters.epoch - m_counters.epochInPhase + static_cast<int>(pass)),
                m_views.kept > 0 });
        }
    };
    if (phase.stepsPerEpoch == 0) {
        addPass(epochInPhase, 0, count);
        return order;
    }
    // A stream of shuffled passes, cut into epochs wherever they end.
    const auto perEpoch = std::int64_t { phase.stepsPerEpoch } * m_job.recipe.batchSize;
    const auto first = perEpoch * epochInPhase;
    const auto end = first + perEpoch;
    for (auto position = first; position < end;) {
        const auto pass = position / count;
        const auto stop = std::min(end, (pass + 1) * count);
        addPass(pass, position - pass * count, stop - pass * count);
        position = stop;
    }
    return order;
}

std::vector<Sample> TrainingRun::wholeSplit(Split split) const
{
    std::vector<Sample> order;
    for (const auto image : m_bySplit[static_cast<std::size_t>(split)])
        order.push_back({ image, std::nullopt, true });
    return order;
}

Status TrainingRun::holdWhilePaused()
{
    if (!m_knobs.paused())
        return {};
    if (auto ok = tell(Paused { true }); !ok)
        return ok;
    const auto since = Clock::now();
    m_knobs.waitWhilePaused(m_stop);
    m_epochStart += Clock::now() - since;
    return tell(Paused { false });
}

Status TrainingRun::applyLiveRates()
{
    if (auto ok = holdWhilePaused(); !ok)
        return ok;
    for (const auto& [block, rate] : m_knobs.takeRates()) {
        m_optimizer->setRate(block, rate);
        m_counters.rates[block] = rate;
        if (auto ok = tell(RateChanged { block, rate, m_counters.epoch + 1 }); !ok)
            return ok;
    }
    return {};
}

void TrainingRun::account(const Batch& batch, double featureSeconds, double seconds)
{
    const auto count = batch.labels.size(0);
    m_hits += count;
    m_doneInEpoch += count;
    m_misses += batch.misses;
    const double missSeconds = batch.misses > 0 ? featureSeconds : 0;
    m_missSeconds += missSeconds;
    m_hitSeconds += seconds - missSeconds;
}

double TrainingRun::secondsLeft(const Phase& phase, int epochInPhase) const
{
    if (m_hits == 0)
        return -1;
    const double hit = m_hitSeconds / static_cast<double>(m_hits);
    const double miss = m_misses > 0 ? m_missSeconds / static_cast<double>(m_misses) : 0;
    const auto train = phase.stepsPerEpoch > 0
        ? std::int64_t { phase.stepsPerEpoch } * m_job.recipe.batchSize
        : static_cast<std::int64_t>(m_bySplit[static_cast<std::size_t>(Split::Train)].size());
    const auto validation
        = static_cast<std::int64_t>(m_bySplit[static_cast<std::size_t>(Split::Validation)].size());
    const auto perEpoch = train + validation;
    const auto epochsAfter = phase.epochs - epochInPhase - 1;
    const auto left = std::max<std::int64_t>(0, perEpoch - m_doneInEpoch) + perEpoch * epochsAfter;
    // Epochs after this one that meet a view for the first time.
    const auto newViews = m_views.kept == 0
        ? epochsAfter
        : std::clamp(m_views.kept - 1 - epochInPhase, 0, epochsAfter);
    const auto missesLeft
        = std::max<std::int64_t>(0, m_expectedMisses - m_misses) + m_missingInTraining * newViews;
    return static_cast<double>(left) * hit + static_cast<double>(missesLeft) * miss;
}

BatchSums TrainingRun::trainStep(const Batch& batch, int step)
{
    std::optional<Mix> mix;
    if (m_job.recipe.mixUp > 0) {
        Random random { m_job.recipe.seed, kMix, static_cast<std::uint64_t>(m_counters.epoch),
            static_cast<std::uint64_t>(step) };
        mix = drawMix(m_job.recipe.mixUp, batch.labels.size(0), random);
    }
    const auto sums = gradientsOf(m_network, m_cut, batch, m_lossRules, mix, m_micro,
        [this] { m_optimizer->zeroGradients(); });
    m_optimizer->step();
    if (m_average)
        m_average->update(m_optimizer->steps());
    return sums;
}

BatchSums TrainingRun::scoreStep(const Batch& batch)
{
    const auto end = m_network.backboneLayers().size();
    BatchSums sums;
    m_micro.run(
        batch.labels.size(0), [&] { sums = {}; },
        [&](std::int64_t from, std::int64_t to) {
            const auto labels = batch.labels.slice(0, from, to);
            const auto x = m_network.backbone(batch.features.slice(0, from, to), m_cut, end);
            const auto logits = m_network.head(x.to(torch::kFloat), false);
            sums.add(lossSum(logits, labels, {}), logits.argmax(1).eq(labels).sum());
        });
    return sums;
}

Result<Score> TrainingRun::trainPass(const Phase& phase, int epochInPhase)
{
    const auto batchSize = m_job.recipe.batchSize;
    if (auto begun = m_source->begin(trainingOrder(phase, epochInPhase), m_stop); !begun)
        return tl::unexpected(begun.error());
    m_expectedMisses = m_misses + m_source->missing();
    const auto total = m_source->left();
    RunningScore score(m_device);
    StepDone step;
    step.phase = m_counters.phase + 1;
    step.epoch = m_counters.epoch + 1;
    step.steps = static_cast<int>((total + batchSize - 1) / batchSize);
    std::int64_t missesInPass = 0;
    m_missingInTraining = m_source->missing();
    if (m_missingInTraining > 0 && m_views.kept > 0)
        show(Preparing { 0, m_missingInTraining, 0 });
    const auto showStep = [&] {
        step.runningLoss = score.score().meanLoss();
        step.runningAccuracy = score.score().accuracy();
        step.picturesPerSecond
            = static_cast<double>(score.score().count) / std::max(secondsSince(m_epochStart), 1e-9);
        step.secondsLeft = secondsLeft(phase, epochInPhase);
        show(step);
    };

    while (m_source->left() > 0) {
        if (auto ok = applyLiveRates(); !ok)
            return tl::unexpected(ok.error());
        if (m_stop.stop_requested())
            return cancelled();
        const auto batchStart = Clock::now();
        const auto batch = m_source->next(batchSize, m_stop);
        if (!batch)
            return tl::unexpected(batch.error());
        ++step.step;
        if (!batch->features.defined())
            continue;
        const double featureSeconds = secondsSince(batchStart);
        step.rateFactor = rateFactor(phase.schedule,
            { std::int64_t { epochInPhase } * step.steps + step.step - 1, step.steps,
                phase.epochs });
        m_optimizer->setFactor(step.rateFactor);
        const auto sums = trainStep(*batch, step.step);
        if (auto ok = noteSmallerParts(); !ok)
            return tl::unexpected(ok.error());
        score.add(sums.loss, sums.right, batch->labels.size(0));
        const bool read = score.readIfDue();
        if (auto ok = stillANumber(score.score(), step.epoch); !ok)
            return tl::unexpected(ok.error());
        account(*batch, featureSeconds, secondsSince(batchStart));
        if (read)
            showStep();
        if (batch->misses > 0 && m_views.kept > 0) {
            missesInPass += batch->misses;
            show(Preparing { missesInPass, m_missingInTraining, step.picturesPerSecond });
        }
    }
    if (!score.allRead()) {
        score.read();
        if (auto ok = stillANumber(score.score(), step.epoch); !ok)
            return tl::unexpected(ok.error());
        showStep();
    }
    return score.score();
}

Result<Score> TrainingRun::scorePass(
    FeatureSource& source, Split split, const Phase* phase, int epochInPhase)
{
    const torch::NoGradGuard noGrad;
    const auto start = Clock::now();
    const auto batchSize = m_job.recipe.batchSize;
    if (auto begun = source.begin(wholeSplit(split), m_stop); !begun)
        return tl::unexpected(begun.error());
    m_expectedMisses = m_misses + source.missing();
    RunningScore score(m_device);
    StepDone step;
    step.validating = split == Split::Validation;
    step.testing = split == Split::Test;
    step.phase = m_counters.phase + 1;
    step.rateFactor = m_optimizer ? m_optimizer->factor() : 1;
    step.epoch = m_counters.epoch + (step.testing ? 0 : 1);
    step.steps = static_cast<int>((source.left() + batchSize - 1) / batchSize);
    // The epoch's last step may overflow; what is the first class then to every picture could be
    // the best accuracy there was.
    const auto stillValid
        = [&] { return step.validating ? stillANumber(score.score(), step.epoch) : Status(); };
    const auto showStep = [&] {
        step.runningLoss = score.score().meanLoss();
        step.runningAccuracy = score.score().accuracy();
        step.picturesPerSecond
            = static_cast<double>(score.score().count) / std::max(secondsSince(start), 1e-9);
        step.secondsLeft = phase ? secondsLeft(*phase, epochInPhase) : -1;
        show(step);
    };
    while (source.left() > 0) {
        if (auto ok = holdWhilePaused(); !ok)
            return tl::unexpected(ok.error());
        if (m_stop.stop_requested())
            return cancelled();
        const auto batchStart = Clock::now();
        const auto batch = source.next(batchSize, m_stop);
        if (!batch)
            return tl::unexpected(batch.error());
        ++step.step;
        if (!batch->features.defined())
            continue;
        const double featureSeconds = secondsSince(batchStart);
        const auto sums = scoreStep(*batch);
        if (auto ok = noteSmallerParts(); !ok)
            return tl::unexpected(ok.error());
        score.add(sums.loss, sums.right, batch->labels.size(0));
        const bool read = score.readIfDue();
        if (auto ok = stillValid(); !ok)
            return tl::unexpected(ok.error());
        account(*batch, featureSeconds, secondsSince(batchStart));
        if (read)
            showStep();
    }
    if (!score.allRead()) {
        score.read();
        if (auto ok = stillValid(); !ok)
            return tl::unexpected(ok.error());
        showStep();
    }
    return score.score();
}

} // namespace vernier
