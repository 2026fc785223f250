#include "core/training/training_pass.h"

#include <chrono>

namespace vernier {

namespace {

using Clock = std::chrono::steady_clock;

double secondsSince(Clock::time_point start)
{
    return std::chrono::duration<double>(Clock::now() - start).count();
}

} // namespace

Result<Score> runPass(BatchSource& source, std::int64_t batchSize, torch::Device device,
    const std::function<BatchSums(const Batch&, int)>& compute, PassObserver& observer,
    const std::stop_token& stop)
{
    RunningScore score(device);
    for (PassStep step; source.left() > 0;) {
        if (auto ok = observer.before(); !ok)
            return tl::unexpected(ok.error());
        if (stop.stop_requested())
            return cancelled();
        const auto start = Clock::now();
        const auto batch = source.next(batchSize, stop);
        if (!batch)
            return tl::unexpected(batch.error());
        ++step.step;
        if (!batch->features.defined())
            continue;
        step.featureSeconds = secondsSince(start);
        step.pictures = batch->labels.size(0);
        step.misses = batch->misses;
        const auto sums = compute(*batch, step.step);
        score.add(sums.loss, sums.right, step.pictures);
        step.read = score.readIfDue();
        step.seconds = secondsSince(start);
        if (auto ok = observer.after(step, score.score()); !ok)
            return tl::unexpected(ok.error());
    }
    if (!score.allRead()) {
        score.read();
        if (auto ok = observer.ended(score.score()); !ok)
            return tl::unexpected(ok.error());
    }
    return score.score();
}

} // namespace vernier
