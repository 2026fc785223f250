#pragma once

// Private to core: includes LibTorch.

#include "core/features/recipe_features.h"
#include "core/recipe/view_rules.h"
#include "core/training/pass_report.h"

#include <array>

namespace vernier {

/// One call of train(): leads an opened run through the phases that are left. What it computes is
/// the Learner's, what it leaves on disk the RunRecorder's. Training thread only.
class TrainingRun {
public:
    TrainingRun(OpenedRun opened, const PictureSourceMaker& pictures, LiveKnobs& knobs,
        EventSink events, std::stop_token stop);

    /// The last event (Finished) is returned, and already in the log.
    Result<Finished> execute();

private:
    enum class Outcome : std::uint8_t { Done, Stopped };

    const Recipe& recipe() const { return m_run.job.recipe; }
    const DatasetSnapshot& dataset() const { return *m_run.job.dataset; }
    const std::vector<std::size_t>& images(Split split) const
    {
        return m_images[static_cast<std::size_t>(split)];
    }
    RecipeFeatures::Options featureOptions();
    void learnPictures();
    Status noteWhatIsOdd();
    Status noteCacheTrouble();

    Result<Outcome> runPhase(const Phase& phase);
    Status tellPhase(const Phase& phase);
    Result<Outcome> runEpoch(const Phase& phase, int epochInPhase);
    std::vector<Sample> trainingOrder(const Phase& phase, int epochInPhase);
    Result<Score> trainPass(const Phase& phase, int epochInPhase);
    Result<Score> scorePass(FeatureSource& source, std::size_t cut, Split split);
    void watchProgress(const Phase& phase, const std::optional<Score>& validation);
    bool outOfPatience(const Phase& phase) const;
    Result<Finished> finish(bool stopped);

    OpenedRun m_run;
    LiveKnobs& m_knobs;
    const std::stop_token m_stop;
    const std::shared_ptr<FeatureCache> m_cache;
    const ViewRules m_views; ///< of the training pictures
    std::array<std::vector<std::size_t>, kSplits.size()> m_images; ///< that the passes ask for
    MicroBatch m_micro;
    RecipeFeatures m_features;
    const LossRules m_lossRules;
    RunRecorder m_recorder;

    std::unique_ptr<Learner> m_learner; ///< of the phase
    std::unique_ptr<FeatureSource> m_source; ///< at the learner's cut
    TimeEstimate m_estimate;
    std::chrono::steady_clock::time_point m_epochStart {}; ///< later by what was spent in pauses
    bool m_cacheTroubleTold = false;
};

} // namespace vernier
