#include "core/weights/weight_names.h"

#include "core/model/normalization.h"
#include "core/weights/catalogue.h"
#include "core/weights/model_metadata.h"

#include <algorithm>
#include <array>
#include <map>
#include <optional>

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

constexpr const char* kOtherFile
    = "choose weights of this network that Keras, torchvision or timm has written";

bool hasAll(
    const WeightFile& file, const std::vector<ParameterName>& parameters, const std::string& prefix)
{
    return std::ranges::all_of(parameters,
        [&](const ParameterName& parameter) { return file.find(prefix + parameter.theirs); });
}

/// What stands before these names in a file; none where they are not there.
Result<std::optional<std::string>> prefixOf(
    const WeightFile& file, const std::vector<ParameterName>& parameters)
{
    const auto& first = parameters.front().theirs;
    if (file.find(first))
        return std::string();
    std::vector<std::string> some; // behind which there is the first, at least
    std::vector<std::string> whole;
    for (const auto& entry : file.entries()) {
        if (!entry.name.ends_with("." + first))
            continue;
        auto prefix = entry.name.substr(0, entry.name.size() - first.size());
        if (hasAll(file, parameters, prefix))
            whole.push_back(prefix);
        some.push_back(std::move(prefix));
    }
    if (whole.size() > 1)
        return fail(ErrorCode::Mismatch,
            "has the weights of more than one network: " + shownName(whole[0] + first) + " and "
                + shownName(whole[1] + first),
            file.path(), "save the one that is meant alone");
    if (!whole.empty())
        return whole.front();
    // What is missing behind it is told by name.
    return some.size() == 1 ? std::optional(some.front()) : std::nullopt;
}

/// Both call the trunk's layers alike.
Naming torchNaming(const WeightFile& file, const std::string& prefix)
{
    const bool timm = std::ranges::any_of(file.entries(), [&](const WeightEntry& entry) {
        const std::string_view name(entry.name);
        return name.starts_with(prefix)
            && (name.substr(prefix.size()).starts_with("pre_logits.")
                || name.substr(prefix.size()).starts_with("head."));
    });
    return timm ? Naming::Timm : Naming::Torchvision;
}

/// What a picture goes through in a trunk that is a row of convolutions.
std::vector<GraphStep> stepsOf(std::span<const Layer> layers)
{
    std::vector<GraphStep> steps;
    for (const auto& layer : layers) {
        const auto kind = layer.kind == LayerKind::Conv ? GraphStep::Kind::Convolution
                                                        : GraphStep::Kind::MaxPool;
        steps.push_back({ kind, layer.kernel, layer.stride, layer.padding });
        if (layer.activation == Activation::Relu)
            steps.push_back({ GraphStep::Kind::Relu });
    }
    return steps;
}

bool agree(const GraphStep& file, const GraphStep& ours)
{
    if (file.kind != ours.kind || file.kind == GraphStep::Kind::Relu)
        return file.kind == ours.kind;
    return (file.window == ours.window || file.window == 0) && file.stride == ours.stride
        && file.padding == ours.padding;
}

std::string words(const GraphStep& step)
{
    if (step.kind == GraphStep::Kind::Relu)
        return "a ReLU";
    const auto numbers = std::to_string(step.window) + ", step " + std::to_string(step.stride)
        + ", padding " + std::to_string(step.padding);
    return (step.kind == GraphStep::Kind::Convolution ? "a convolution" : "a pooling")
        + (" (window " + numbers + ")");
}

/// How a file's graph differs from the network; empty where it does not. What lies behind the last
/// convolution and its ReLU may be missing.
std::string differenceOf(const std::vector<GraphStep>& file, const std::vector<GraphStep>& ours)
{
    auto needed = ours.size();
    while (needed > 0 && ours[needed - 1].kind == GraphStep::Kind::MaxPool)
        --needed;
    for (std::size_t i = 0; i < ours.size(); ++i) {
        if (i >= file.size())
            return i < needed ? words(ours[i]) + " is missing" : std::string();
        if (!agree(file[i], ours[i]))
            return "there is " + words(file[i]) + " where this network has " + words(ours[i]);
    }
    return {};
}

