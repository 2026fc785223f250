#pragma once

// Private to core: includes LibTorch.

#include "core/base/folder_lock.h"
#include "core/features/feature_source.h"
#include "core/recipe/view_rules.h"
#include "core/runs/event_log.h"
#include "core/training/checkpoint.h"
#include "core/training/running_score.h"
#include "core/training/trainer.h"
#include "core/training/training_step.h"
#include "core/training/weight_average.h"

#include <chrono>
#include <set>

namespace vernier {

/// One call of train(): owns network, optimizer and files from the first byte read to the last
/// written. Training thread only.
class TrainingRun {
public:
    static Result<TrainingRun> open(const TrainingJob& job, const PictureSourceMaker& pictures,
        LiveKnobs& knobs, const EventSink& events, std::stop_token stop);

    /// Runs the phases that are left; the last event (Finished) is returned, and already in the
    /// log.
    Result<Finished> execute();

private:
    void takeUp(Resume resume);
    TrainingRun(TrainingJob job, const PictureSourceMaker& pictures, LiveKnobs& knobs,
        EventSink events, std::stop_token stop, Network network, torch::Device device, EventLog log,
        FolderLock lock);

    enum class Outcome { Done, Stopped };
    FeatureSource::Options sourceOptions();
    Status tell(const TrainingEvent& event);
    void show(const TrainingEvent& event) const;
    void learnPictures();
    Result<Outcome> runPhase(const Phase& phase);
    Result<Outcome> runEpoch(const Phase& phase, int epochInPhase);
    Result<Score> trainPass(const Phase& phase, int epochInPhase);
    BatchSums trainStep(const Batch& batch, int step);
    BatchSums scoreStep(const Batch& batch);
    Result<Score> scorePass(
        FeatureSource& source, Split split, const Phase* phase, int epochInPhase);
    std::vector<Sample> trainingOrder(const Phase& phase, int epochInPhase) const;
    std::vector<Sample> wholeSplit(Split split) const;
    Status holdWhilePaused(); ///< says that pause took hold, and that it goes on
    Status applyLiveRates();
    void watchProgress(const Phase& phase, const std::optional<Score>& validation);
    bool outOfPatience(const Phase& phase) const;
    Status rememberIfBest(const std::optional<Score>& validation, bool& best);
    Status checkpointIfDue(bool force);
    Status writeBest(); ///< where it is not on disk yet
    Status checkpoint();
    void rememberEpochEnd();
    void returnToEpochEnd();
    Status noteShortLog();
    Status noteUnreadable(const FeatureSource& source);
    std::vector<ScanProblem> unreadable() const;
    Status noteCacheTrouble();
    Status noteSmallerParts();
    void account(const Batch& batch, double featureSeconds, double seconds);
    double secondsLeft(const Phase& phase, int epochInPhase) const;
    Result<Finished> finish(bool stopped);
    void watchForBest(const std::vector<TrainingGroup>& groups);

    TrainingJob m_job;
    LiveKnobs& m_knobs;
    EventSink m_events;
    std::stop_token m_stop;
    Network m_network;
    torch::Device m_device;
    ViewRules m_views; ///< of the training pictures
    FolderLock m_lock;
    EventLog m_log;
    std::shared_ptr<FeatureCache> m_cache;
    std::unique_ptr<PictureSource> m_pictures;
    std::unique_ptr<PicturePool> m_pool; ///< null on the CPU
    MicroBatch m_micro;

    Counters m_counters;
    std::map<std::string, torch::Tensor>
        m_savedOptimizer; ///< of the phase that a resume goes on with
    std::map<std::string, torch::Tensor> m_savedAverages; ///< the same
    std::map<std::string, torch::Tensor>
        m_best; ///< by name; shares the network's tensor until that trains
    std::set<std::string> m_trained; ///< names of tensors that have trained in this call
    bool m_bestOnDisk = false;
    bool m_anyBestOnDisk = false; ///< this one, or an earlier one of the run
    std::string m_validationSet; ///< in the form of Counters::bestOn
    bool m_bestOutdated = false; ///< it was the best on other pictures, or on other labels

    LossRules m_lossRules;
    std::vector<std::vector<std::size_t>> m_bySplit;
    std::unique_ptr<Optimizer> m_optimizer;
    std::unique_ptr<WeightAverage> m_average; ///< null: none is kept
    std::unique_ptr<FeatureSource> m_source;
    std::size_t m_cut = 0;
    std::map<std::size_t, std::string> m_unreadable;
    std::size_t m_unreadableTold = 0;
    bool m_cacheTroubleTold = false;

    // For the estimate of the time left: seconds a picture costs when its features are there, and
    // what a miss adds.
    double m_hitSeconds = 0;
    std::int64_t m_hits = 0;
    double m_missSeconds = 0;
    std::int64_t m_misses = 0;
    std::int64_t m_expectedMisses = 0;
    std::int64_t m_missingInTraining = 0; ///< when the newest training pass began
    std::int64_t m_doneInEpoch = 0;

    /// Weights, moments, averages and rates as the last finished epoch left them, where that is not
    /// on disk: a stop drops what came after.
    std::map<std::string, torch::Tensor> m_epochEndWeights;
    std::map<std::string, torch::Tensor> m_epochEndMoments;
    std::map<std::string, torch::Tensor> m_epochEndAverages;
    std::map<std::string, double> m_epochEndRates; ///< as Counters has them
    int m_epochOnDisk = 0;

    /// Later by what was spent in pauses.
    std::chrono::steady_clock::time_point m_epochStart {};
    std::chrono::steady_clock::time_point m_lastCheckpoint {};
    std::chrono::duration<double> m_checkpointCost { 0 };
};

} // namespace vernier
