#include "core/training/training_run.h"

#include "core/base/text.h"
#include "core/features/feature_store.h"
#include "core/features/views.h"
#include "core/model/compute.h"
#include "core/model/devices.h"
#include "core/model/summary.h"
#include "core/runs/run_files.h"

#include <algorithm>
#include <utility>

namespace vernier {

namespace {

using Clock = std::chrono::steady_clock;

// What a random number is for; part of its key.
enum Purpose : std::uint64_t { kDropout = 7, kShuffle = 11, kMix = 14 };

/// What the passes ask for, by split.
std::array<std::vector<std::size_t>, kSplits.size()> imagesOf(
    const DatasetSnapshot& dataset, const Recipe& recipe)
{
    std::array<std::vector<std::size_t>, kSplits.size()> images;
    images[static_cast<std::size_t>(Split::Train)]
        = drawnTrainingPictures(dataset, recipe.perClass, recipe.seed);
    for (std::size_t i = 0; i < dataset.images.size(); ++i) {
        const auto split = dataset.images[i].split;
        if (split == Split::Validation || split == Split::Test)
            images[static_cast<std::size_t>(split)].push_back(i);
    }
    return images;
}

int batches(std::int64_t pictures, std::int64_t batchSize)
{
    return static_cast<int>((pictures + batchSize - 1) / batchSize);
}

} // namespace

TrainingRun::TrainingRun(OpenedRun opened, const PictureSourceMaker& pictures, LiveKnobs& knobs,
    EventSink events, std::stop_token stop)
    : m_run(std::move(opened))
    , m_knobs(knobs)
    , m_stop(std::move(stop))
    , m_cache(m_run.job.cache ? m_run.job.cache : std::make_shared<FeatureCache>())
    , m_views(viewRules(recipe(), m_run.placed.network.description().inputSize,
          keptViews(recipe(), !m_run.placed.device.is_cpu())))
    , m_images(imagesOf(dataset(), recipe()))
    , m_micro(recipe().batchSize, m_run.placed.device)
    , m_features(m_run.placed, dataset(), recipe(), *m_cache, pictures, featureOptions())
    , m_lossRules(lossRules(recipe(), dataset(), images(Split::Train), m_run.placed.device))
    , m_recorder(m_run, std::move(events))
{
    if (!m_run.placed.device.is_cpu())
        at::globalContext().setBenchmarkCuDNN(true);
}

RecipeFeatures::Options TrainingRun::featureOptions()
{
    RecipeFeatures::Options options;
    options.threads = loaderThreads(!m_run.placed.device.is_cpu());
    options.freshViews = m_views.kept == 0 ? images(Split::Train).size() : 0;
    options.micro = &m_micro;
    return options;
}

/// Reads those that were never seen before, together and not each when it is asked for. A stop is
/// found by whoever looks next.
void TrainingRun::learnPictures()
{
    // Where all are known, nobody would have the time to read that.
    constexpr std::chrono::milliseconds kTellAfter { 300 };
    constexpr std::chrono::milliseconds kTellEvery { 100 };
    std::vector<std::size_t> asked;
    for (const auto split : kSplits) {
        if (split != Split::Train || m_views.kept > 0)
            asked.insert(asked.end(), images(split).begin(), images(split).end());
    }
    const auto start = Clock::now();
    auto next = start + kTellAfter;
    (void)m_features.pictures().learnContents(asked, m_stop, [&](const Progress& progress) {
        const auto now = Clock::now();
        if (now < next)
            return;
        next = now + kTellEvery;
        const double seconds = std::chrono::duration<double>(now - start).count();
        m_recorder.show(Preparing { progress.done, progress.total,
            static_cast<double>(progress.done) / std::max(seconds, 1e-9) });
    });
}

Status TrainingRun::noteWhatIsOdd()
{
    const auto& counters = m_recorder.counters();
    if (m_run.placed.device.is_cpu() && recipe().device == "auto" && cudaDeviceCount() > 0) {
        if (auto ok
            = m_recorder.note("The GPU cannot be used; training on the CPU", { gpuProblem(0) });
            !ok)
            return ok;
    }
    if (const int last = m_run.log.lastEpoch(); last < counters.epoch) {
        if (auto ok = m_recorder.note("The log of the run ends with epoch " + std::to_string(last)
                + ", where its weights are of epoch " + std::to_string(counters.epoch)
                + ": what was measured in between is lost");
            !ok)
            return ok;
    }
    if (images(Split::Validation).empty()) {
        if (auto ok = m_recorder.note("There is no validation picture: nothing is validated, and "
                                      "no figure says how good the model is");
            !ok)
            return ok;
    }
    if (m_recorder.bestIsOutdated())
        return m_recorder.note("The validation pictures or their labels have changed since epoch "
            + std::to_string(counters.bestEpoch)
            + " was the best: from here on the best epoch is chosen anew");
    return {};
}

Status TrainingRun::noteCacheTrouble()
{
    const auto trouble = m_cache->store().trouble();
    if (!trouble || std::exchange(m_cacheTroubleTold, true))
        return {};
    return m_recorder.note(
        "Features that are computed from now on are not kept on disk", { trouble->text() });
}

Result<Finished> TrainingRun::execute()
{
    learnPictures();
    if (auto ok = noteWhatIsOdd(); !ok)
        return tl::unexpected(ok.error());
    const auto& phases = recipe().phases;
    auto& counters = m_recorder.counters();
    while (counters.phase < static_cast<int>(phases.size())) {
        const auto outcome = runPhase(phases[static_cast<std::size_t>(counters.phase)]);
        if (!outcome)
            return tl::unexpected(outcome.error());
        if (*outcome == Outcome::Stopped)
            return finish(true);
        counters.startPhase(counters.phase + 1);
        // What was measured is what the next phase goes on from.
        if (auto* average = m_learner->average())
            average->adopt();
    }
    return finish(false);
}

Result<TrainingRun::Outcome> TrainingRun::runPhase(const Phase& phase)
{
    const auto& counters = m_recorder.counters();
    m_learner = std::make_unique<Learner>(
        m_run.placed.network, phase.plan, recipe(), m_lossRules, m_micro);
    m_recorder.startPhase(*m_learner);
    for (const auto& [block, rate] : counters.rates)
        m_learner->optimizer().setRate(block, rate);
    if (counters.epochInPhase > 0) {
        auto* average = m_learner->average();
        if (!m_learner->optimizer().load(m_run.resume.optimizer, counters.optimizerSteps)
            || (average && !average->load(m_run.resume.averages)))
            return fail(ErrorCode::Corrupt, "does not fit the phase it belongs to",
                m_run.job.folder / run_files::kResume, "continue with a new phase instead");
    }
    m_run.resume = {};

    m_source = m_features.source(m_learner->cut());
    m_source->leaveOut(m_recorder.unreadable());
    if (counters.epochInPhase == 0) {
        if (auto ok = tellPhase(phase); !ok)
            return tl::unexpected(ok.error());
    }
    const auto count
        = [this](Split split) { return static_cast<std::int64_t>(images(split).size()); };
    m_estimate = TimeEstimate(
        { phase.stepsPerEpoch > 0 ? std::int64_t { phase.stepsPerEpoch } * recipe().batchSize
                                  : count(Split::Train),
            count(Split::Validation), phase.epochs, m_views.kept });

    for (int epoch = counters.epochInPhase; epoch < phase.epochs; ++epoch) {
        // Before an epoch and not after one, so that a resumed run says it too.
        if (outOfPatience(phase)) {
            if (auto ok = m_recorder.note("Validation " + std::string(name(phase.watch))
                    + " was no better for " + counted(counters.epochsSinceBetter, "epoch")
                    + ": the phase ends after " + std::to_string(epoch) + " of "
                    + std::to_string(phase.epochs));
                !ok)
                return tl::unexpected(ok.error());
            break;
        }
        const auto outcome = runEpoch(phase, epoch);
        if (!outcome)
            return outcome;
        if (*outcome == Outcome::Stopped)
            return Outcome::Stopped;
    }
    return Outcome::Done;
}

Status TrainingRun::tellPhase(const Phase& phase)
{
    const auto& network = m_run.placed.network;
    const auto backbone = network.backboneLayers();
    PhaseStarted started;
    started.phase = m_recorder.counters().phase + 1;
    started.firstEpoch = m_recorder.counters().epoch + 1;
    started.epochs = phase.epochs;
    started.plan = phase.plan;
    if (m_learner->cut() < backbone.size())
        started.cutLayer = backbone[m_learner->cut()].name;
    const auto layers = allLayers(network.description());
    const auto summary = summarize(network.architecture().inputShape(), *layers, &phase.plan);
    started.trainableParameters = summary.trainable;
    started.parameters = summary.parameters;
    started.schedule = phase.schedule.kind;
    started.phases = static_cast<int>(recipe().phases.size());
    if (auto ok = m_recorder.tell(started); !ok)
        return ok;
    if (phase.patience > 0 && images(Split::Validation).empty())
        return m_recorder.note(
            "There are no validation pictures to judge by: all epochs will be run");
    return {};
}

Result<TrainingRun::Outcome> TrainingRun::runEpoch(const Phase& phase, int epochInPhase)
{
    auto& counters = m_recorder.counters();
    m_epochStart = Clock::now();
    m_estimate.startEpoch(epochInPhase);
    // Dropout draws from the process's generator; seeding it by epoch makes a resumed run draw the
    // same.
    torch::manual_seed(
        Random { recipe().seed, kDropout, static_cast<std::uint64_t>(counters.epoch) }.next());

    const auto training = trainPass(phase, epochInPhase);
    if (!training) {
        if (training.error().code == ErrorCode::Cancelled)
            return Outcome::Stopped;
        return tl::unexpected(training.error());
    }
    const double trainSeconds = std::chrono::duration<double>(Clock::now() - m_epochStart).count();
    if (training->count == 0)
        return fail(ErrorCode::Unreadable, "none of the training pictures can be read",
            dataset().root, "look at the list of problems on the Data page");

    std::optional<WeightAverage::Lent> averaged(std::in_place, m_learner->average());
    std::optional<Score> validation;
    if (!images(Split::Validation).empty()) {
        auto score = scorePass(*m_source, m_learner->cut(), Split::Validation);
        if (!score) {
            if (score.error().code == ErrorCode::Cancelled)
                return Outcome::Stopped;
            return tl::unexpected(score.error());
        }
        if (score->count > 0)
            validation = *score;
    }

    ++counters.epoch;
    counters.epochInPhase = epochInPhase + 1;
    counters.optimizerSteps = m_learner->optimizer().steps();
    EpochDone done;
    done.phase = counters.phase + 1;
    done.epoch = counters.epoch;
    done.trainLoss = training->meanLoss();
    done.trainAccuracy = training->accuracy();
    done.trainCount = training->count;
    if (validation) {
        done.validationLoss = validation->meanLoss();
        done.validationAccuracy = validation->accuracy();
        done.validationCount = validation->count;
    }
    done.best = m_recorder.rememberIfBest(validation);
    if (auto ok = m_recorder.keepEpoch(); !ok)
        return tl::unexpected(ok.error());
    averaged.reset();
    watchProgress(phase, validation);
    if (auto ok = m_recorder.noteUnreadable(m_source->unreadable()); !ok)
        return tl::unexpected(ok.error());
    if (auto ok = noteCacheTrouble(); !ok)
        return tl::unexpected(ok.error());
    done.seconds = std::chrono::duration<double>(Clock::now() - m_epochStart).count();
    done.picturesPerSecond = static_cast<double>(training->count) / std::max(trainSeconds, 1e-9);
    const bool phaseEnds = epochInPhase + 1 == phase.epochs || outOfPatience(phase);
    if (auto ok = m_recorder.endEpoch(done, *m_learner, phaseEnds); !ok)
        return tl::unexpected(ok.error());
    return Outcome::Done;
}

std::vector<Sample> TrainingRun::trainingOrder(const Phase& phase, int epochInPhase)
{
    const auto& counters = m_recorder.counters();
    const auto& pictures = images(Split::Train);
    const auto count = static_cast<std::int64_t>(pictures.size());
    std::vector<Sample> order;
    const auto addPass = [&](std::int64_t pass, std::int64_t from, std::int64_t to) {
        auto shuffled = pictures;
        Random random { recipe().seed, kShuffle, static_cast<std::uint64_t>(counters.phase),
            static_cast<std::uint64_t>(pass) };
        random.shuffle(shuffled);
        // A view is drawn from its picture's content, which may have to be read first.
        for (auto i = from; i < to && !m_stop.stop_requested(); ++i) {
            const auto image = shuffled[static_cast<std::size_t>(i)];
            order.push_back({ image,
                viewInEpoch(
                    m_views, image, [&] { return m_features.pictures().contentOf(image); },
                    counters.epoch - counters.epochInPhase + static_cast<int>(pass)),
                m_views.kept > 0 });
        }
    };
    if (phase.stepsPerEpoch == 0) {
        addPass(epochInPhase, 0, count);
        return order;
    }
    // A stream of shuffled passes, cut into epochs wherever they end.
    const auto perEpoch = std::int64_t { phase.stepsPerEpoch } * recipe().batchSize;
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

Result<Score> TrainingRun::trainPass(const Phase& phase, int epochInPhase)
{
    const auto& counters = m_recorder.counters();
    if (auto begun = m_source->begin(trainingOrder(phase, epochInPhase), m_stop); !begun)
        return tl::unexpected(begun.error());
    m_estimate.startTraining(m_source->missing());
    PassReport::Rules rules;
    rules.first.phase = counters.phase + 1;
    rules.first.epoch = counters.epoch + 1;
    rules.first.steps = batches(m_source->left(), recipe().batchSize);
    rules.start = m_epochStart;
    rules.estimate = &m_estimate;
    rules.learner = m_learner.get();
    rules.preparing = m_views.kept > 0 ? m_source->missing() : 0;
    rules.endsWithoutNumber = true;
    PassReport report(rules, m_recorder, m_knobs, m_micro, recipe().batchSize, m_stop);
    const int steps = rules.first.steps;
    const auto train = [&](const Batch& batch, int step) {
        const double factor = rateFactor(phase.schedule,
            { std::int64_t { epochInPhase } * steps + step - 1, steps, phase.epochs });
        report.step().rateFactor = factor;
        m_learner->optimizer().setFactor(factor);
        return m_learner->train(batch,
            Random { recipe().seed, kMix, static_cast<std::uint64_t>(counters.epoch),
                static_cast<std::uint64_t>(step) });
    };
    auto score = runPass(*m_source, recipe().batchSize, m_run.placed.device, train, report, m_stop);
    m_epochStart += report.paused();
    return score;
}

Result<Score> TrainingRun::scorePass(FeatureSource& source, std::size_t cut, Split split)
{
    const torch::NoGradGuard noGrad;
    const auto& counters = m_recorder.counters();
    const auto start = Clock::now();
    std::vector<Sample> order;
    for (const auto image : images(split))
        order.push_back({ image, std::nullopt, true });
    if (auto begun = source.begin(std::move(order), m_stop); !begun)
        return tl::unexpected(begun.error());
    const bool testing = split == Split::Test;
    m_estimate.startScoring(source.missing());
    PassReport::Rules rules;
    rules.first.validating = !testing;
    rules.first.testing = testing;
    rules.first.phase = counters.phase + 1;
    rules.first.rateFactor = m_learner ? m_learner->optimizer().factor() : 1;
    rules.first.epoch = counters.epoch + (testing ? 0 : 1);
    rules.first.steps = batches(source.left(), recipe().batchSize);
    rules.start = start;
    rules.estimate = testing ? nullptr : &m_estimate;
    // The epoch's last step may overflow; what is the first class then to every picture could be
    // the best accuracy there was.
    rules.endsWithoutNumber = !testing;
    PassReport report(rules, m_recorder, m_knobs, m_micro, recipe().batchSize, m_stop);
    auto score = runPass(
        source, recipe().batchSize, m_run.placed.device,
        [&](const Batch& batch, int) {
            return scoresOf(m_run.placed.network, cut, batch, m_micro);
        },
        report, m_stop);
    m_epochStart += report.paused();
    return score;
}

void TrainingRun::watchProgress(const Phase& phase, const std::optional<Score>& validation)
{
    if (!validation)
        return;
    auto& counters = m_recorder.counters();
    const double now
        = phase.watch == Watch::Loss ? validation->meanLoss() : -validation->accuracy();
    const bool better = !counters.leastWatched || now < *counters.leastWatched;
    counters.epochsSinceBetter = better ? 0 : counters.epochsSinceBetter + 1;
    if (better)
        counters.leastWatched = now;
}

bool TrainingRun::outOfPatience(const Phase& phase) const
{
    return phase.patience > 0 && m_recorder.counters().epochsSinceBetter >= phase.patience;
}

Result<Finished> TrainingRun::finish(bool stopped)
{
    if (stopped) {
        if (auto ok = m_recorder.stop(m_learner.get()); !ok)
            return tl::unexpected(ok.error());
    }
    const auto& counters = m_recorder.counters();
    Finished finished;
    finished.stopped = stopped;
    finished.run = m_run.job.folder;
    finished.bestEpoch = counters.bestEpoch;
    finished.validationAccuracy = std::max(0.0, counters.bestAccuracy);
    finished.validationCount = counters.bestCount;
    if (!stopped && counters.bestEpoch > 0 && !images(Split::Test).empty()) {
        if (auto ok = m_run.placed.network.load(m_recorder.best(), false, {}); !ok)
            return tl::unexpected(ok.error());
        // As the last phase has it, whether it trained a moment ago or before a resume.
        const auto cut = cutOf(m_run.placed.network, recipe().phases.back().plan);
        const auto source = m_features.source(cut);
        source->leaveOut(m_recorder.unreadable());
        const auto score = scorePass(*source, cut, Split::Test);
        if (!score && score.error().code != ErrorCode::Cancelled)
            return tl::unexpected(score.error());
        // All epochs are done, but not what the run is for: a resume looks at the test split.
        finished.stopped = !score;
        if (score && score->count > 0) {
            finished.testAccuracy = score->accuracy();
            finished.testCount = score->count;
        }
        if (auto ok = m_recorder.noteUnreadable(source->unreadable()); !ok)
            return tl::unexpected(ok.error());
    }
    if (auto ok = m_recorder.finish(finished); !ok)
        return tl::unexpected(ok.error());
    return finished;
}

} // namespace vernier
