#include "core/training/calibration.h"

#include "core/model/kept_memory.h"
#include "core/model/placed_network.h"
#include "core/model/summary.h"
#include "core/model/torch_error.h"
#include "core/recipe/pretrained.h"
#include "core/training/optimizer.h"

#include <chrono>

namespace vernier {

namespace {

constexpr std::int64_t kPrefixBatch = 4;
constexpr double kStep = 3;
constexpr int kClasses = 2;

/// Seconds of the second of two calls: the first one makes the kernels ready.
template <class Work> double secondsOf(torch::Device device, Work work)
{
    const auto wait = [device] {
        if (device.is_cuda())
            torch::cuda::synchronize(device.index());
    };
    work();
    wait();
    const auto start = std::chrono::steady_clock::now();
    work();
    wait();
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

double multiplyAdds(Shape input, std::span<const Layer> layers)
{
    double sum = 0;
    for (const auto& row : summarize(input, layers).rows)
        sum += static_cast<double>(row.multiplyAdds);
    return sum;
}

Result<ComputeSpeed> measure(const Recipe& recipe, const std::stop_token& stop)
{
    const auto here = placed(recipe.device, [&]() -> Result<Network> {
        const auto description
            = describeModel(recipe, std::vector<std::string>(kClasses, std::string("class")));
        if (!description)
            return tl::unexpected(description.error());
        return Network::create(*description, 1);
    });
    if (!here)
        return tl::unexpected(here.error());
    const auto& [network, device] = *here;
    const auto dtype = computeType(recipe.precision, device);
    const auto layers = network.backboneLayers();
    const auto& architecture = network.architecture();
    const auto size = network.description().inputSize;
    ComputeSpeed speed;

    torch::Tensor features;
    {
        const torch::NoGradGuard noGrad;
        const auto noise = torch::randint(256, { kPrefixBatch, 3, size, size },
            torch::TensorOptions(torch::kByte).device(device));
        const double seconds = secondsOf(device, [&] {
            features = network.backbone(network.normalized(noise, dtype), 0, layers.size());
        });
        speed.prefix = static_cast<double>(kPrefixBatch)
            * multiplyAdds(architecture.inputShape(), layers) / seconds;
    }
    if (stop.stop_requested())
        return cancelled();

    // The upper half of the blocks, where training mostly happens.
    const auto blocks = architecture.blocks();
    const auto& first = blocks[blocks.size() / 2];
    std::size_t cut = 0;
    while (cut < layers.size() && layers[cut].block != first)
        ++cut;
    if (cut < layers.size()) {
        for (std::size_t i = cut; i < layers.size(); ++i) {
            for (auto& tensor : network.parameters(layers[i].block))
                tensor.requires_grad_(true);
        }
        const auto in = architecture.shapeAfter(cut);
        const auto below = torch::rand({ kPrefixBatch, in.channels, in.height, in.width },
            torch::TensorOptions(dtype).device(device))
                               .contiguous(at::MemoryFormat::ChannelsLast);
        const double seconds = secondsOf(
            device, [&] { network.backbone(below, cut, layers.size(), true).sum().backward(); });
        speed.suffix = kStep * static_cast<double>(kPrefixBatch)
            * multiplyAdds(in, layers.subspan(cut)) / seconds;
    } else {
        speed.suffix = speed.prefix;
    }
    if (stop.stop_requested())
        return cancelled();

    Optimizer optimizer(recipe.optimizer);
    auto parameters = network.parameters("head");
    for (auto& tensor : parameters)
        tensor.requires_grad_(true);
    optimizer.addGroup("head", 1e-6, std::move(parameters));
    const auto batch = std::int64_t { recipe.batchSize };
    auto shape = features.sizes().vec();
    shape[0] = batch;
    const auto input = torch::rand(shape, torch::TensorOptions(device));
    const double seconds = secondsOf(device, [&] {
        optimizer.zeroGradients();
        network.head(input, true).sum().backward();
        optimizer.step();
    });
    speed.head = kStep * static_cast<double>(batch)
        * multiplyAdds(architecture.shapeAfter(layers.size()), network.headLayers()) / seconds;
    return speed;
}

} // namespace

Result<ComputeSpeed> measureSpeed(const Recipe& recipe, std::stop_token stop)
{
    const KeptMemory kept;
    try {
        return measure(recipe, stop);
    } catch (const std::exception& e) {
        return tl::unexpected(torchError(e, "the speed could not be measured", {}));
    }
}

} // namespace vernier
