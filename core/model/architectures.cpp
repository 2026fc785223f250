// The layer lists themselves.

#include "core/model/architecture.h"
#include "core/model/layers.h"

#include <algorithm>

namespace vernier {

namespace {

using layers::batchNorm;
using layers::conv;
using layers::dense;
using layers::maxPool;
using layers::pool;

struct VggBlock {
    int convolutions;
    int channels;
};

std::vector<Layer> vggTrunk(const std::vector<VggBlock>& blocks, bool normalized)
{
    std::vector<Layer> trunk;
    for (std::size_t b = 0; b < blocks.size(); ++b) {
        const auto block = "block" + std::to_string(b + 1);
        for (int c = 1; c <= blocks[b].convolutions; ++c) {
            const auto number = std::to_string(c);
            const auto after = normalized ? Activation::None : Activation::Relu;
            trunk.push_back(
                conv(block + "_conv" + number, block, blocks[b].channels, { 3, 1, 1 }, after));
            if (normalized)
                trunk.push_back(batchNorm(block + "_bn" + number, block, Activation::Relu));
        }
        trunk.push_back(maxPool(block + "_pool", block, { 2, 2, 0 }));
    }
    return trunk;
}

struct Vgg {
    const char* name;
    const char* title;
    int convolutions[5]; ///< of each block
    bool normalized;
    const char* normalization;
};

Architecture makeVgg(const Vgg& vgg)
{
    constexpr int channels[] { 64, 128, 256, 512, 512 };
    std::vector<VggBlock> blocks;
    for (std::size_t b = 0; b < std::size(channels); ++b)
        blocks.push_back({ vgg.convolutions[b], channels[b] });
    Architecture a;
    a.name = vgg.name;
    a.title = vgg.title;
    a.normalization = vgg.normalization;
    a.layers = vggTrunk(blocks, vgg.normalized);
    a.top = { pool("flatten", "top", LayerKind::Flatten),
        dense("fc1", "top", 4096, Activation::Relu), dense("fc2", "top", 4096, Activation::Relu),
        dense("predictions", "top", 1000, Activation::Softmax) };
    return a;
}

/// A convolution and the normalization behind it, which makes a bias of its own needless.
void addNormalized(std::vector<Layer>& list, const std::string& prefix, const std::string& number,
    const std::string& block, int channels, layers::Window window, Activation activation)
{
    list.push_back(conv(prefix + "conv" + number, block, channels, window, Activation::None));
    list.back().bias = false;
    list.push_back(batchNorm(prefix + "bn" + number, block, activation));
}

struct Unit {
    std::string name;
    std::string block;
    std::string published;
    int width; ///< channels of the 3 x 3 convolutions
    int stride;
    bool widens; ///< the number of channels changes, so that x itself cannot be added
    bool bottleneck; ///< 1 x 1, 3 x 3, 1 x 1 with four times the channels, else 3 x 3 twice
};

Layer residualUnit(const Unit& unit)
{
    Layer layer;
    layer.name = unit.name;
    layer.block = unit.block;
    layer.kind = LayerKind::Residual;
    layer.activation = Activation::Relu;
    const auto add = [&](const char* number, int channels, layers::Window window, bool last) {
        addNormalized(layer.body, unit.name + "_", number, unit.block, channels, window,
            last ? Activation::None : Activation::Relu);
        const auto first = layer.body.end() - 2;
        first[0].published = unit.published + ".conv" + number;
        first[1].published = unit.published + ".bn" + number;
    };
    const int out = unit.bottleneck ? 4 * unit.width : unit.width;
    if (unit.bottleneck) {
        add("1", unit.width, { 1, 1, 0 }, false);
        add("2", unit.width, { 3, unit.stride, 1 }, false);
        add("3", out, { 1, 1, 0 }, true);
    } else {
        add("1", unit.width, { 3, unit.stride, 1 }, false);
        add("2", out, { 3, 1, 1 }, true);
    }
    if (unit.stride > 1 || unit.widens) {
        addNormalized(layer.shortcut, unit.name + "_shortcut_", "", unit.block, out,
            { 1, unit.stride, 0 }, Activation::None);
        layer.shortcut[0].published = unit.published + ".downsample.0";
        layer.shortcut[1].published = unit.published + ".downsample.1";
    }
    layer.outputs = out;
    return layer;
}

struct ResNet {
    const char* name;
    const char* title;
    std::vector<int> units; ///< of each block from the second on
    int width; ///< channels of the stem; each block has twice those of the one below
    bool bottleneck;
};

Architecture makeResNet(const ResNet& net)
{
    Architecture a;
    a.name = net.name;
    a.title = net.title;
    a.normalization = "torch";
    addNormalized(a.layers, "block1_", "", "block1", net.width, { 7, 2, 3 }, Activation::Relu);
    a.layers[0].published = "conv1";
    a.layers[1].published = "bn1";
    a.layers.push_back(maxPool("block1_pool", "block1", { 3, 2, 1 }));
    int width = net.width;
    for (std::size_t b = 0; b < net.units.size(); ++b, width *= 2) {
        const auto block = "block" + std::to_string(b + 2);
        for (int u = 0; u < net.units[b]; ++u) {
            const bool first = u == 0;
            a.layers.push_back(residualUnit({ block + "_unit" + std::to_string(u + 1), block,
                "layer" + std::to_string(b + 1) + "." + std::to_string(u), width,
                first && b > 0 ? 2 : 1, first && (b > 0 || net.bottleneck), net.bottleneck }));
        }
    }
    a.top = { pool("average", "top", LayerKind::GlobalAveragePool),
        dense("predictions", "top", 1000, Activation::Softmax) };
    a.top.back().published = "fc";
    return a;
}

Architecture tiny(Architecture a, const char* name, const char* title)
{
    a.name = name;
    a.title = title;
    a.inputSize = 32;
    a.normalization = "unit";
    a.top.back().outputs = 10;
    return a;
}

Architecture makeTinyVgg(bool normalized)
{
    Architecture a;
    a.layers = vggTrunk({ { 1, 8 }, { 1, 16 } }, normalized);
    a.top = { pool("flatten", "top", LayerKind::Flatten),
        dense("predictions", "top", 10, Activation::Softmax) };
    return normalized ? tiny(std::move(a), "tinyvgg_bn", "Tiny VGG with batch normalization")
                      : tiny(std::move(a), "tinyvgg", "Tiny VGG");
}

const std::vector<const Architecture*>& tinyArchitectures()
{
    static const auto vgg = makeTinyVgg(true);
    static const auto resNet
        = tiny(makeResNet({ "", "", { 1, 2 }, 8, false }), "tinyresnet", "Tiny ResNet");
    static const std::vector<const Architecture*> all { &tinyVgg(), &vgg, &resNet };
    return all;
}

} // namespace

const Architecture& vgg16()
{
    static const auto architecture
        = makeVgg({ "vgg16", "VGG16", { 2, 2, 3, 3, 3 }, false, "caffe" });
    return architecture;
}

const Architecture& tinyVgg()
{
    static const auto architecture = makeTinyVgg(false);
    return architecture;
}

const std::vector<const Architecture*>& architectures()
{
    static const std::vector<Architecture> others {
        makeVgg({ "vgg11", "VGG11", { 1, 1, 2, 2, 2 }, false, "torch" }),
        makeVgg({ "vgg13", "VGG13", { 2, 2, 2, 2, 2 }, false, "torch" }),
        makeVgg({ "vgg19", "VGG19", { 2, 2, 4, 4, 4 }, false, "caffe" }),
        makeVgg({ "vgg11_bn", "VGG11 with batch normalization", { 1, 1, 2, 2, 2 }, true, "torch" }),
        makeVgg({ "vgg13_bn", "VGG13 with batch normalization", { 2, 2, 2, 2, 2 }, true, "torch" }),
        makeVgg({ "vgg16_bn", "VGG16 with batch normalization", { 2, 2, 3, 3, 3 }, true, "torch" }),
        makeVgg({ "vgg19_bn", "VGG19 with batch normalization", { 2, 2, 4, 4, 4 }, true, "torch" }),
        makeResNet({ "resnet18", "ResNet-18", { 2, 2, 2, 2 }, 64, false }),
        makeResNet({ "resnet34", "ResNet-34", { 3, 4, 6, 3 }, 64, false }),
        makeResNet({ "resnet50", "ResNet-50", { 3, 4, 6, 3 }, 64, true })
    };
    static const auto all = [] {
        std::vector<const Architecture*> list { &vgg16() };
        for (const auto& architecture : others)
            list.push_back(&architecture);
        return list;
    }();
    return all;
}

std::string architectureNames()
{
    std::string names;
    for (const auto* architecture : architectures())
        names += (names.empty() ? "" : ", ") + architecture->name;
    return names;
}

Result<const Architecture*> findArchitecture(std::string_view name)
{
    for (const auto* list : { &architectures(), &tinyArchitectures() }) {
        for (const auto* architecture : *list) {
            if (architecture->name == name)
                return architecture;
        }
    }
    return fail(ErrorCode::NotFound, "there is no backbone \"" + std::string(name) + "\"", {},
        "use one of " + architectureNames());
}

} // namespace vernier
