#pragma once

// Private to core: includes LibTorch.

#include "core/runs/events.h"
#include "core/training/learner.h"
#include "core/training/run_opening.h"
#include "core/training/running_score.h"

#include <chrono>
#include <set>

namespace vernier {

/// What a run leaves behind while it goes on: its log, the best epoch's weights, and enough to go
/// on from. Every file of the run's folder after its opening is written here. Training thread only.
class RunRecorder {
public:
    /// `run`, whose log, counters and best weights it takes, must outlive it; `events` hears what
    /// happens.
    RunRecorder(OpenedRun& run, EventSink events);

    /// Where the run stands: counts on, and is written with the next checkpoint.
    Counters& counters() { return m_counters; }
    const Counters& counters() const { return m_counters; }

    /// To whoever listens.
    void show(const TrainingEvent& event) const;
    /// To the log as well.
    Status tell(const TrainingEvent& event);
    Status note(std::string text, std::vector<std::string> details = {});
    /// Those that cannot be read, by index into the snapshot's images, and why. More than were told
    /// of are told.
    Status noteUnreadable(const std::map<std::size_t, std::string>& unreadable);
    const std::map<std::size_t, std::string>& unreadable() const { return m_unreadable; }

    /// Before what it trains moves.
    void startPhase(const Learner& learner);
    /// The best epoch was so on other pictures, or on other labels.
    bool bestIsOutdated() const { return m_bestOutdated; }
    /// The epoch that the counters name, with the weights as they are now. True: it is the best.
    bool rememberIfBest(const std::optional<Score>& validation);
    /// With the weights as they are now, where the run keeps its epochs.
    Status keepEpoch();
    /// Into the log and to whoever listens; then a checkpoint, unless checkpoints would cost too
    /// much time and nothing forces one.
    Status endEpoch(const EpochDone& done, const Learner& learner, bool force);
    /// A stop drops what came after the last finished epoch, and leaves that on disk.
    Status stop(Learner* learner);
    /// Weights of the best epoch, by name; those that never trained are the network's own.
    const std::map<std::string, torch::Tensor>& best() const { return m_best; }
    /// The last event, which is the caller's to show.
    Status finish(const Finished& finished);

private:
    Status checkpoint(const Learner& learner);
    Status writeBest();
    void rememberEpochEnd(const Learner& learner);

    const TrainingJob& m_job;
    const Network& m_network;
    EventLog& m_log;
    const EventSink m_events;
    Counters m_counters;
    std::map<std::size_t, std::string> m_unreadable;
    std::size_t m_unreadableTold = 0;

    const std::string m_validationSet; ///< in the form of Counters::bestOn
    bool m_bestOutdated = false;
    std::map<std::string, torch::Tensor> m_best; ///< shares the network's tensors until they train
    std::set<std::string> m_trained; ///< names of tensors that have trained in this call
    bool m_bestOnDisk = false;
    bool m_anyBestOnDisk = false; ///< this one, or an earlier one of the run

    /// As the last finished epoch left it, where that is not on disk.
    struct EpochEnd {
        std::map<std::string, torch::Tensor> weights;
        std::map<std::string, torch::Tensor> moments;
        std::map<std::string, torch::Tensor> averages;
        std::map<std::string, double> rates; ///< as Counters has them
    };
    EpochEnd m_epochEnd;
    int m_epochOnDisk = 0;
    std::chrono::steady_clock::time_point m_lastCheckpoint {};
    std::chrono::duration<double> m_checkpointCost { 0 };
};

} // namespace vernier
