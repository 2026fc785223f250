#include "core/training/training_thread.h"

#include "core/base/thread_priority.h"

#include <string>
#include <system_error>
#include <utility>

namespace vernier {

struct TrainingThread::Shared {
    LiveKnobs knobs;
    std::atomic<bool> running { false };
    std::mutex mutex;
    std::vector<TrainingEvent> mailbox;

    void post(const TrainingEvent& event)
    {
        const std::lock_guard lock(mutex);
        // Steps come faster than anybody can look; the newest of a run of them says all.
        const bool merges
            = std::holds_alternative<StepDone>(event) || std::holds_alternative<Preparing>(event);
        for (auto i = mailbox.size(); merges && i > 0; --i) {
            const auto& older = mailbox[i - 1];
            if (older.index() == event.index()) {
                mailbox.erase(mailbox.begin() + static_cast<std::ptrdiff_t>(i) - 1);
                break;
            }
            if (!std::holds_alternative<StepDone>(older)
                && !std::holds_alternative<Preparing>(older))
                break;
        }
        mailbox.push_back(event);
    }
};

TrainingThread::TrainingThread() : m_shared(std::make_shared<Shared>()) { }

TrainingThread::~TrainingThread() = default;

bool TrainingThread::start(TrainingJob job)
{
    if (running())
        return false;
    if (m_thread.joinable())
        m_thread.join();
    m_shared = std::make_shared<Shared>();
    m_shared->running = true;
    auto body = [shared = m_shared, job = std::move(job)](std::stop_token stop) {
        lowerThreadPriority(kTrainingNiceness);
        // train() ends with Finished or Failed and throws nothing, but for memory running out while
        // it says so.
        try {
            (void)train(
                job, shared->knobs, [&](const TrainingEvent& event) { shared->post(event); }, stop);
        } catch (...) {
            shared->post(
                Failed { { ErrorCode::Internal, "training ended without saying why", {}, {} } });
        }
        shared->running = false;
    };
    try {
        m_thread = std::jthread(std::move(body));
    } catch (const std::system_error& error) {
        m_shared->post(Failed {
            { ErrorCode::Internal, std::string("training could not begin: ") + error.what(), {},
                "close other programs and try again" } });
        m_shared->running = false;
    }
    return true;
}

bool TrainingThread::running() const { return m_shared->running; }
void TrainingThread::setPaused(bool paused) { m_shared->knobs.setPaused(paused); }
void TrainingThread::setRate(const std::string& block, double rate)
{
    m_shared->knobs.setRate(block, rate);
}
void TrainingThread::stop() { m_thread.request_stop(); }

std::vector<TrainingEvent> TrainingThread::take()
{
    const std::lock_guard lock(m_shared->mutex);
    return std::exchange(m_shared->mailbox, {});
}

} // namespace vernier
