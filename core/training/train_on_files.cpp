#include "core/features/file_pictures.h"
#include "core/training/trainer.h"

namespace vernier {

Result<Finished> train(
    const TrainingJob& job, LiveKnobs& knobs, const EventSink& events, std::stop_token stop)
{
    return train(job, filePictures, knobs, events, std::move(stop));
}

} // namespace vernier
