#include "core/training/trainer.h"

#include "core/model/kept_memory.h"
#include "core/model/torch_error.h"
#include "core/training/training_run.h"

namespace vernier {

namespace {

/// What a run writes before it is one.
void removeBeginning(const std::filesystem::path& folder)
{
    std::error_code error;
    for (const auto* file : { run_files::kDataset, run_files::kEvents, run_files::kRecord })
        std::filesystem::remove(folder / file, error);
}

Result<Finished> guarded(const TrainingJob& job, const PictureSourceMaker& pictures,
    LiveKnobs& knobs, const EventSink& events, std::stop_token stop)
{
    const KeptMemory kept;
    try {
        auto opened = openRun(job);
        if (!opened)
            return tl::unexpected(opened.error());
        return TrainingRun(std::move(*opened), pictures, knobs, events, stop).execute();
    } catch (const std::exception& e) {
        auto error = torchError(e, "training failed", {});
        if (error.code == ErrorCode::OutOfMemory)
            error.advice = "use a smaller batch or smaller dense layers";
        return tl::unexpected(std::move(error));
    }
}

} // namespace

Result<Finished> train(const TrainingJob& job, const PictureSourceMaker& pictures, LiveKnobs& knobs,
    const EventSink& events, std::stop_token stop)
{
    std::error_code error;
    const bool wasThere = std::filesystem::exists(job.folder, error);
    auto result = guarded(job, pictures, knobs, events, stop);
    // What was refused leaves no folder that looks like a run. One that holds something stays.
    if (!result && !wasThere) {
        if (!std::filesystem::exists(job.folder / run_files::kRecipe, error))
            removeBeginning(job.folder);
        std::filesystem::remove(job.folder, error);
    }
    if (events)
        events(result ? TrainingEvent(*result) : TrainingEvent(Failed { result.error() }));
    return result;
}

} // namespace vernier
