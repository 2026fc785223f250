#pragma once

#include "core/recipe/recipe.h"

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <variant>

namespace vernier {

/// What a run tells, in order. Values only: they cross threads and are written to events.jsonl.
/// Loss is the mean over pictures of sum(w_i l_i) / n, in training with what the recipe smooths and
/// mixes, in validation and test without weights, smoothing and mixing; accuracy is a share 0..1;
/// seconds are wall-clock.

struct PhaseStarted {
    int phase = 1; ///< from 1
    int firstEpoch = 1; ///< number of its first epoch in the run, from 1
    int epochs = 0; ///< that it will have
    FreezePlan plan;
    std::string cutLayer; ///< first layer of the suffix; empty when only the head trains
    std::int64_t trainableParameters = 0;
    std::int64_t parameters = 0;
    ScheduleKind schedule = ScheduleKind::Constant;
    int phases = 0; ///< that the run has with those to come; 0 in runs of before it was told
};

/// Features below the cut are being computed before or during an epoch.
struct Preparing {
    std::int64_t done = 0;
    std::int64_t total = 0;
    double picturesPerSecond = 0;
};

/// A batch within an epoch; may be merged (only the newest is kept).
struct StepDone {
    int phase = 1;
    int epoch = 1; ///< in the run, from 1
    int step = 0; ///< done in this epoch
    int steps = 0; ///< of the epoch
    double runningLoss = 0;
    double runningAccuracy = 0;
    double picturesPerSecond = 0;
    double secondsLeft = -1; ///< to the end of the phase; -1 unknown
    bool validating = false; ///< the training part is done, step/steps count validation batches
    bool testing = false; ///< all epochs are done, step/steps count test batches
    double rateFactor = 1; ///< what the schedule multiplies the rates by in this step

    bool scoring() const { return validating || testing; }
};

struct EpochDone {
    int phase = 1;
    int epoch = 1;
    double trainLoss = 0;
    double trainAccuracy = 0;
    std::int64_t trainCount = 0;
    std::optional<double> validationLoss; ///< none where there is no validation picture
    std::optional<double> validationAccuracy;
    std::int64_t validationCount = 0;
    double seconds = 0;
    double picturesPerSecond = 0; ///< training pictures of this epoch over its seconds
    bool best = false; ///< best by validation so far; kept, and on disk with the next checkpoint
};

/// Something a person should know: "3 of 500 images could not be read", "the GPU ran out of memory:
/// batches of 10 now".
struct Note {
    std::string text;
    std::vector<std::string> details;
};

struct RateChanged {
    std::string block; ///< or "head"
    double rate = 0;
    int epoch = 1; ///< during which
};

/// All phases are done, or the run was stopped: then `stopped` is true. Either way the run folder
/// is complete.
struct Finished {
    bool stopped = false;
    int bestEpoch = 0; ///< 0: none was finished
    double validationAccuracy = 0;
    std::int64_t validationCount = 0;
    std::optional<double> testAccuracy; ///< of the best epoch, once, at the end; none where there
                                        ///< is no test split or it was stopped
    std::int64_t testCount = 0;
    std::filesystem::path run;
};

struct Failed {
    Error error;
};

/// Pause took hold, or the run goes on.
struct Paused {
    bool paused = false;
};

using TrainingEvent = std::variant<PhaseStarted, Preparing, StepDone, EpochDone, Note, RateChanged,
    Paused, Finished, Failed>;

/// One line of events.jsonl / `--json`, without the line break.
std::string toJson(const TrainingEvent& event);
Result<TrainingEvent> eventFromJson(std::string_view line);
/// The same as a plain line for a person: "Epoch 6: validation rose to 93.5 %; saved".
std::string toText(const TrainingEvent& event);

} // namespace vernier
