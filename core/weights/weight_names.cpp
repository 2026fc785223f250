#include "core/weights/weight_names.h"

#include "core/model/normalization.h"
#include "core/weights/catalogue.h"
#include "core/weights/model_metadata.h"

#include <algorithm>
#include <array>

namespace vernier {

namespace {

/// Gives each layer the name before ".weight" that a naming has for it.
class Namer {
public:
    explicit Namer(Naming naming) : m_naming(naming) { }

    std::string operator()(const Layer& layer, bool isLast)
    {
        if (m_naming == Naming::Keras)
            return layer.name;
        if (!layer.published.empty())
            return layer.published;
        if (layer.block == "top")
            return inTop(layer, isLast);
        const auto place = "features." + std::to_string(m_operations);
        m_operations += layer.activation == Activation::Relu ? 2 : 1;
        return place;
    }

private:
    std::string inTop(const Layer& layer, bool isLast)
    {
        if (layer.kind != LayerKind::Dense)
            return {};
        const auto number = m_dense++;
        if (m_naming == Naming::Torchvision)
            return "classifier." + std::to_string(3 * number);
        return isLast ? "head.fc" : "pre_logits.fc" + std::to_string(number + 1);
    }

    const Naming m_naming;
    int m_operations = 0;
    int m_dense = 0;
};

} // namespace

std::string_view name(Naming naming)
{
    constexpr std::array names { "Keras", "torchvision", "timm" };
    return names[static_cast<std::size_t>(naming)];
}

std::vector<ParameterName> parameterNames(std::span<const Layer> layers, Shape input, Naming naming)
{
    std::vector<ParameterName> names;
    Namer theirs(naming);
    Shape beforeFlatten {};
    for (const auto& layer : layers) {
        const bool isLast = &layer == &layers.back();
        for (const auto& [part, entering] : partsOf(layer, input)) {
            const auto place = theirs(*part, isLast);
            const auto seen = beforeFlatten.channels > 0 ? beforeFlatten : entering;
            for (auto& tensor : tensorsOf(*part, entering)) {
                const auto name = tensor.name.substr(part->name.size());
                names.push_back(
                    { tensor.name, place + name, *part, seen, std::move(tensor.shape) });
            }
        }
        beforeFlatten = layer.kind == LayerKind::Flatten ? input : Shape {};
        input = outputShape(layer, input);
    }
    return names;
}

Result<Naming> namingOf(const WeightFile& file, std::span<const Layer> layers, Shape input)
{
    std::string lookedFor;
    for (const auto naming : { Naming::Keras, Naming::Torchvision }) {
        const auto first = parameterNames(layers, input, naming).front().theirs;
        if (file.find(first)) {
            if (naming == Naming::Keras)
                return naming;
            // Both call the trunk's layers alike.
            const bool timm = std::ranges::any_of(file.entries(), [](const WeightEntry& entry) {
                return entry.name.starts_with("pre_logits.") || entry.name.starts_with("head.");
            });
            return timm ? Naming::Timm : Naming::Torchvision;
        }
        lookedFor
            += (lookedFor.empty() ? "" : " nor ") + first + " (" + std::string(name(naming)) + ")";
    }
    const auto there = file.entries().empty() ? std::string("nothing")
                                              : file.entries().front().name.substr(0, 80);
    return fail(ErrorCode::Mismatch,
        "has neither " + lookedFor + "; its first weights are called " + there, file.path(),
        "choose weights of this network that Keras, torchvision or timm has written");
}

std::string expectedNormalization(
    const WeightFile& file, Naming naming, const Architecture& architecture)
{
    if (file.metadata().contains(metadata_keys::kDescription)) {
        if (const auto identity = modelFromMetadata(file.metadata(), file.path()))
            return identity->description.normalization.name;
    }
    const auto said = file.metadata().find(metadata_keys::kNormalization);
    if (said != file.metadata().end() && findNormalization(said->second))
        return said->second;
    return naming == Naming::Keras ? architecture.normalization : "torch";
}

Result<std::string> normalizationOfWeights(
    const std::string& weights, const Architecture& architecture)
{
    if (weights == "random" || (weights == "imagenet" && hasBuiltInWeights(architecture.name)))
        return architecture.normalization;
    std::filesystem::path path = weights;
    if (weights == "imagenet") {
        const auto fetched = imagenetWeights(architecture.name);
        // That they are not here is told by whoever needs their numbers.
        if (!fetched)
            return architecture.normalization;
        path = *fetched;
    }
    const auto file = openWeights(path);
    if (!file)
        return tl::unexpected(file.error());
    const auto naming = namingOf(**file, architecture.layers, architecture.inputShape());
    if (!naming)
        return tl::unexpected(naming.error());
    return expectedNormalization(**file, *naming, architecture);
}

} // namespace vernier
