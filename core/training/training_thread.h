#pragma once

#include "core/training/trainer.h"

#include <thread>
#include <vector>

namespace vernier {

/// Runs jobs on a thread of its own at lower priority, and keeps their events in a mailbox for the
/// owner to drain. All members are called from the owner's thread.
class TrainingThread {
public:
    TrainingThread();
    ~TrainingThread(); ///< stops and joins

    /// One job at a time: false when one is running.
    bool start(TrainingJob job);
    bool running() const;
    void setPaused(bool paused);
    void setRate(const std::string& block, double rate);
    /// Asks; the Finished event says when it has.
    void stop();

    /// Events since the last call, oldest first. StepDone and Preparing are merged to the newest;
    /// all others are kept.
    std::vector<TrainingEvent> take();

private:
    struct Shared;
    std::shared_ptr<Shared> m_shared;
    std::jthread m_thread;
};

} // namespace vernier
