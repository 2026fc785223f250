#include "core/features/file_pictures.h"
#include "core/training/trainer.h"

namespace vernier {

Result<Finished> train(
    const TrainingJob& job, LiveKnobs& knobs, const EventSink& events, std::stop_token stop)
{
    const auto files = [](const DatasetSnapshot& dataset, const PictureNeeds& needs,
                           KnownPictures& known) -> std::unique_ptr<PictureSource> {
        return std::make_unique<FilePictures>(dataset, needs, known);
    };
    return train(job, files, knobs, events, std::move(stop));
}

} // namespace vernier
