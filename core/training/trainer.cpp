#include "core/training/trainer.h"

#include "core/training/training_run.h"

#include <new>

namespace vernier {

namespace {

Result<Finished> guarded(
    const TrainingJob& job, LiveKnobs& knobs, const EventSink& events, std::stop_token stop)
{
    try {
        auto run = TrainingRun::open(job, knobs, events, stop);
        if (!run)
            return tl::unexpected(run.error());
        return run->execute();
    } catch (const c10::OutOfMemoryError&) {
        return fail(ErrorCode::OutOfMemory, "the GPU ran out of memory", {},
            "use a smaller batch or train on the CPU");
    } catch (const std::bad_alloc&) {
        return fail(ErrorCode::OutOfMemory, "memory ran out", {},
            "use a smaller batch or smaller dense layers");
    } catch (const c10::Error& e) {
        return fail(ErrorCode::Internal,
            "the computation failed: " + std::string(e.what_without_backtrace()));
    } catch (const std::exception& e) {
        return fail(ErrorCode::Internal, std::string("training failed: ") + e.what());
    }
}

} // namespace

Result<Finished> train(
    const TrainingJob& job, LiveKnobs& knobs, const EventSink& events, std::stop_token stop)
{
    auto result = guarded(job, knobs, events, stop);
    if (events)
        events(result ? TrainingEvent(*result) : TrainingEvent(Failed { result.error() }));
    return result;
}

} // namespace vernier
