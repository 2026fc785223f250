#include "core/recipe/pretrained.h"

#include "core/model/compute.h"
#include "core/weights/catalogue.h"
#include "core/weights/fitted_weights.h"

namespace vernier {

Result<Network> startingNetwork(const Recipe& recipe, const ModelDescription& description)
{
    const bool random = recipe.weights == "random";
    auto network = Network::create(
        description, recipe.seed, random ? Network::Draw::All : Network::Draw::Head);
    if (!network || random)
        return network;
    std::filesystem::path path = recipe.weights;
    if (recipe.weights == "imagenet") {
        const auto known = imagenetWeights(recipe.backbone);
        if (!known)
            return tl::unexpected(known.error());
        path = *known;
    }
    const auto file = openWeights(path);
    if (!file)
        return tl::unexpected(file.error());
    const auto fitted = fitWeights(**file, network->architecture(), network->backboneLayers());
    if (!fitted)
        return tl::unexpected(fitted.error());
    if (auto loaded = network->load(fitted->tensors, true, path); !loaded)
        return tl::unexpected(loaded.error());
    return network;
}

Result<Network> startingNetwork(const Recipe& recipe, const std::vector<std::string>& classes)
{
    const auto description = describeModel(recipe, classes);
    if (!description)
        return tl::unexpected(description.error());
    return startingNetwork(recipe, *description);
}

torch::ScalarType computeType(Precision precision, torch::Device device)
{
    const bool bf16
        = precision == Precision::Bf16 || (precision == Precision::Auto && fastBf16(device));
    return bf16 ? torch::kBFloat16 : torch::kFloat;
}

} // namespace vernier
