#include "ui/session/current_run.h"

#include "ui/base/format.h"

#include <utility>

namespace vernier::ui {
namespace {

constexpr int kDrainIntervalMs = 33;

} // namespace

CurrentRun::CurrentRun(QObject* parent) : QObject(parent)
{
    m_drain.setInterval(kDrainIntervalMs);
    connect(&m_drain, &QTimer::timeout, this, &CurrentRun::drain);
}

CurrentRun::~CurrentRun() = default;

bool CurrentRun::start(TrainingJob job, const Recipe& recipe)
{
    job.keepEpochs = m_keepEpochs;
    const QString folder = format::path(job.folder);
    // A resumed run keeps what it was begun with.
    const SnapshotPtr trainedOn = job.mode == RunMode::Resume ? m_trainedOn : job.dataset;
    if (!m_training.start(std::move(job)))
        return false;
    m_recipe = recipe;
    m_folder = folder;
    m_trainedOn = trainedOn;
    m_begun = false;
    m_error.reset();
    m_last.reset();
    m_underWay = true;
    m_pauseAsked = false;
    setState(RunState::Starting);
    m_drain.start();
    Q_EMIT historyChanged();
    return true;
}

void CurrentRun::show(const QString& folder, const RunInfo& info, const SnapshotPtr& trainedOn)
{
    m_folder = folder;
    m_recipe = info.recipe;
    m_trainedOn = trainedOn;
    for (const TrainingEvent& event : info.events)
        append(m_history, event);
    m_complete = info.finished;
    if (!m_history.epochs.empty())
        m_state = RunState::Finished;
    Q_EMIT historyChanged();
    Q_EMIT stateChanged();
}

void CurrentRun::forget()
{
    m_history = {};
    m_trainedOn.reset();
    m_folder.clear();
    m_complete = true;
    m_state.reset();
    m_error.reset();
    Q_EMIT historyChanged();
}

void CurrentRun::forgetFailure()
{
    if (m_underWay || m_state != RunState::Failed || !m_history.epochs.empty())
        return;
    m_error.reset();
    m_state.reset();
    Q_EMIT stateChanged();
}

void CurrentRun::setPaused(bool paused)
{
    if (!m_underWay)
        return;
    m_pauseAsked = paused;
    m_training.setPaused(paused);
}

void CurrentRun::togglePaused() { setPaused(!m_pauseAsked); }

void CurrentRun::setLiveRate(const QString& block, double rate)
{
    if (m_underWay)
        m_training.setRate(block.toStdString(), rate);
}

void CurrentRun::stop()
{
    if (!m_underWay)
        return;
    m_training.stop();
    setState(RunState::Stopping);
}

void CurrentRun::setState(RunState state)
{
    m_state = state;
    Q_EMIT stateChanged();
}

void CurrentRun::drain()
{
    // Asked before the mailbox is emptied: what a thread that has ended said is then in it.
    const bool running = m_training.running();
    const std::vector<TrainingEvent> events = m_training.take();
    for (const TrainingEvent& event : events)
        take(event);
    if (!events.empty())
        Q_EMIT historyChanged();
    for (const TrainingEvent& event : events) {
        if (std::holds_alternative<EpochDone>(event))
            Q_EMIT epochFinished();
    }
    if (!running)
        conclude();
}

void CurrentRun::take(const TrainingEvent& event)
{
    append(m_history, event);
    m_begun = m_begun || std::holds_alternative<PhaseStarted>(event);
    if (std::holds_alternative<Finished>(event) || std::holds_alternative<Failed>(event)) {
        m_last = event;
        return;
    }
    if (const auto* epoch = std::get_if<EpochDone>(&event); epoch && epoch->best)
        Q_EMIT bestChanged();
    if (m_state == RunState::Stopping)
        return;
    if (const auto* paused = std::get_if<Paused>(&event))
        setState(paused->paused ? RunState::Paused : RunState::Training);
    else if (std::holds_alternative<Preparing>(event))
        setState(RunState::Preparing);
    else if (std::holds_alternative<StepDone>(event))
        setState(RunState::Training);
}

void CurrentRun::conclude()
{
    m_drain.stop();
    m_underWay = false;
    const std::optional<TrainingEvent> last = std::exchange(m_last, {});
    if (const auto* finished = last ? std::get_if<Finished>(&*last) : nullptr) {
        m_complete = !finished->stopped;
        m_state = m_history.epochs.empty() ? std::optional<RunState>() : RunState::Finished;
    } else {
        const auto* failure = last ? std::get_if<Failed>(&*last) : nullptr;
        m_complete = false;
        m_error = failure ? failure->error
                          : Error { ErrorCode::Internal, "training ended without a word", {}, {} };
        m_state = RunState::Failed;
    }
    Q_EMIT ended();
}

} // namespace vernier::ui
