#include "core/exporting/torchscript_writer.h"

#include "core/base/files.h"
#include "core/base/text.h"
#include "core/model/torch_error.h"
#include "core/weights/model_metadata.h"

#include <iomanip>
#include <sstream>

#include <torch/csrc/jit/serialization/export.h>
#include <torch/script.h>

namespace vernier {

namespace {

std::string pair(int value)
{
    const auto text = std::to_string(value);
    return "[" + text + ", " + text + "]";
}

std::string lines(const std::vector<Layer>& layers);

/// Both branches from one x, and their sum.
std::string residual(const Layer& unit)
{
    const auto in = unit.name + "_in";
    const auto out = unit.name + "_out";
    return "    " + in + " = x\n" + lines(unit.body) + "    " + out + " = x\n    x = " + in + "\n"
        + lines(unit.shortcut) + "    x = torch.add(" + out + ", x)\n";
}

std::string line(const Layer& layer)
{
    const auto self = "self." + layer.name;
    const auto weights = self + ".weight, " + (layer.bias ? self + ".bias" : std::string("None"));
    const std::string x = "    x = ";
    std::string text;
    switch (layer.kind) {
    case LayerKind::Conv:
        text = x + "torch.conv2d(x, " + weights + ", " + pair(layer.stride) + ", "
            + pair(layer.padding) + ")\n";
        break;
    case LayerKind::BatchNorm:
        text = x + "torch.batch_norm(x, " + weights + ", " + self + ".running_mean, " + self
            + ".running_var, False, " + shortNumber(kBatchNormMomentum) + ", "
            + shortNumber(kBatchNormEpsilon) + ", True)\n";
        break;
    case LayerKind::Residual:
        text = residual(layer);
        break;
    case LayerKind::MaxPool:
        text = x + "torch.max_pool2d(x, " + pair(layer.kernel) + ", " + pair(layer.stride) + ", "
            + pair(layer.padding) + ")\n";
        break;
    case LayerKind::Flatten:
        text = x + "torch.flatten(torch.permute(x, [0, 2, 3, 1]), 1)\n";
        break;
    case LayerKind::GlobalAveragePool:
        text = x + "torch.mean(x, [2, 3])\n";
        break;
    case LayerKind::Dense:
        text = x + "torch.linear(x, " + weights + ")\n";
        break;
    case LayerKind::Dropout:
        break; // does nothing outside of training
    }
    if (layer.activation == Activation::Relu)
        text += x + "torch.relu(x)\n";
    if (layer.activation == Activation::Tanh || layer.activation == Activation::Sigmoid)
        text += x + "torch." + std::string(name(layer.activation)) + "(x)\n";
    if (layer.activation == Activation::Softmax)
        text += x + "torch.softmax(x, 1)\n";
    return text;
}

std::string lines(const std::vector<Layer>& layers)
{
    std::string text;
    for (const auto& layer : layers)
        text += line(layer);
    return text;
}

torch::Tensor perChannel(const std::array<double, 3>& values)
{
    return torch::tensor(std::vector<float>(values.begin(), values.end())).view({ 1, 3, 1, 1 });
}

torch::jit::Module makeModule(const Network& network, int epoch)
{
    const auto& model = network.description();
    torch::jit::Module module("__torch__.vernier.Model");
    std::map<std::string, torch::jit::Module> parts;
    for (const auto& [name, tensor] : network.state()) {
        const auto dot = name.rfind('.');
        const auto [part, added]
            = parts.try_emplace(name.substr(0, dot), "__torch__.vernier.Layer");
        const auto values = tensor.detach().cpu().contiguous();
        if (isRunningStatistic(name))
            part->second.register_buffer(name.substr(dot + 1), values);
        else
            part->second.register_parameter(name.substr(dot + 1), values, false);
    }
    for (const auto& [name, part] : parts)
        module.register_module(name, part);
    std::vector<Layer> layers(network.backboneLayers().begin(), network.backboneLayers().end());
    layers.insert(layers.end(), network.headLayers().begin(), network.headLayers().end());
    module.register_buffer("mean", perChannel(model.normalization.mean));
    module.register_buffer("deviation", perChannel(model.normalization.deviation));

    c10::List<std::string> classes;
    for (const auto& name : model.classes)
        classes.push_back(name);
    for (const auto& [key, value] : modelMetadata(model, epoch)) {
        if (key != metadata_keys::kClasses)
            module.register_attribute(key, c10::StringType::get(), value);
    }
    module.register_attribute(
        metadata_keys::kClasses, c10::ListType::create(c10::StringType::get()), classes);
    module.define(torchScriptSource(model, layers));
    module.eval();
    return module;
}

} // namespace

std::string torchScriptSource(const ModelDescription& model, const std::vector<Layer>& layers)
{
    std::ostringstream divisor;
    divisor.imbue(std::locale::classic());
    divisor << std::showpoint << std::setprecision(17) << model.normalization.divisor;

    std::string source = "def forward(self, image: Tensor) -> Tensor:\n"
                         "    x = torch.to(image, self.mean.dtype)\n"
                         "    x = (x / "
        + divisor.str() + " - self.mean) / self.deviation\n";
    if (model.normalization.bgr)
        source += "    x = torch.flip(x, [1])\n";
    return source + lines(layers) + "    return x\n";
}

Status writeTorchScript(const std::filesystem::path& path, const Network& network, int epoch)
{
    auto file = AtomicFile::create(path);
    if (!file)
        return tl::unexpected(file.error());
    Status written;
    try {
        // A short count would make LibTorch's writer throw out of its destructor, which ends the
        // process: after a failure the rest is swallowed.
        const auto module = makeModule(network, epoch);
        torch::jit::ExportModule(module, [&](const void* data, std::size_t size) {
            if (written)
                written = file->write({ static_cast<const std::byte*>(data), size });
            return size;
        });
        return written ? file->commit() : written;
    } catch (const std::exception& e) {
        return tl::unexpected(torchError(e, "the TorchScript file could not be written", path));
    }
}

} // namespace vernier
