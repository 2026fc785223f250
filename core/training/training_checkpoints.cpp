// What a run keeps of itself while it goes on: the best epoch's weights, and enough to go on from.

#include "core/base/folders.h"
#include "core/runs/run_files.h"
#include "core/training/training_run.h"
#include "core/weights/model_file.h"

namespace vernier {

namespace {

using Clock = std::chrono::steady_clock;

/// Checkpoints may cost this share of the time at most.
constexpr double kCheckpointShare = 0.1;

} // namespace

void TrainingRun::watchForBest(const std::vector<TrainingGroup>& groups)
{
    for (const auto& group : groups) {
        for (const auto& [name, tensor] : m_network.state(group)) {
            if (m_trained.insert(name).second)
                m_best[name] = tensor.detach().clone(at::MemoryFormat::Preserve);
        }
    }
}

Status TrainingRun::rememberIfBest(const std::optional<Score>& validation, bool& best)
{
    // Without a validation picture nothing can choose: the newest epoch stands.
    best = !validation || m_counters.bestEpoch == 0 || m_bestOutdated
        || validation->accuracy() > m_counters.bestAccuracy
        || (validation->accuracy() == m_counters.bestAccuracy
            && validation->meanLoss() < m_counters.bestLoss);
    if (!best)
        return {};
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
    return {};
}

Status TrainingRun::checkpointIfDue(bool force)
{
    const std::chrono::duration<double> since = Clock::now() - m_lastCheckpoint;
    if (force || since.count() * kCheckpointShare >= m_checkpointCost.count())
        return checkpoint();
    rememberEpochEnd();
    return {};
}

void TrainingRun::rememberEpochEnd()
{
    const torch::NoGradGuard noGrad;
    const auto keep = [](std::map<std::string, torch::Tensor>& kept, const std::string& name,
                          const torch::Tensor& now) {
        auto& place = kept[name];
        if (place.defined())
            place.copy_(now);
        else
            place = now.detach().clone(at::MemoryFormat::Preserve);
    };
    for (const auto& [name, tensor] : m_network.state()) {
        if (m_trained.contains(name))
            keep(m_epochEndWeights, name, tensor);
    }
    for (const auto& [name, tensor] : m_optimizer->state())
        keep(m_epochEndMoments, name, tensor);
    if (m_average) {
        for (const auto& [name, tensor] : m_average->state())
            keep(m_epochEndAverages, name, tensor);
    }
    m_epochEndRates = m_counters.rates;
}

void TrainingRun::returnToEpochEnd()
{
    const torch::NoGradGuard noGrad;
    for (const auto& [name, tensor] : m_network.state()) {
        if (const auto kept = m_epochEndWeights.find(name); kept != m_epochEndWeights.end())
            tensor.detach().copy_(kept->second);
    }
    m_optimizer->load(m_epochEndMoments, m_counters.optimizerSteps);
    if (m_average)
        m_average->load(m_epochEndAverages);
    m_counters.rates = m_epochEndRates;
}

Status TrainingRun::writeBest()
{
    if (m_bestOnDisk)
        return {};
    const auto best = m_job.folder / run_files::kBest;
    NamedTensors tensors;
    for (const auto& [name, tensor] : m_network.state())
        tensors.emplace_back(name, m_best.at(name));
    if (auto ok = writeModel(best, m_network.description(), tensors, m_counters.bestEpoch); !ok)
        return ok;
    m_bestOnDisk = m_anyBestOnDisk = true;
    return {};
}

Status TrainingRun::checkpoint()
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
    if (auto ok
        = writeResume(m_job.folder, m_counters, *m_optimizer, m_average.get(), unreadable());
        !ok)
        return ok;
    dropPrevious(best);
    dropPrevious(last);
    m_epochOnDisk = m_counters.epoch;
    m_lastCheckpoint = Clock::now();
    m_checkpointCost = m_lastCheckpoint - start;
    return {};
}

} // namespace vernier
