#include "core/training/run_recorder.h"

#include "core/base/folders.h"
#include "core/base/hash.h"
#include "core/base/text.h"
#include "core/runs/run_files.h"
#include "core/training/kept_epochs.h"
#include "core/weights/model_file.h"

namespace vernier {

namespace {

using Clock = std::chrono::steady_clock;

/// Checkpoints may cost this share of the time at most.
constexpr double kCheckpointShare = 0.1;

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

/// Those of a resumed run. Another phase looks at all pictures anew: somebody may have mended them.
std::map<std::size_t, std::string> unreadableBefore(const TrainingJob& job, const Resume& resume)
{
    std::map<std::size_t, std::string> unreadable;
    if (job.mode != RunMode::Resume)
        return unreadable;
    std::map<std::filesystem::path, std::string> reasons;
    for (const auto& picture : resume.unreadable)
        reasons[picture.path] = picture.reason;
    const auto& images = job.dataset->images;
    for (std::size_t i = 0; i < images.size() && !reasons.empty(); ++i) {
        if (const auto found = reasons.find(images[i].path); found != reasons.end())
            unreadable[i] = found->second;
    }
    return unreadable;
}

void keepIn(
    std::map<std::string, torch::Tensor>& kept, const std::string& name, const torch::Tensor& now)
{
    auto& place = kept[name];
    if (place.defined())
        place.copy_(now);
    else
        place = now.detach().clone(at::MemoryFormat::Preserve);
}

} // namespace

RunRecorder::RunRecorder(OpenedRun& run, EventSink events)
    : m_job(run.job)
    , m_network(run.placed.network)
    , m_log(run.log)
    , m_events(std::move(events))
    , m_unreadable(unreadableBefore(run.job, run.resume))
    , m_unreadableTold(m_unreadable.size())
    , m_validationSet(validationSet(*run.job.dataset))
    , m_best(std::move(run.best))
{
    m_counters = std::move(run.resume.counters);
    m_epochOnDisk = m_counters.epoch;
    // A run of before this was written down counts as unchanged.
    m_bestOutdated = m_counters.bestEpoch > 0 && !m_counters.bestOn.empty()
        && m_counters.bestOn != m_validationSet;
    const bool onDisk = !m_best.empty();
    m_bestOnDisk = m_anyBestOnDisk = onDisk && m_counters.bestEpoch > 0;
    for (auto& [name, tensor] : m_network.state()) {
        if (onDisk)
            m_trained.insert(name);
        else
            m_best[name] = tensor;
    }
}

void RunRecorder::show(const TrainingEvent& event) const
{
    if (m_events)
        m_events(event);
}

Status RunRecorder::tell(const TrainingEvent& event)
{
    if (auto ok = m_log.write(event); !ok)
        return ok;
    show(event);
    return {};
}

Status RunRecorder::note(std::string text, std::vector<std::string> details)
{
    return tell(Note { std::move(text), std::move(details) });
}

Status RunRecorder::noteUnreadable(const std::map<std::size_t, std::string>& unreadable)
{
    m_unreadable = unreadable;
    if (m_unreadable.size() <= m_unreadableTold)
        return {};
    m_unreadableTold = m_unreadable.size();
    const auto& images = m_job.dataset->images;
    const auto left = static_cast<std::int64_t>(m_unreadable.size());
    std::vector<std::string> details;
    for (const auto& [image, reason] : m_unreadable)
        details.push_back(inOneLine(images[image].path) + ": " + reason);
    return note(std::to_string(left) + " of "
            + counted(static_cast<std::int64_t>(images.size()), "picture")
            + " could not be read and " + (left == 1 ? "was" : "were") + " left out",
        std::move(details));
}

void RunRecorder::startPhase(const Learner& learner)
{
    m_epochEnd.moments.clear();
    m_epochEnd.averages.clear();
    for (const auto& group : learner.groups()) {
        for (const auto& [name, tensor] : m_network.state(group)) {
            if (m_trained.insert(name).second)
                m_best[name] = tensor.detach().clone(at::MemoryFormat::Preserve);
        }
    }
}

bool RunRecorder::rememberIfBest(const std::optional<Score>& validation)
{
    // Without a validation picture nothing can choose: the newest epoch stands.
    const bool best = !validation || m_counters.bestEpoch == 0 || m_bestOutdated
        || validation->accuracy() > m_counters.bestAccuracy
        || (validation->accuracy() == m_counters.bestAccuracy
            && validation->meanLoss() < m_counters.bestLoss);
    if (!best)
        return false;
    m_bestOutdated = false;
    m_counters.bestOn = m_validationSet;
    m_counters.bestEpoch = m_counters.epoch;
    m_counters.bestAccuracy = validation ? validation->accuracy() : 0;
    m_counters.bestLoss = validation ? validation->meanLoss() : 0;
    m_counters.bestCount = validation ? validation->count : 0;
    const torch::NoGradGuard noGrad;
    for (const auto& [name, tensor] : m_network.state()) {
        if (m_trained.contains(name))
            m_best[name].copy_(tensor);
    }
    m_bestOnDisk = false;
    return true;
}

Status RunRecorder::keepEpoch()
{
    if (!m_job.keepEpochs)
        return {};
    return vernier::keepEpoch(m_job.folder, m_network, m_job.recipe,
        static_cast<std::size_t>(m_counters.phase), m_counters.epoch);
}

Status RunRecorder::endEpoch(const EpochDone& done, const Learner& learner, bool force)
{
    if (auto ok = m_log.write(done); !ok)
        return ok;
    // Whoever hears of an epoch may read weights, of this or an earlier one; for the rest of what
    // is written nobody waits.
    if (!m_anyBestOnDisk) {
        if (auto ok = writeBest(); !ok)
            return ok;
    }
    show(done);
    const std::chrono::duration<double> since = Clock::now() - m_lastCheckpoint;
    if (force || since.count() * kCheckpointShare >= m_checkpointCost.count())
        return checkpoint(learner);
    rememberEpochEnd(learner);
    return {};
}

void RunRecorder::rememberEpochEnd(const Learner& learner)
{
    const torch::NoGradGuard noGrad;
    for (const auto& [name, tensor] : m_network.state()) {
        if (m_trained.contains(name))
            keepIn(m_epochEnd.weights, name, tensor);
    }
    for (const auto& [name, tensor] : learner.optimizer().state())
        keepIn(m_epochEnd.moments, name, tensor);
    if (const auto* average = learner.average()) {
        for (const auto& [name, tensor] : average->state())
            keepIn(m_epochEnd.averages, name, tensor);
    }
    m_epochEnd.rates = m_counters.rates;
}

Status RunRecorder::stop(Learner* learner)
{
    if (!learner || m_epochOnDisk == m_counters.epoch)
        return {};
    const torch::NoGradGuard noGrad;
    for (const auto& [name, tensor] : m_network.state()) {
        if (const auto kept = m_epochEnd.weights.find(name); kept != m_epochEnd.weights.end())
            tensor.detach().copy_(kept->second);
    }
    learner->optimizer().load(m_epochEnd.moments, m_counters.optimizerSteps);
    if (auto* average = learner->average())
        average->load(m_epochEnd.averages);
    m_counters.rates = m_epochEnd.rates;
    return checkpoint(*learner);
}

Status RunRecorder::writeBest()
{
    if (m_bestOnDisk)
        return {};
    NamedTensors tensors;
    for (const auto& [name, tensor] : m_network.state())
        tensors.emplace_back(name, m_best.at(name));
    if (auto ok = writeModel(m_job.folder / run_files::kBest, m_network.description(), tensors,
            m_counters.bestEpoch);
        !ok)
        return ok;
    m_bestOnDisk = m_anyBestOnDisk = true;
    return {};
}

Status RunRecorder::checkpoint(const Learner& learner)
{
    const auto start = Clock::now();
    const auto best = m_job.folder / run_files::kBest;
    const auto last = m_job.folder / run_files::kLast;
    // What counts until resume.safetensors is written has to be there before it is replaced.
    if (!m_bestOnDisk) {
        if (auto ok = keepPrevious(best); !ok)
            return ok;
    }
    if (auto ok = keepPrevious(last); !ok)
        return ok;
    if (auto ok = syncFolder(m_job.folder); !ok)
        return ok;
    if (auto ok = writeBest(); !ok)
        return ok;
    if (auto ok = writeModel(last, m_network, m_counters.epoch); !ok)
        return ok;
    // Nor may the counters be ahead of the log.
    if (auto ok = m_log.sync(); !ok)
        return ok;
    // From here on the new ones count.
    std::vector<ScanProblem> unreadable;
    for (const auto& [image, reason] : m_unreadable)
        unreadable.push_back({ m_job.dataset->images[image].path, reason });
    if (auto ok
        = writeResume(m_job.folder, m_counters, learner.optimizer(), learner.average(), unreadable);
        !ok)
        return ok;
    dropPrevious(best);
    dropPrevious(last);
    m_epochOnDisk = m_counters.epoch;
    m_lastCheckpoint = Clock::now();
    m_checkpointCost = m_lastCheckpoint - start;
    return {};
}

Status RunRecorder::finish(const Finished& finished)
{
    if (auto ok = m_log.write(finished); !ok)
        return ok;
    return m_log.sync();
}

} // namespace vernier
