#pragma once

#include "core/features/feature_cache.h"
#include "core/features/picture_source.h"
#include "core/runs/run_store.h"
#include "core/training/live_knobs.h"

#include <functional>
#include <memory>
#include <stop_token>

namespace vernier {

enum class RunMode : std::uint8_t {
    Fresh, ///< the folder must not hold a run
    Resume, ///< go on after the last finished epoch, as if nothing had happened
    Extend ///< append job.recipe.phases to the run's, from the weights where it stands
};

struct TrainingJob {
    /// With its validation split already drawn (see withValidation). Resume: the run's own is what
    /// counts; this one's root is where its pictures are now.
    SnapshotPtr dataset;
    Recipe recipe; ///< Resume: ignored; Extend: only `phases` counts
    std::filesystem::path folder;
    RunMode mode = RunMode::Fresh;
    std::shared_ptr<FeatureCache>
        cache; ///< shared between runs of a session; null: one for this run alone
    /// Keeps what trains of every epoch, so that the run can be forked at any of them; a run that
    /// did so before goes on doing it.
    bool keepEpochs = false;
};

using EventSink = std::function<void(const TrainingEvent&)>;

/// Runs a job to its end on the calling thread and leaves a complete run folder. Events come on
/// this thread; the last one is Finished or Failed, and the result says the same. A stop ends
/// within one batch with Finished{stopped}; epochs that were finished count, the one under way is
/// dropped. On the CPU, one seed and one thread count give the same numbers again, across Resume
/// too.
Result<Finished> train(
    const TrainingJob& job, LiveKnobs& knobs, const EventSink& events, std::stop_token stop);
/// The same on pictures from anywhere: with it alone, a program needs no decoder.
Result<Finished> train(const TrainingJob& job, const PictureSourceMaker& pictures, LiveKnobs& knobs,
    const EventSink& events, std::stop_token stop);

} // namespace vernier
