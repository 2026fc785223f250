#include "core/training/pretrained.h"

#include "core/model/compute.h"
#include "core/weights/catalogue.h"
#include "core/weights/model_file.h"

namespace vernier {

Status loadPretrained(Network& network, const Recipe& recipe)
{
    if (recipe.weights == "random")
        return {};
    std::filesystem::path path = recipe.weights;
    if (recipe.weights == "imagenet") {
        const auto builtIn = builtInWeights(recipe.weights);
        if (!builtIn)
            return tl::unexpected(builtIn.error());
        path = *builtIn;
    }
    const auto file = SafetensorsFile::open(path);
    if (!file)
        return tl::unexpected(file.error());
    return network.load(toTensors(*file), true, path);
}

torch::ScalarType computeType(Precision precision, torch::Device device)
{
    const bool bf16
        = precision == Precision::Bf16 || (precision == Precision::Auto && fastBf16(device));
    return bf16 ? torch::kBFloat16 : torch::kFloat;
}

} // namespace vernier
