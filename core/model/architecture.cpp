#include "core/model/architecture.h"

#include <algorithm>
#include <array>

namespace vernier {

namespace {

Layer conv(const std::string& block, int number, int channels)
{
    Layer layer;
    layer.name = block + "_conv" + std::to_string(number);
    layer.block = block;
    layer.kind = LayerKind::Conv;
    layer.activation = Activation::Relu;
    layer.outputs = channels;
    layer.kernel = 3;
    layer.padding = 1;
    return layer;
}

Layer maxPool(const std::string& block)
{
    Layer layer;
    layer.name = block + "_pool";
    layer.block = block;
    layer.kind = LayerKind::MaxPool;
    layer.kernel = 2;
    layer.stride = 2;
    return layer;
}

Layer pool(std::string name, std::string block, LayerKind kind)
{
    Layer layer;
    layer.name = std::move(name);
    layer.block = std::move(block);
    layer.kind = kind;
    return layer;
}

Layer dense(std::string name, std::string block, int outputs, Activation activation)
{
    auto layer = pool(std::move(name), std::move(block), LayerKind::Dense);
    layer.activation = activation;
    layer.outputs = outputs;
    return layer;
}

struct VggBlock {
    int convolutions;
    int channels;
};

std::vector<Layer> vggTrunk(const std::vector<VggBlock>& blocks)
{
    std::vector<Layer> layers;
    for (std::size_t b = 0; b < blocks.size(); ++b) {
        const auto block = "block" + std::to_string(b + 1);
        for (int c = 1; c <= blocks[b].convolutions; ++c)
            layers.push_back(conv(block, c, blocks[b].channels));
        layers.push_back(maxPool(block));
    }
    return layers;
}

Architecture makeVgg16()
{
    Architecture a;
    a.name = "vgg16";
    a.title = "VGG16";
    a.inputSize = 224;
    a.normalization = "caffe";
    a.layers = vggTrunk({ { 2, 64 }, { 2, 128 }, { 3, 256 }, { 3, 512 }, { 3, 512 } });
    a.top = { pool("flatten", "top", LayerKind::Flatten),
        dense("fc1", "top", 4096, Activation::Relu), dense("fc2", "top", 4096, Activation::Relu),
        dense("predictions", "top", 1000, Activation::Softmax) };
    return a;
}

Architecture makeTinyVgg()
{
    Architecture a;
    a.name = "tinyvgg";
    a.title = "Tiny VGG";
    a.inputSize = 32;
    a.normalization = "unit";
    a.layers = vggTrunk({ { 1, 8 }, { 1, 16 } });
    a.top = { pool("flatten", "top", LayerKind::Flatten),
        dense("predictions", "top", 10, Activation::Softmax) };
    return a;
}

} // namespace

Shape outputShape(const Layer& layer, Shape input)
{
    const auto slid
        = [&](int edge) { return (edge + 2 * layer.padding - layer.kernel) / layer.stride + 1; };
    switch (layer.kind) {
    case LayerKind::Conv:
        return { layer.outputs, slid(input.height), slid(input.width) };
    case LayerKind::MaxPool:
        return { input.channels, slid(input.height), slid(input.width) };
    case LayerKind::Flatten:
        return { static_cast<int>(input.count()), 1, 1 };
    case LayerKind::GlobalAveragePool:
        return { input.channels, 1, 1 };
    case LayerKind::Dense:
        return { layer.outputs, 1, 1 };
    case LayerKind::Dropout:
        break;
    }
    return input;
}

std::int64_t parameterCount(const Layer& layer, Shape input)
{
    if (layer.kind == LayerKind::Conv)
        return std::int64_t { layer.outputs }
        * (std::int64_t { input.channels } * layer.kernel * layer.kernel + 1);
    if (layer.kind == LayerKind::Dense)
        return std::int64_t { layer.outputs } * (input.count() + 1);
    return 0;
}

std::int64_t multiplyAdds(const Layer& layer, Shape input)
{
    if (layer.kind == LayerKind::Conv)
        return outputShape(layer, input).count() * input.channels * layer.kernel * layer.kernel;
    if (layer.kind == LayerKind::Dense)
        return input.count() * layer.outputs;
    return 0;
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

const Architecture& vgg16()
{
    static const auto architecture = makeVgg16();
    return architecture;
}

const Architecture& tinyVgg()
{
    static const auto architecture = makeTinyVgg();
    return architecture;
}

Result<const Architecture*> findArchitecture(std::string_view name)
{
    const std::array<const Architecture*, 2> known { &vgg16(), &tinyVgg() };
    for (const auto* architecture : known) {
        if (architecture->name == name)
            return architecture;
    }
    return fail(
        ErrorCode::NotFound, "there is no backbone \"" + std::string(name) + "\"", {}, "use vgg16");
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
    std::vector<Layer> layers;
    layers.push_back(pool("head_pool", "head",
        head.pooling == Pooling::Flatten ? LayerKind::Flatten : LayerKind::GlobalAveragePool));
    for (std::size_t i = 0; i < head.dense.size(); ++i) {
        const auto number = std::to_string(i + 1);
        const auto& hidden = head.dense[i];
        layers.push_back(dense("head_dense" + number, "head", hidden.size, hidden.activation));
        if (const double dropped = hidden.dropout.value_or(head.dropout); dropped > 0) {
            auto dropout = pool("head_dropout" + number, "head", LayerKind::Dropout);
            dropout.rate = dropped;
            layers.push_back(std::move(dropout));
        }
    }
    layers.push_back(dense("head_predictions", "head", classes, Activation::Softmax));
    return layers;
}

} // namespace vernier
