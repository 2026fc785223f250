#include "core/model/network.h"

#include "core/base/random.h"
#include "core/model/compute.h"
#include "core/model/winograd.h"

#include <algorithm>
#include <array>
#include <cmath>

namespace vernier {

namespace {

/// What a tensor is called behind its layer's name, in the order of files.
struct Part {
    std::string_view name;
    torch::Tensor LayerParameters::*tensor;
};
constexpr std::array kParts { Part { "weight", &LayerParameters::weight },
    Part { "bias", &LayerParameters::bias }, Part { "running_mean", &LayerParameters::mean },
    Part { "running_var", &LayerParameters::variance } };

torch::Tensor glorotUniform(const std::vector<std::int64_t>& shape, Random& random)
{
    const std::int64_t window = shape.size() == 4 ? shape[2] * shape[3] : 1;
    const double limit = std::sqrt(6.0 / static_cast<double>((shape[0] + shape[1]) * window));
    // One generator a tensor, so that a head's numbers do not depend on the backbone below it.
    auto generator = at::detail::createCPUGenerator(random.next());
    return torch::empty(shape).uniform_(-limit, limit, generator);
}

/// Without running statistics.
std::vector<torch::Tensor> trained(const NamedTensors& state)
{
    std::vector<torch::Tensor> tensors;
    for (const auto& [name, tensor] : state) {
        if (!isRunningStatistic(name))
            tensors.push_back(tensor);
    }
    return tensors;
}

/// "block1_conv1.weight" -> "block1_conv1", "weight".
std::pair<std::string_view, std::string_view> placeAndPart(std::string_view name)
{
    const auto dot = name.rfind('.');
    return { name.substr(0, dot), name.substr(dot + 1) };
}

/// `random` null: whatever comes, where it would have to be drawn.
torch::Tensor firstValues(const LayerTensor& tensor, Random* random)
{
    const auto dimensions = tensor.shape.size();
    if (dimensions == 1) {
        const auto part = placeAndPart(tensor.name).second;
        return part == "weight" || part == "running_var" ? torch::ones(tensor.shape)
                                                         : torch::zeros(tensor.shape);
    }
    const auto values = random ? glorotUniform(tensor.shape, *random) : torch::empty(tensor.shape);
    return dimensions == 4 ? values.contiguous(at::MemoryFormat::ChannelsLast) : values;
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

torch::Tensor convolved(const Layer& layer, const LayerParameters& p, const torch::Tensor& x)
{
    if (winogradServes(x, p.weight, layer.stride, layer.padding)) {
        const auto bias = p.bias.defined() ? p.bias : torch::zeros({ layer.outputs });
        return winogradConvolution(x, p.weight, bias, layer.activation == Activation::Relu);
    }
    const auto bias = p.bias.defined() ? p.bias.to(x.dtype()) : p.bias;
    return activated(at::conv2d(x, p.weight.to(x.dtype()), bias, { layer.stride, layer.stride },
                         { layer.padding, layer.padding }),
        layer.activation);
}

torch::Tensor batchNormalized(const LayerParameters& p, const torch::Tensor& x, bool training)
{
    // The variance of one value, which LibTorch divides by nothing for, would stay in the
    // statistics.
    const bool single = x.numel() == x.size(1);
    return at::batch_norm(x, p.weight, p.bias, p.mean, p.variance,
        training && p.weight.requires_grad() && !single, kBatchNormMomentum, kBatchNormEpsilon,
        true);
}

} // namespace

torch::Tensor forward(
    const Layer& layer, const LayerParameters* parameters, const torch::Tensor& x, bool training)
{
    switch (layer.kind) {
    case LayerKind::Conv:
        return convolved(layer, *parameters, x);
    case LayerKind::BatchNorm:
        return activated(batchNormalized(*parameters, x, training), layer.activation);
    case LayerKind::MaxPool:
        return at::max_pool2d(x, { layer.kernel, layer.kernel }, { layer.stride, layer.stride },
            { layer.padding, layer.padding });
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
    case LayerKind::Residual:
        break; // Network::run()
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
    network.m_architecture = (*architecture)->withInputSize(description.inputSize);
    const auto end = *transfer + 1;
    network.m_backbone.assign((*architecture)->layers.begin(),
        (*architecture)->layers.begin() + static_cast<std::ptrdiff_t>(end));
    network.m_head
        = vernier::headLayers(description.head, static_cast<int>(description.classes.size()));
    network.m_description = std::move(description);

    try {
        Shape shape = network.m_architecture.inputShape();
        const auto addParameters = [&](const Layer& layer, Random& random, bool drawn) {
            for (const auto& tensor : tensorsOf(layer, shape)) {
                const auto [place, name] = placeAndPart(tensor.name);
                const auto part = std::ranges::find(kParts, name, &Part::name);
                network.m_parameters[std::string(place)].*part->tensor
                    = firstValues(tensor, drawn ? &random : nullptr);
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
        for (const auto& part : kParts) {
            if (auto& tensor = p.*part.tensor; tensor.defined())
                tensor = tensor.detach().clone(at::MemoryFormat::Preserve);
        }
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
    for (auto i = from; i < to; ++i)
        x = run(m_backbone[i], x, training);
    return x;
}

torch::Tensor Network::head(torch::Tensor x, bool training) const
{
    return run(m_head, std::move(x), training).to(torch::kFloat);
}

torch::Tensor Network::run(const std::vector<Layer>& layers, torch::Tensor x, bool training) const
{
    for (const auto& layer : layers)
        x = run(layer, x, training);
    return x;
}

torch::Tensor Network::run(const Layer& layer, const torch::Tensor& x, bool training) const
{
    if (layer.kind == LayerKind::Residual)
        return activated(
            run(layer.body, x, training) + run(layer.shortcut, x, training), layer.activation);
    const auto found = m_parameters.find(layer.name);
    return forward(layer, found == m_parameters.end() ? nullptr : &found->second, x, training);
}

template <class Each> void Network::forEachTensor(const Layer& layer, Each each) const
{
    for (const auto& inner : partsOf(layer, {})) {
        const auto found = m_parameters.find(inner.layer->name);
        if (found == m_parameters.end())
            continue;
        for (const auto& part : kParts) {
            if (const auto& tensor = found->second.*part.tensor; tensor.defined())
                each(inner.layer->name + "." + std::string(part.name), tensor);
        }
    }
}

NamedTensors Network::state(std::string_view name) const
{
    NamedTensors tensors;
    for (const auto* layers : { &m_backbone, &m_head }) {
        for (const auto& layer : *layers) {
            if (layer.block == name || layer.name == name)
                forEachTensor(layer, [&](std::string tensor, const torch::Tensor& values) {
                    tensors.emplace_back(std::move(tensor), values);
                });
        }
    }
    return tensors;
}

NamedTensors Network::state(const TrainingGroup& group) const
{
    if (group.layers.empty())
        return state(group.name);
    NamedTensors tensors;
    for (const auto& layer : group.layers) {
        for (auto& tensor : state(layer))
            tensors.push_back(std::move(tensor));
    }
    return tensors;
}

NamedTensors Network::state() const
{
    NamedTensors tensors;
    for (const auto* layers : { &m_backbone, &m_head }) {
        for (const auto& layer : *layers)
            forEachTensor(layer, [&](std::string tensor, const torch::Tensor& values) {
                tensors.emplace_back(std::move(tensor), values);
            });
    }
    return tensors;
}

std::vector<torch::Tensor> Network::parameters(std::string_view name) const
{
    return trained(state(name));
}

std::vector<torch::Tensor> Network::parameters(const TrainingGroup& group) const
{
    return trained(state(group));
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
                "choose a weight file for " + m_architecture.title);
        if (found->second.sizes() != target.sizes())
            return fail(ErrorCode::Mismatch,
                name + " has the shape " + shapeText(found->second.sizes()) + ", "
                    + m_architecture.title + " needs " + shapeText(target.sizes()),
                file, "choose a weight file for " + m_architecture.title);
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
        for (const auto& part : kParts) {
            if (auto& tensor = p.*part.tensor; tensor.defined())
                tensor = tensor.to(device);
        }
    }
}

std::size_t cutOf(const Network& network, const FreezePlan& plan)
{
    return cutOf(network.architecture(), network.backboneLayers().size(), plan);
}

} // namespace vernier
