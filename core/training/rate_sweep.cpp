#include "core/training/rate_sweep.h"

#include "core/training/learner.h"

#include <cmath>

namespace vernier {

namespace {

constexpr std::uint64_t kMix = 15; // part of the random numbers' key: what they are for
constexpr double kMemory = 0.9; // of the running mean
constexpr double kRunAway = 4;

/// Puts LibTorch's random state back as it was.
class KeptRandomState {
public:
    explicit KeptRandomState(torch::Device device)
        : m_generator(at::globalContext().defaultGenerator(device))
        , m_state(m_generator.get_state())
    {
    }
    ~KeptRandomState() { m_generator.set_state(m_state); }
    KeptRandomState(const KeptRandomState&) = delete;
    KeptRandomState& operator=(const KeptRandomState&) = delete;

private:
    at::Generator m_generator;
    torch::Tensor m_state;
};

/// A mean of the newest losses that is not drawn towards 0 at first (Kingma and Ba 2015, section
/// 3).
class RunningLoss {
public:
    double add(double loss)
    {
        m_mean = kMemory * m_mean + (1 - kMemory) * loss;
        return m_mean / (1 - std::pow(kMemory, ++m_count));
    }

private:
    double m_mean = 0;
    int m_count = 0;
};

} // namespace

Result<RateSweep> sweepRates(const Network& network, const FreezePlan& plan, const Recipe& recipe,
    const LossRules& rules, const std::function<Result<Batch>()>& next,
    const RateSweepOptions& options, std::stop_token stop, const ProgressSink& progress)
{
    const auto copy = network.copy();
    const auto device = copy.state().front().second.device();
    const KeptRandomState onCpu(torch::kCPU);
    const KeptRandomState onDevice(device);
    torch::manual_seed(Random { recipe.seed, kMix }.next());

    MicroBatch micro(recipe.batchSize, device);
    auto plain = recipe;
    plain.averageDecay = 0; // nobody looks at the averages
    Learner learner(copy, plan, plain, rules, micro);

    RateSweep sweep;
    RunningLoss running;
    double first = 0;
    double least = 0;
    const double ratio = std::pow(options.high / options.low, 1.0 / std::max(1, options.steps - 1));
    double rate = options.low;
    for (int step = 0; step < options.steps && !sweep.diverged; ++step, rate *= ratio) {
        if (stop.stop_requested())
            return cancelled();
        const auto batch = next();
        if (!batch)
            return tl::unexpected(batch.error());
        const auto count = batch->labels.size(0);
        learner.optimizer().setFactor(rate / plan.headRate);
        const auto sums
            = learner.train(*batch, Random { recipe.seed, kMix, static_cast<std::uint64_t>(step) });
        const double loss = sums.loss.item<double>() / static_cast<double>(count);
        const double mean = running.add(loss);
        if (step == 0)
            first = least = mean;
        least = std::min(least, mean);
        sweep.diverged = !std::isfinite(loss) || (mean > kRunAway * least && mean > first);
        if (std::isfinite(loss))
            sweep.points.push_back({ rate, loss, loss });
        if (progress)
            progress({ "trying learning rates", step + 1, options.steps });
    }
    smoothLosses(sweep.points);
    sweep.suggestion = suggestedRate(sweep.points);
    return sweep;
}

} // namespace vernier