/// The layer's name that a file's name for one of its tensors ends in: "block1_conv1.weight" of
/// "model/block1_conv1.weight". None where that is no name of ours.
std::optional<std::size_t> placeOf(
    std::string_view theirs, const std::map<std::string, std::size_t, std::less<>>& names)
{
    for (;;) {
        if (const auto found = names.find(theirs); found != names.end())
            return found->second;
        const auto end = theirs.find_first_of("./");
        if (end == std::string_view::npos)
            return std::nullopt;
        theirs.remove_prefix(end + 1);
    }
}

/// The n-th convolution of the file for the network's n-th, where nothing else fits.
Result<FileNames> namesByOrder(
    const WeightFile& file, std::span<const Layer> layers, Shape input, const std::string& sentence)
{
    const auto& order = *file.order();
    const auto refuse = [&](const std::string& why) {
        return fail(ErrorCode::Mismatch, sentence + "; by their order they cannot be told: " + why,
            file.path(), kOtherFile);
    };
    if (!order.problem.empty())
        return refuse(order.problem);
    const bool isRow = std::ranges::all_of(layers, [](const Layer& layer) {
        return (layer.kind == LayerKind::Conv || layer.kind == LayerKind::MaxPool)
            && (layer.activation == Activation::None || layer.activation == Activation::Relu)
            && layer.published.empty() && (layer.bias || layer.kind != LayerKind::Conv);
    });
    if (!isRow)
        return refuse("this network is no row of convolutions");
    FileNames names { order.naming, {}, true, parameterNames(layers, input, order.naming) };
    std::size_t convolutions = 0;
    for (auto& parameter : names.parameters) {
        const bool isWeight = parameter.ours.ends_with(".weight");
        convolutions += isWeight ? 1 : 0;
        if (convolutions > order.convolutions.size())
            break;
        const auto& place = order.convolutions[convolutions - 1];
        parameter.theirs = isWeight ? place.weight : place.bias;
    }
    if (convolutions != order.convolutions.size())
        return refuse("there are " + std::to_string(order.convolutions.size())
            + " convolutions instead of "
            + std::to_string(std::ranges::count(layers, LayerKind::Conv, &Layer::kind)));
    if (order.steps) {
        if (const auto difference = differenceOf(*order.steps, stepsOf(layers));
            !difference.empty())
            return refuse(difference);
    }
    // Names that do say something count.
    for (const auto naming : { Naming::Keras, Naming::Torchvision }) {
        std::map<std::string, std::size_t, std::less<>> known;
        for (auto& parameter : parameterNames(layers, input, naming))
            known.emplace(std::move(parameter.theirs), known.size());
        for (std::size_t i = 0; i < names.parameters.size(); ++i) {
            const auto& theirs = names.parameters[i].theirs;
            if (placeOf(theirs, known).value_or(i) != i)
                return refuse(shownName(theirs) + " stands where "
                    + shownName(names.parameters[i].ours) + " should");
        }
    }
    return names;
}

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

Result<FileNames> namesOf(const WeightFile& file, std::span<const Layer> layers, Shape input)
{
    std::string lookedFor;
    for (const auto naming : { Naming::Keras, Naming::Torchvision }) {
        const auto parameters = parameterNames(layers, input, naming);
        const auto prefix = prefixOf(file, parameters);
        if (!prefix)
            return tl::unexpected(prefix.error());
        if (*prefix) {
            const auto found = naming == Naming::Keras ? naming : torchNaming(file, **prefix);
            FileNames names { found, **prefix, false, parameterNames(layers, input, found) };
            for (auto& parameter : names.parameters)
                parameter.theirs.insert(0, **prefix);
            return names;
        }
        lookedFor += (lookedFor.empty() ? "" : " nor ") + parameters.front().theirs + " ("
            + std::string(name(naming)) + ")";
    }
    const auto there
        = file.entries().empty() ? std::string("nothing") : shownName(file.entries().front().name);
    const auto sentence = "has neither " + lookedFor + "; its first weights are called " + there;
    if (file.order())
        return namesByOrder(file, layers, input, sentence);
    return fail(ErrorCode::Mismatch, sentence, file.path(), kOtherFile);
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
    const auto names = namesOf(**file, architecture.layers, architecture.inputShape());
    if (!names)
        return tl::unexpected(names.error());
    return expectedNormalization(**file, names->naming, architecture);
}

} // namespace vernier
