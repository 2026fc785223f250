#include "core/model/network.h"

#include "core/base/random.h"
#include "core/model/compute.h"
#include "core/model/winograd.h"

#include <cmath>

namespace vernier {

namespace {

torch::Tensor glorotUniform(const std::vector<std::int64_t>& shape, Random& random)
{
    const std::int64_t window = shape.size() == 4 ? shape[2] * shape[3] : 1;
    const double limit = std::sqrt(6.0 / static_cast<double>((shape[0] + shape[1]) * window));
    // One generator a tensor, so that a head's numbers do not depend on the backbone below it.
    auto generator = at::detail::createCPUGenerator(random.next());
    return torch::empty(shape).uniform_(-limit, limit, generator);
}

std::string shapeText(at::IntArrayRef shape)
{
    std::string text = "[";
    for (const auto edge : shape)
        text += (text.size() == 1 ? "" : ", ") + std::to_string(edge);
    return text + "]";
}

torch::Tensor activated(torch::Tensor x, Activation activation)
{
    switch (activation) {
    case Activation::Relu:
        return torch::GradMode::is_enabled() ? at::relu(x) : at::relu_(x);
    case Activation::Tanh:
        return at::tanh(x);
    case Activation::Sigmoid:
        return at::sigmoid(x);
    case Activation::Softmax:
    case Activation::None:
        break;
    }
    return x;
}

} // namespace

torch::Tensor forward(
    const Layer& layer, const LayerParameters* parameters, const torch::Tensor& x, bool training)
{
    switch (layer.kind) {
    case LayerKind::Conv:
        if (winogradServes(x, parameters->weight, layer.stride, layer.padding))
            return winogradConvolution(
                x, parameters->weight, parameters->bias, layer.activation == Activation::Relu);
        return activated(
            at::conv2d(x, parameters->weight.to(x.dtype()), parameters->bias.to(x.dtype()),
                { layer.stride, layer.stride }, { layer.padding, layer.padding }),
            layer.activation);
    case LayerKind::MaxPool:
        return at::max_pool2d(x, { layer.kernel, layer.kernel }, { layer.stride, layer.stride });
    case LayerKind::Flatten:
        return x.permute({ 0, 2, 3, 1 }).reshape({ x.size(0), -1 });
    case LayerKind::GlobalAveragePool:
        return x.mean({ 2, 3 });
    case LayerKind::Dense:
        return activated(
            at::linear(x, parameters->weight.to(x.dtype()), parameters->bias.to(x.dtype())),
            layer.activation);
    case LayerKind::Dropout:
        return at::dropout(x, layer.rate, training);
    }
    return x;
}

Result<Network> Network::create(ModelDescription description, std::uint64_t seed, Draw draw)
{
    Network network;
    const auto architecture = findArchitecture(description.backbone);
    if (!architecture)
        return tl::unexpected(architecture.error());
    const auto transfer = (*architecture)->indexOf(description.transferLayer);
    if (!transfer)
        return tl::unexpected(transfer.error());
    network.m_architecture = *architecture;
    const auto end = *transfer + 1;
    network.m_backbone.assign((*architecture)->layers.begin(),
        (*architecture)->layers.begin() + static_cast<std::ptrdiff_t>(end));
    network.m_head
        = vernier::headLayers(description.head, static_cast<int>(description.classes.size()));
    network.m_description = std::move(description);

    try {
        Shape shape = (*architecture)->inputShape();
        const auto addParameters = [&](const Layer& layer, Random& random, bool drawn) {
            if (layer.hasParameters()) {
                auto weightShape = layer.kind == LayerKind::Conv
                    ? std::vector<std::int64_t> { layer.outputs, shape.channels, layer.kernel,
                          layer.kernel }
                    : std::vector<std::int64_t> { layer.outputs, shape.count() };
                auto weight
                    = drawn ? glorotUniform(weightShape, random) : torch::empty(weightShape);
                if (layer.kind == LayerKind::Conv)
                    weight = weight.contiguous(at::MemoryFormat::ChannelsLast);
                network.m_parameters[layer.name] = { weight, torch::zeros({ layer.outputs }) };
            }
            shape = outputShape(layer, shape);
        };
        Random backboneRandom { seed, 1 };
        for (const auto& layer : network.m_backbone)
            addParameters(layer, backboneRandom, draw == Draw::All);
        Random headRandom { seed, 2 };
        for (const auto& layer : network.m_head)
            addParameters(layer, headRandom, draw != Draw::None);
    } catch (const std::exception& e) {
        return fail(ErrorCode::OutOfMemory,
            std::string("the network's weights do not fit into memory (") + e.what() + ")", {},
            "use smaller dense layers in the head");
    }
    return network;
}

Network Network::copy() const
{
    auto other = *this;
    for (auto& [name, p] : other.m_parameters) {
        p.weight = p.weight.detach().clone(at::MemoryFormat::Preserve);
        p.bias = p.bias.detach().clone(at::MemoryFormat::Preserve);
    }
    return other;
}

torch::Tensor Network::normalized(const torch::Tensor& rgb, torch::ScalarType dtype) const
{
    const auto& n = m_description.normalization;
    const auto row = [&](const std::array<double, 3>& values) {
        return onDevice(
            torch::tensor(std::vector<float>(values.begin(), values.end())), rgb.device())
            .view({ 1, 3, 1, 1 });
    };
    auto x = rgb.to(torch::kFloat);
    if (n.divisor != 1)
        x = x / n.divisor;
    x = (x - row(n.mean)) / row(n.deviation);
    if (n.bgr)
        x = x.flip(1);
    return x.to(dtype).contiguous(at::MemoryFormat::ChannelsLast);
}

torch::Tensor Network::backbone(
    torch::Tensor x, std::size_t from, std::size_t to, bool training) const
{
    for (auto i = from; i < to; ++i) {
        const auto& layer = m_backbone[i];
        const auto found = m_parameters.find(layer.name);
        x = forward(layer, found == m_parameters.end() ? nullptr : &found->second, x, training);
    }
    return x;
}

torch::Tensor Network::head(torch::Tensor x, bool training) const
{
    for (const auto& layer : m_head) {
        const auto found = m_parameters.find(layer.name);
        x = forward(layer, found == m_parameters.end() ? nullptr : &found->second, x, training);
    }
    return x.to(torch::kFloat);
}

std::vector<torch::Tensor> Network::parameters(std::string_view name) const
{
    std::vector<torch::Tensor> tensors;
    for (const auto* layers : { &m_backbone, &m_head }) {
        for (const auto& layer : *layers) {
            if (layer.hasParameters() && (layer.block == name || layer.name == name)) {
                const auto& p = m_parameters.at(layer.name);
                tensors.push_back(p.weight);
                tensors.push_back(p.bias);
            }
        }
    }
    return tensors;
}

std::vector<torch::Tensor> Network::parameters(const TrainingGroup& group) const
{
    if (group.layers.empty())
        return parameters(group.name);
    std::vector<torch::Tensor> tensors;
    for (const auto& layer : group.layers) {
        for (auto& tensor : parameters(layer))
            tensors.push_back(std::move(tensor));
    }
    return tensors;
}

NamedTensors Network::state() const
{
    NamedTensors tensors;
    for (const auto* layers : { &m_backbone, &m_head }) {
        for (const auto& layer : *layers) {
            if (layer.hasParameters()) {
                const auto& p = m_parameters.at(layer.name);
                tensors.emplace_back(layer.name + ".weight", p.weight);
                tensors.emplace_back(layer.name + ".bias", p.bias);
            }
        }
    }
    return tensors;
}

Status Network::load(const std::map<std::string, torch::Tensor>& tensors, bool backboneOnly,
    const std::filesystem::path& file)
{
    const auto named = state();
    const auto isHead = [&](const std::string& name) { return name.starts_with("head_"); };
    for (const auto& [name, target] : named) {
        if (backboneOnly && isHead(name))
            continue;
        const auto found = tensors.find(name);
        if (found == tensors.end())
            return fail(ErrorCode::Mismatch, "has no weights for " + name, file,
                "choose a weight file for " + m_architecture->title);
        if (found->second.sizes() != target.sizes())
            return fail(ErrorCode::Mismatch,
                name + " has the shape " + shapeText(found->second.sizes()) + ", "
                    + m_architecture->title + " needs " + shapeText(target.sizes()),
                file, "choose a weight file for " + m_architecture->title);
    }
    const torch::NoGradGuard noGrad;
    for (const auto& [name, target] : named) {
        if (!(backboneOnly && isHead(name)))
            target.detach().copy_(tensors.at(name));
    }
    return {};
}

void Network::to(torch::Device device)
{
    const torch::NoGradGuard noGrad;
    for (auto& [name, p] : m_parameters) {
        p.weight = p.weight.to(device);
        p.bias = p.bias.to(device);
    }
}

} // namespace vernier
