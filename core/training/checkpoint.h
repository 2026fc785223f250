#pragma once

// Private to core: includes LibTorch.

#include "core/model/network.h"
#include "core/runs/run_store.h"
#include "core/training/optimizer.h"
#include "core/training/weight_average.h"
#include "core/weights/model_file.h"

#include <map>
#include <optional>
#include <string>

namespace vernier {

/// Where a run stands after its last finished epoch. Everything random is drawn from the seed and
/// these counters, so they are the random state.
struct Counters {
    int phase = 0; ///< index into the recipe's phases
    int epochInPhase = 0; ///< finished
    int epoch = 0; ///< finished, in the whole run
    int bestEpoch = 0; ///< 0: none yet
    double bestAccuracy = -1;
    double bestLoss = 0;
    std::int64_t bestCount = 0;
    std::string bestOn; ///< tells the validation pictures and labels that it was the best on
    std::int64_t optimizerSteps = 0;
    std::map<std::string, double>
        rates; ///< of the current phase, where they were changed while it ran
    int epochsSinceBetter = 0; ///< in the current phase, by what it watches
    std::optional<double> leastWatched; ///< in the current phase: loss, or accuracy less than 0

    void startPhase(int index);
};

/// resume.safetensors: the optimizer's moments and the averaged weights (null: there are none),
/// with the counters and the pictures that could not be read as metadata.
Status writeResume(const std::filesystem::path& folder, const Counters& counters,
    const Optimizer& optimizer, const WeightAverage* average,
    const std::vector<ScanProblem>& unreadable);

/// Keeps what `file` holds beside it while a newer checkpoint is being written: the files of a
/// checkpoint appear one after the other, and only with the last of them, resume.safetensors, does
/// it count. Nothing to keep is no failure. What was kept outlasts a crash of the machine only once
/// the folder is synced.
Status keepPrevious(const std::filesystem::path& file);
/// To be called when the newer checkpoint counts.
void dropPrevious(const std::filesystem::path& file);
/// The model of the checkpoint that counts, which is of `epoch`: `file`, or what was kept beside
/// it. Corrupt where neither is of that epoch.
Result<LoadedModel> readModelOfEpoch(const std::filesystem::path& file, int epoch);
/// The same for whoever has the folder for himself: what was kept takes its place again.
Result<LoadedModel> takeModelOfEpoch(const std::filesystem::path& file, int epoch);

struct Resume {
    Counters counters;
    std::map<std::string, torch::Tensor> optimizer;
    std::map<std::string, torch::Tensor> averages; ///< by name of the weight
    /// Pictures that could not be read until then, and are left out; older runs do not tell.
    std::vector<ScanProblem> unreadable;
};
/// Corrupt where its counters are none that a run of this recipe can have.
Result<Resume> readResume(const std::filesystem::path& folder, const Recipe& recipe);
/// The weights become the averages that belong to them, where there are any: what the next phase
/// goes on from. Corrupt where one is of another shape.
Status adoptAverages(
    const Resume& resume, const Network& network, const std::filesystem::path& folder);

} // namespace vernier
