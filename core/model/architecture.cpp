#include "core/model/architecture.h"

#include "core/model/layers.h"

#include <algorithm>
#include <functional>
#include <numeric>

namespace vernier {

namespace layers {

namespace {

Layer named(std::string name, std::string block, LayerKind kind)
{
    Layer layer;
    layer.name = std::move(name);
    layer.block = std::move(block);
    layer.kind = kind;
    return layer;
}

void setWindow(Layer& layer, Window window)
{
    layer.kernel = window.kernel;
    layer.stride = window.stride;
    layer.padding = window.padding;
}

} // namespace

Layer conv(std::string name, std::string block, int channels, Window window, Activation activation)
{
    auto layer = named(std::move(name), std::move(block), LayerKind::Conv);
    layer.activation = activation;
    layer.outputs = channels;
    setWindow(layer, window);
    return layer;
}

Layer batchNorm(std::string name, std::string block, Activation activation)
{
    auto layer = named(std::move(name), std::move(block), LayerKind::BatchNorm);
    layer.activation = activation;
    return layer;
}

Layer maxPool(std::string name, std::string block, Window window)
{
    auto layer = named(std::move(name), std::move(block), LayerKind::MaxPool);
    setWindow(layer, window);
    return layer;
}

Layer pool(std::string name, std::string block, LayerKind kind)
{
    return named(std::move(name), std::move(block), kind);
}

Layer dense(std::string name, std::string block, int outputs, Activation activation)
{
    auto layer = named(std::move(name), std::move(block), LayerKind::Dense);
    layer.activation = activation;
    layer.outputs = outputs;
    return layer;
}

} // namespace layers

Shape outputShape(const Layer& layer, Shape input)
{
    const auto slid
        = [&](int edge) { return (edge + 2 * layer.padding - layer.kernel) / layer.stride + 1; };
    switch (layer.kind) {
    case LayerKind::Conv:
        return { layer.outputs, slid(input.height), slid(input.width) };
    case LayerKind::MaxPool:
        return { input.channels, slid(input.height), slid(input.width) };
    case LayerKind::Residual:
        for (const auto& part : layer.body)
            input = outputShape(part, input);
        return input;
    case LayerKind::Flatten:
        return { static_cast<int>(input.count()), 1, 1 };
    case LayerKind::GlobalAveragePool:
        return { input.channels, 1, 1 };
    case LayerKind::Dense:
        return { layer.outputs, 1, 1 };
    case LayerKind::BatchNorm:
    case LayerKind::Dropout:
        break;
    }
    return input;
}

std::vector<LayerPart> partsOf(const Layer& layer, Shape input)
{
    if (layer.kind != LayerKind::Residual)
        return { { &layer, input } };
    std::vector<LayerPart> parts;
    for (const auto* branch : { &layer.body, &layer.shortcut }) {
        auto shape = input;
        for (const auto& part : *branch) {
            parts.push_back({ &part, shape });
            shape = outputShape(part, shape);
        }
    }
    return parts;
}

bool isRunningStatistic(std::string_view tensor)
{
    return tensor.ends_with(".running_mean") || tensor.ends_with(".running_var");
}

std::vector<LayerTensor> tensorsOf(const Layer& layer, Shape input)
{
    std::vector<LayerTensor> tensors;
    for (const auto& [part, entering] : partsOf(layer, input)) {
        const std::int64_t in = entering.channels;
        const std::int64_t out = part->outputs;
        switch (part->kind) {
        case LayerKind::Conv:
            tensors.push_back({ part->name + ".weight", { out, in, part->kernel, part->kernel } });
            break;
        case LayerKind::Dense:
            tensors.push_back({ part->name + ".weight", { out, entering.count() } });
            break;
        case LayerKind::BatchNorm:
            tensors.push_back({ part->name + ".weight", { in } });
            tensors.push_back({ part->name + ".bias", { in } });
            tensors.push_back({ part->name + ".running_mean", { in } });
            tensors.push_back({ part->name + ".running_var", { in } });
            continue;
        default:
            continue;
        }
        if (part->bias)
            tensors.push_back({ part->name + ".bias", { out } });
    }
    return tensors;
}

std::int64_t parameterCount(const Layer& layer, Shape input)
{
    std::int64_t count = 0;
    for (const auto& tensor : tensorsOf(layer, input)) {
        if (!isRunningStatistic(tensor.name))
            count += std::accumulate(
                tensor.shape.begin(), tensor.shape.end(), std::int64_t { 1 }, std::multiplies<>());
    }
    return count;
}

std::int64_t multiplyAdds(const Layer& layer, Shape input)
{
    std::int64_t count = 0;
    for (const auto& [part, entering] : partsOf(layer, input)) {
        if (part->kind == LayerKind::Conv)
            count += outputShape(*part, entering).count() * entering.channels * part->kernel
                * part->kernel;
        if (part->kind == LayerKind::Dense)
            count += entering.count() * part->outputs;
    }
    return count;
}

bool isInputSize(int pixels)
{
    return pixels >= kInputStep && pixels <= kLargestInput && pixels % kInputStep == 0;
}

int picturesAtOnce(int inputSize)
{
    constexpr int most = 8, published = 224;
    return std::clamp(most * published * published / (inputSize * inputSize), 1, most);
}

Architecture Architecture::withInputSize(int pixels) const
{
    auto other = *this;
    other.inputSize = pixels;
    return other;
}

std::vector<std::string> Architecture::blocks() const
{
    std::vector<std::string> names;
    for (const auto& layer : layers) {
        if (names.empty() || names.back() != layer.block)
            names.push_back(layer.block);
    }
    return names;
}

Result<std::size_t> Architecture::indexOf(std::string_view layer) const
{
    const auto found = std::find_if(
        layers.begin(), layers.end(), [&](const Layer& l) { return l.name == layer; });
    if (found != layers.end())
        return static_cast<std::size_t>(found - layers.begin());
    std::string known;
    for (const auto& l : layers)
        known += (known.empty() ? "" : ", ") + l.name;
    return fail(ErrorCode::NotFound, title + " has no layer \"" + std::string(layer) + "\"", {},
        "use one of " + known);
}

Shape Architecture::shapeAfter(std::size_t count) const
{
    auto shape = inputShape();
    for (std::size_t i = 0; i < count; ++i)
        shape = outputShape(layers[i], shape);
    return shape;
}

std::string_view name(Activation activation)
{
    switch (activation) {
    case Activation::Relu:
        return "relu";
    case Activation::Softmax:
        return "softmax";
    case Activation::Tanh:
        return "tanh";
    case Activation::Sigmoid:
        return "sigmoid";
    case Activation::None:
        break;
    }
    return "none";
}

const std::vector<Activation>& hiddenActivations()
{
    static const std::vector<Activation> list { Activation::Relu, Activation::Tanh,
        Activation::Sigmoid, Activation::None };
    return list;
}

std::string_view name(Pooling pooling)
{
    return pooling == Pooling::Flatten ? "flatten" : "average";
}

std::vector<Layer> headLayers(const HeadSpec& head, int classes)
{
    std::vector<Layer> list;
    list.push_back(layers::pool("head_pool", "head",
        head.pooling == Pooling::Flatten ? LayerKind::Flatten : LayerKind::GlobalAveragePool));
    for (std::size_t i = 0; i < head.dense.size(); ++i) {
        const auto number = std::to_string(i + 1);
        const auto& hidden = head.dense[i];
        list.push_back(
            layers::dense("head_dense" + number, "head", hidden.size, hidden.activation));
        if (const double dropped = hidden.dropout.value_or(head.dropout); dropped > 0) {
            auto dropout = layers::pool("head_dropout" + number, "head", LayerKind::Dropout);
            dropout.rate = dropped;
            list.push_back(std::move(dropout));
        }
    }
    list.push_back(layers::dense("head_predictions", "head", classes, Activation::Softmax));
    return list;
}

} // namespace vernier
