#include "core/training/training_run.h"

#include "core/base/files.h"
#include "core/base/folders.h"
#include "core/base/hash.h"
#include "core/base/text.h"
#include "core/base/version.h"
#include "core/features/recipe_features.h"
#include "core/model/compute.h"
#include "core/model/devices.h"
#include "core/model/summary.h"
#include "core/recipe/pretrained.h"
#include "core/runs/run_files.h"
#include "core/runs/run_record.h"
#include "core/training/kept_epochs.h"
#include "core/weights/model_file.h"

#include <algorithm>
#include <utility>

namespace vernier {

namespace {

using Clock = std::chrono::steady_clock;

Status checkTrainable(const DatasetSnapshot& dataset)
{
    int classesWithPictures = 0;
    for (std::size_t c = 0; c < dataset.classes.size(); ++c)
        classesWithPictures += dataset.count(static_cast<ClassIndex>(c), Split::Train) > 0;
    if (classesWithPictures < 2)
        return fail(ErrorCode::Invalid,
            "training needs pictures of at least two classes, there "
                + std::string(classesWithPictures == 1 ? "is one" : "are none"),
            dataset.root, "add a folder for each class");
    return {};
}

/// Files called like a run's where there is none are somebody's; but for what a fork left that was
/// broken off, which has its record first.
bool holdsFilesOfOthers(const std::filesystem::path& folder)
{
    std::error_code error;
    const auto has
        = [&](const auto& name) { return std::filesystem::exists(folder / name, error); };
    if (has(run_files::kRecipe))
        return false;
    if (has(run_files::kDataset) && !holdsRunDataset(folder))
        return true;
    return !has(run_files::kRecord)
        && (has(run_files::kBest) || has(run_files::kLast) || has(run_files::kResume));
}

Status checkFresh(const TrainingJob& job)
{
    std::error_code error;
    if (holdsFilesOfOthers(job.folder))
        return fail(ErrorCode::Exists, "holds files that are called as those of a run, but no run",
            job.folder, "choose another folder");
    if (std::filesystem::exists(job.folder / run_files::kRecipe, error) && !isBegunOnly(job.folder))
        return fail(ErrorCode::Exists, "already holds a run", job.folder,
            "choose another folder, or go on with that run (--resume)");
    return check(job.recipe);
}

/// The recipe with the phases of the job behind what was trained of the run's own.
Result<Recipe> extended(Recipe recipe, const TrainingJob& job, Counters& counters)
{
    if (counters.epoch == 0)
        return fail(ErrorCode::NotFound, "has no finished epoch to go on from", job.folder,
            "train it first");
    // A phase that was stopped ends where it stands, so that the recipe stays a true account of the
    // run.
    auto& phases = recipe.phases;
    const bool inPhase = counters.epochInPhase > 0;
    phases.resize(
        std::min(phases.size(), static_cast<std::size_t>(counters.phase) + (inPhase ? 1 : 0)));
    if (inPhase && !phases.empty())
        phases.back().epochs = counters.epochInPhase;
    counters.startPhase(static_cast<int>(phases.size()));
    phases.insert(phases.end(), job.recipe.phases.begin(), job.recipe.phases.end());
    if (auto ok = check(recipe); !ok)
        return tl::unexpected(ok.error());
    return recipe;
}

/// Tells one set of validation pictures and labels from another.
std::string validationSet(const DatasetSnapshot& dataset)
{
    std::string text;
    for (const auto& image : dataset.images) {
        if (image.split == Split::Validation)
            text += image.path.native() + '\0' + std::to_string(image.label) + '\n';
    }
    return contentHash(std::as_bytes(std::span(text))).hex();
}

Status recordSitting(const TrainingJob& job, const torch::Device& device, int firstEpoch)
{
    // A run that starts anew in its folder keeps its parent.
    auto record
        = job.mode == RunMode::Fresh ? Result<RunRecord>(RunRecord {}) : readRunRecord(job.folder);
    if (!record)
        return tl::unexpected(record.error());
    auto& sittings = record->sittings;
    std::erase_if(
        sittings, [&](const Sitting& sitting) { return sitting.firstEpoch >= firstEpoch; });
    const auto precision = computeType(job.recipe.precision, device) == torch::kBFloat16
        ? Precision::Bf16
        : Precision::Fp32;
    sittings.push_back({ timeStamp(std::time(nullptr)), firstEpoch, device.str(),
        deviceName(device.str()), std::string(name(precision)), at::get_num_threads(),
        vernierVersion(), torchVersion() });
    return writeRunRecord(job.folder, *record);
}

std::map<std::string, torch::Tensor> byName(const NamedTensors& tensors)
{
    return { tensors.begin(), tensors.end() };
}

} // namespace

Result<TrainingRun> TrainingRun::open(const TrainingJob& request,
    const PictureSourceMaker& pictures, LiveKnobs& knobs, const EventSink& events,
    std::stop_token stop)
{
    auto job = request;
    std::error_code error;
    if (auto made = makeFolders(job.folder); !made)
        return tl::unexpected(made.error());
    auto lock = FolderLock::take(job.folder);
    if (!lock)
        return tl::unexpected(lock.error());
    // A run that was ended before its first checkpoint is one that starts anew in the same folder.
    const bool hasCheckpoint = std::filesystem::exists(job.folder / run_files::kResume, error);
    const bool goesOn = job.mode != RunMode::Fresh && hasCheckpoint;
    Resume resume;
    if (job.mode == RunMode::Fresh) {
        if (auto ok = checkFresh(job); !ok)
            return tl::unexpected(ok.error());
        removeTemporaryRunFiles(job.folder);
    } else {
        auto run = readRun(job.folder);
        if (!run)
            return tl::unexpected(run.error());
        if (goesOn) {
            auto read = readResume(job.folder, run->recipe);
            if (!read)
                return tl::unexpected(read.error());
            resume = std::move(*read);
        }
        auto recipe = job.mode == RunMode::Resume
            ? std::move(run->recipe)
            : extended(std::move(run->recipe), job, resume.counters);
        if (!recipe)
            return tl::unexpected(recipe.error());
        job.recipe = std::move(*recipe);
        removeTemporaryRunFiles(job.folder);
    }
    const auto kept = job.folder / run_files::kKept;
    const auto ownKept = checkOwnFolder(kept);
    const bool isThere = ownKept || ownKept.error().code != ErrorCode::NotFound;
    job.keepEpochs = job.keepEpochs || (isThere && job.mode != RunMode::Fresh);
    if (job.keepEpochs && isThere) {
        if (!ownKept)
            return tl::unexpected(ownKept.error());
        removeTemporaryFiles(kept);
    }
    if (!job.dataset || job.mode == RunMode::Resume) {
        MovedPictures moved;
        if (job.dataset) {
            moved.folder = job.dataset->root;
            moved.only = true;
        }
        auto dataset = readRunDataset(job.folder, moved);
        if (!dataset)
            return tl::unexpected(dataset.error());
        job.dataset = *dataset;
    }
    if (auto ok = checkTrainable(*job.dataset); !ok)
        return tl::unexpected(ok.error());

    const auto device = findDevice(job.recipe.device);
    if (!device)
        return tl::unexpected(device.error());
    at::set_num_threads(usableCores());

    auto description = describeModel(job.recipe, job.dataset->classes);
    if (!description)
        return tl::unexpected(description.error());
    // As it came out, so that the run goes on without the file of its first weights.
    job.recipe.normalization = description->normalization.name;
    std::optional<Network> network;
    std::map<std::string, torch::Tensor> best;
    if (goesOn) {
        auto last = takeModelOfEpoch(job.folder / run_files::kLast, resume.counters.epoch);
        if (!last)
            return tl::unexpected(last.error());
        if (last->network.description() != *description)
            return fail(ErrorCode::Mismatch,
                "holds a model of other classes, another head or other pictures than its recipe",
                job.folder / run_files::kLast, "start a new run");
        network = std::move(last->network);
        auto saved = takeModelOfEpoch(job.folder / run_files::kBest, resume.counters.bestEpoch);
        if (!saved)
            return tl::unexpected(saved.error());
        saved->network.to(*device);
        best = byName(saved->network.state());
    } else {
        auto fresh = startingNetwork(job.recipe, *description);
        if (!fresh)
            return tl::unexpected(fresh.error());
        network = std::move(*fresh);
    }
    network->to(*device);
    // Another phase goes on from what was measured, as within one run.
    if (job.mode == RunMode::Extend) {
        if (auto ok = adoptAverages(resume, *network, job.folder); !ok)
            return tl::unexpected(ok.error());
    }

    if (job.mode == RunMode::Fresh) {
        // Of a run that was broken off while it was made: it would be gone on with.
        std::filesystem::remove(job.folder / run_files::kResume, error);
    }
    // A resumed run's list of pictures stays as it was, whatever is missing at the moment.
    if (job.mode != RunMode::Resume) {
        if (auto ok
            = writeFileAtomically(job.folder / run_files::kDataset, datasetToJson(*job.dataset));
            !ok)
            return tl::unexpected(ok.error());
    }
    auto log = EventLog::open(job.folder / run_files::kEvents, resume.counters.epoch);
    if (!log)
        return tl::unexpected(log.error());
    if (auto ok = recordSitting(job, *device, resume.counters.epoch + 1); !ok)
        return tl::unexpected(ok.error());
    // Last of all: without it the folder holds no run, and another may begin there.
    if (auto ok = writeFileAtomically(job.folder / run_files::kRecipe, toJson(job.recipe)); !ok)
        return tl::unexpected(ok.error());

    TrainingRun run(std::move(job), pictures, knobs, events, stop, std::move(*network), *device,
        std::move(*log), std::move(*lock));
    run.m_bestOnDisk = run.m_anyBestOnDisk = goesOn && resume.counters.bestEpoch > 0;
    run.takeUp(std::move(resume));
    if (!best.empty()) {
        run.m_best = std::move(best);
        for (const auto& [name, tensor] : run.m_network.state())
            run.m_trained.insert(name);
    }
    return run;
}

void TrainingRun::takeUp(Resume resume)
{
    m_counters = std::move(resume.counters);
    m_validationSet = validationSet(*m_job.dataset);
    // A run of before this was written down counts as unchanged.
    m_bestOutdated = m_counters.bestEpoch > 0 && !m_counters.bestOn.empty()
        && m_counters.bestOn != m_validationSet;
    m_epochOnDisk = m_counters.epoch;
    m_savedOptimizer = std::move(resume.optimizer);
    m_savedAverages = std::move(resume.averages);
    // Another phase looks at all pictures anew: somebody may have mended them.
    if (m_job.mode != RunMode::Resume)
        return;
    std::map<std::filesystem::path, std::string> reasons;
    for (auto& picture : resume.unreadable)
        reasons[picture.path] = std::move(picture.reason);
    for (std::size_t i = 0; i < m_job.dataset->images.size() && !reasons.empty(); ++i) {
        if (const auto found = reasons.find(m_job.dataset->images[i].path); found != reasons.end())
            m_unreadable[i] = found->second;
    }
    m_unreadableTold = m_unreadable.size();
}

TrainingRun::TrainingRun(TrainingJob job, const PictureSourceMaker& pictures, LiveKnobs& knobs,
    EventSink events, std::stop_token stop, Network network, torch::Device device, EventLog log,
    FolderLock lock)
    : m_job(std::move(job))
    , m_knobs(knobs)
    , m_events(std::move(events))
    , m_stop(std::move(stop))
    , m_network(std::move(network))
    , m_device(device)
    , m_lock(std::move(lock))
    , m_log(std::move(log))
    , m_cache(m_job.cache ? m_job.cache : std::make_shared<FeatureCache>())
    , m_micro(m_job.recipe.batchSize, device)
    , m_bySplit(kSplits.size())
{
    m_lossRules.labelSmoothing = m_job.recipe.labelSmoothing;
    m_views = viewRules(
        m_job.recipe, m_network.description().inputSize, keptViews(m_job.recipe, !device.is_cpu()));
    const auto& dataset = *m_job.dataset;
    m_pictures = pictures(dataset,
        pictureNeeds(
            m_job.recipe, m_network.description().inputSize, loaderThreads(!device.is_cpu())),
        m_cache->store().pictures());
    for (std::size_t i = 0; i < dataset.images.size(); ++i) {
        const auto split = dataset.images[i].split;
        if (split == Split::Validation || split == Split::Test)
            m_bySplit[static_cast<std::size_t>(split)].push_back(i);
    }
    auto& training = m_bySplit[static_cast<std::size_t>(Split::Train)];
    training = drawnTrainingPictures(dataset, m_job.recipe.perClass, m_job.recipe.seed);
    if (!device.is_cpu())
        at::globalContext().setBenchmarkCuDNN(true);
    m_pool = PicturePool::forViews(
        device, m_network.description().inputSize, m_views.kept == 0 ? training.size() : 0);
    m_best = byName(m_network.state());
    m_cache->store().startRun();
    if (m_job.recipe.classWeights)
        m_lossRules.classWeights = classWeightsOf(dataset, training).to(device);
}

FeatureSource::Options TrainingRun::sourceOptions()
{
    auto options = vernier::sourceOptions(m_job.recipe, m_cut, m_device);
    options.pool = m_pool.get();
    options.micro = &m_micro;
    return options;
}

void TrainingRun::show(const TrainingEvent& event) const
{
    if (m_events)
        m_events(event);
}

Status TrainingRun::tell(const TrainingEvent& event)
{
    if (auto ok = m_log.write(event); !ok)
        return ok;
    show(event);
    return {};
}

/// Reads those that were never seen before, together and not each when it is asked for. A stop is
/// found by whoever looks next.
void TrainingRun::learnPictures()
{
    using Clock = std::chrono::steady_clock;
    // Where all are known, nobody would have the time to read that.
    constexpr std::chrono::milliseconds kTellAfter { 300 };
    constexpr std::chrono::milliseconds kTellEvery { 100 };
    std::vector<std::size_t> images;
    for (const auto split : kSplits) {
        const auto& ofSplit = m_bySplit[static_cast<std::size_t>(split)];
        if (split != Split::Train || m_views.kept > 0)
            images.insert(images.end(), ofSplit.begin(), ofSplit.end());
    }
    const auto start = Clock::now();
    auto next = start + kTellAfter;
    (void)m_pictures->learnContents(images, m_stop, [&](const Progress& progress) {
        const auto now = Clock::now();
        if (now < next)
            return;
        next = now + kTellEvery;
        const double seconds = std::chrono::duration<double>(now - start).count();
        show(Preparing { progress.done, progress.total,
            static_cast<double>(progress.done) / std::max(seconds, 1e-9) });
    });
}

Result<Finished> TrainingRun::execute()
{
    learnPictures();
    if (m_device.is_cpu() && m_job.recipe.device == "auto" && cudaDeviceCount() > 0) {
        if (auto ok
            = tell(Note { "The GPU cannot be used; training on the CPU", { gpuProblem(0) } });
            !ok)
            return tl::unexpected(ok.error());
    }
    if (auto ok = noteShortLog(); !ok)
        return tl::unexpected(ok.error());
    if (m_bySplit[static_cast<std::size_t>(Split::Validation)].empty()) {
        if (auto ok = tell(Note { "There is no validation picture: nothing is validated, and no "
                                  "figure says how good the model is",
                {} });
            !ok)
            return tl::unexpected(ok.error());
    }
    if (m_bestOutdated) {
        if (auto ok
            = tell(Note { "The validation pictures or their labels have changed since epoch "
                    + std::to_string(m_counters.bestEpoch)
                    + " was the best: from here on the best epoch is chosen anew",
                {} });
            !ok)
            return tl::unexpected(ok.error());
    }
    const auto& phases = m_job.recipe.phases;
    while (m_counters.phase < static_cast<int>(phases.size())) {
        const auto outcome = runPhase(phases[static_cast<std::size_t>(m_counters.phase)]);
        if (!outcome)
            return tl::unexpected(outcome.error());
        if (*outcome == Outcome::Stopped)
            return finish(true);
        m_counters.startPhase(m_counters.phase + 1);
        m_savedOptimizer.clear();
        m_savedAverages.clear();
        // What was measured is what the next phase goes on from.
        if (m_average)
            m_average->adopt();
    }
    return finish(false);
}

Result<TrainingRun::Outcome> TrainingRun::runPhase(const Phase& phase)
{
    const auto end = m_network.backboneLayers().size();
    m_cut = cutOf(m_network.architecture(), end, phase.plan);

    const auto groups = trainingGroups(phase.plan, m_network.architecture(), end);
    for (const auto& [name, tensor] : m_network.state())
        tensor.detach_().requires_grad_(false);
    watchForBest(groups);
    m_epochEndMoments.clear();
    m_optimizer = std::make_unique<Optimizer>(m_job.recipe.optimizer);
    for (const auto& group : groups) {
        auto parameters = m_network.parameters(group);
        for (auto& tensor : parameters)
            tensor.requires_grad_(true);
        m_optimizer->addGroup(group.name, group.rate, std::move(parameters));
    }
    for (const auto& [block, rate] : m_counters.rates)
        m_optimizer->setRate(block, rate);
    m_average.reset();
    m_epochEndAverages.clear();
    if (m_job.recipe.averageDecay > 0) {
        m_average = std::make_unique<WeightAverage>(m_job.recipe.averageDecay);
        for (const auto& [name, tensor] : m_network.state()) {
            if (tensor.requires_grad())
                m_average->follow(name, tensor);
        }
    }
    if (m_counters.epochInPhase > 0
        && (!m_optimizer->load(m_savedOptimizer, m_counters.optimizerSteps)
            || (m_average && !m_average->load(m_savedAverages))))
        return fail(ErrorCode::Corrupt, "does not fit the phase it belongs to",
            m_job.folder / run_files::kResume, "continue with a new phase instead");

    m_source = std::make_unique<FeatureSource>(
        m_network, *m_job.dataset, m_cache->store(), *m_pictures, sourceOptions());
    m_source->leaveOut(m_unreadable);

    if (m_counters.epochInPhase == 0) {
        PhaseStarted started;
        started.phase = m_counters.phase + 1;
        started.firstEpoch = m_counters.epoch + 1;
        started.epochs = phase.epochs;
        started.plan = phase.plan;
        if (m_cut < end)
            started.cutLayer = m_network.backboneLayers()[m_cut].name;
        const auto layers = allLayers(m_network.description());
        const auto summary = summarize(m_network.architecture().inputShape(), *layers, &phase.plan);
        started.trainableParameters = summary.trainable;
        started.parameters = summary.parameters;
        started.schedule = phase.schedule.kind;
        started.phases = static_cast<int>(m_job.recipe.phases.size());
        if (auto ok = tell(started); !ok)
            return tl::unexpected(ok.error());
        if (phase.patience > 0 && m_bySplit[static_cast<std::size_t>(Split::Validation)].empty()) {
            if (auto ok = tell(Note {
                    "There are no validation pictures to judge by: all epochs will be run", {} });
                !ok)
                return tl::unexpected(ok.error());
        }
    }
    m_hitSeconds = m_missSeconds = 0;
    m_hits = m_misses = m_expectedMisses = 0;

    for (int epoch = m_counters.epochInPhase; epoch < phase.epochs; ++epoch) {
        // Before an epoch and not after one, so that a resumed run says it too.
        if (outOfPatience(phase)) {
            if (auto ok
                = tell(Note { "Validation " + std::string(name(phase.watch)) + " was no better for "
                        + counted(m_counters.epochsSinceBetter, "epoch") + ": the phase ends after "
                        + std::to_string(epoch) + " of " + std::to_string(phase.epochs),
                    {} });
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

Result<TrainingRun::Outcome> TrainingRun::runEpoch(const Phase& phase, int epochInPhase)
{
    m_epochStart = Clock::now();
    m_doneInEpoch = 0;
    // Dropout draws from the process's generator; seeding it by epoch makes a resumed run draw the
    // same.
    torch::manual_seed(
        Random { m_job.recipe.seed, 7, static_cast<std::uint64_t>(m_counters.epoch) }.next());

    const auto training = trainPass(phase, epochInPhase);
    if (!training) {
        if (training.error().code == ErrorCode::Cancelled)
            return Outcome::Stopped;
        return tl::unexpected(training.error());
    }
    const double trainSeconds = std::chrono::duration<double>(Clock::now() - m_epochStart).count();
    if (training->count == 0)
        return fail(ErrorCode::Unreadable, "none of the training pictures can be read",
            m_job.dataset->root, "look at the list of problems on the Data page");

    std::optional<WeightAverage::Lent> averaged(std::in_place, m_average.get());
    std::optional<Score> validation;
    if (!m_bySplit[static_cast<std::size_t>(Split::Validation)].empty()) {
        auto score = scorePass(*m_source, Split::Validation, &phase, epochInPhase);
        if (!score) {
            if (score.error().code == ErrorCode::Cancelled)
                return Outcome::Stopped;
            return tl::unexpected(score.error());
        }
        if (score->count > 0)
            validation = *score;
    }

    ++m_counters.epoch;
    m_counters.epochInPhase = epochInPhase + 1;
    m_counters.optimizerSteps = m_optimizer->steps();
    EpochDone done;
    done.phase = m_counters.phase + 1;
    done.epoch = m_counters.epoch;
    done.trainLoss = training->meanLoss();
    done.trainAccuracy = training->accuracy();
    done.trainCount = training->count;
    if (validation) {
        done.validationLoss = validation->meanLoss();
        done.validationAccuracy = validation->accuracy();
        done.validationCount = validation->count;
    }
    if (auto ok = rememberIfBest(validation, done.best); !ok)
        return tl::unexpected(ok.error());
    if (m_job.keepEpochs) {
        if (auto ok = keepEpoch(m_job.folder, m_network, m_job.recipe,
                static_cast<std::size_t>(m_counters.phase), m_counters.epoch);
            !ok)
            return tl::unexpected(ok.error());
    }
    averaged.reset();
    watchProgress(phase, validation);
    if (auto ok = noteUnreadable(*m_source); !ok)
        return tl::unexpected(ok.error());
    if (auto ok = noteCacheTrouble(); !ok)
        return tl::unexpected(ok.error());
    done.seconds = std::chrono::duration<double>(Clock::now() - m_epochStart).count();
    done.picturesPerSecond = static_cast<double>(training->count) / std::max(trainSeconds, 1e-9);
    if (auto ok = m_log.write(done); !ok)
        return tl::unexpected(ok.error());
    // Whoever hears of an epoch may read weights, of this or an earlier one; for the rest of what
    // is written nobody waits.
    if (!m_anyBestOnDisk) {
        if (auto ok = writeBest(); !ok)
            return tl::unexpected(ok.error());
    }
    show(done);
    if (auto ok = checkpointIfDue(epochInPhase + 1 == phase.epochs || outOfPatience(phase)); !ok)
        return tl::unexpected(ok.error());
    return Outcome::Done;
}

void TrainingRun::watchProgress(const Phase& phase, const std::optional<Score>& validation)
{
    if (!validation)
        return;
    const double now
        = phase.watch == Watch::Loss ? validation->meanLoss() : -validation->accuracy();
    const bool better = !m_counters.leastWatched || now < *m_counters.leastWatched;
    m_counters.epochsSinceBetter = better ? 0 : m_counters.epochsSinceBetter + 1;
    if (better)
        m_counters.leastWatched = now;
}

bool TrainingRun::outOfPatience(const Phase& phase) const
{
    return phase.patience > 0 && m_counters.epochsSinceBetter >= phase.patience;
}

Status TrainingRun::noteShortLog()
{
    if (m_log.lastEpoch() >= m_counters.epoch)
        return {};
    return tell(Note { "The log of the run ends with epoch " + std::to_string(m_log.lastEpoch())
            + ", where its weights are of epoch " + std::to_string(m_counters.epoch)
            + ": what was measured in between is lost",
        {} });
}

std::vector<ScanProblem> TrainingRun::unreadable() const
{
    std::vector<ScanProblem> pictures;
    for (const auto& [image, reason] : m_unreadable)
        pictures.push_back({ m_job.dataset->images[image].path, reason });
    return pictures;
}

Status TrainingRun::noteUnreadable(const FeatureSource& source)
{
    m_unreadable = source.unreadable();
    if (m_unreadable.size() <= m_unreadableTold)
        return {};
    m_unreadableTold = m_unreadable.size();
    Note note;
    const auto left = static_cast<std::int64_t>(m_unreadable.size());
    note.text = std::to_string(left) + " of "
        + counted(static_cast<std::int64_t>(m_job.dataset->images.size()), "picture")
        + " could not be read and " + (left == 1 ? "was" : "were") + " left out";
    for (const auto& [image, reason] : m_unreadable)
        note.details.push_back(inOneLine(m_job.dataset->images[image].path) + ": " + reason);
    return tell(note);
}

Status TrainingRun::noteCacheTrouble()
{
    const auto trouble = m_cache->store().trouble();
    if (!trouble || std::exchange(m_cacheTroubleTold, true))
        return {};
    return tell(Note {
        "Features that are computed from now on are not kept on disk", { trouble->text() } });
}

Status TrainingRun::noteSmallerParts()
{
    const auto size = m_micro.takeNews();
    if (!size)
        return {};
    Note note;
    note.text = std::string(m_device.is_cpu() ? "Memory" : "The GPU's memory")
        + " is too small for a whole batch: batches of " + std::to_string(m_job.recipe.batchSize)
        + " are computed in parts of " + std::to_string(*size) + " from now on";
    note.details = { "the result is that of the whole batch; a step takes somewhat longer",
        "smaller batches, or fewer blocks that train, need less memory" };
    return tell(note);
}

Result<Finished> TrainingRun::finish(bool stopped)
{
    Finished finished;
    finished.stopped = stopped;
    finished.run = m_job.folder;
    finished.bestEpoch = m_counters.bestEpoch;
    finished.validationAccuracy = std::max(0.0, m_counters.bestAccuracy);
    finished.validationCount = m_counters.bestCount;
    if (stopped && m_epochOnDisk != m_counters.epoch) {
        returnToEpochEnd();
        if (auto ok = checkpoint(); !ok)
            return tl::unexpected(ok.error());
    }
    const auto& test = m_bySplit[static_cast<std::size_t>(Split::Test)];
    if (!stopped && m_counters.bestEpoch > 0 && !test.empty()) {
        if (auto ok = m_network.load(m_best, false, {}); !ok)
            return tl::unexpected(ok.error());
        FeatureSource source(
            m_network, *m_job.dataset, m_cache->store(), *m_pictures, sourceOptions());
        source.leaveOut(m_unreadable);
        const auto score = scorePass(source, Split::Test, nullptr, 0);
        if (!score && score.error().code != ErrorCode::Cancelled)
            return tl::unexpected(score.error());
        // All epochs are done, but not what the run is for: a resume looks at the test split.
        finished.stopped = !score;
        if (score && score->count > 0) {
            finished.testAccuracy = score->accuracy();
            finished.testCount = score->count;
        }
        if (auto ok = noteUnreadable(source); !ok)
            return tl::unexpected(ok.error());
    }
    if (auto ok = m_log.write(finished); !ok)
        return tl::unexpected(ok.error());
    if (auto ok = m_log.sync(); !ok)
        return tl::unexpected(ok.error());
    return finished;
}

} // namespace vernier
