#include "core/model/compute.h"
#include "core/model/torch_error.h"
#include "core/prediction/network_io.h"
#include "core/prediction/original_network.h"
#include "core/weights/fitted_weights.h"
#include "core/weights/model_file.h"
#include "core/weights/weight_formats.h"

#include <functional>

namespace vernier {

namespace {

class NetworkModel : public Predictor::Backend {
public:
    NetworkModel(LoadedModel model, torch::Device device, bool fp32,
        const std::filesystem::path& file, const char* formatName)
        : m_network(std::move(model.network))
        , m_device(device)
        , m_type(!fp32 && fastBf16(device) ? torch::kBFloat16 : torch::kFloat)
    {
        identity = { m_network.description(), model.epoch };
        path = file;
        format = formatName;
        decodeThreads = decodeThreadsFor(device);
        m_network.to(device);
    }

    Result<ProbabilityRows> run(std::span<const Picture> pictures) override
    {
        try {
            const torch::NoGradGuard noGrad;
            const auto rgb = toTensor(pictures).to(m_device);
            auto x = m_network.normalized(rgb, m_type);
            x = m_network.backbone(std::move(x), 0, m_network.backboneLayers().size());
            return toRows(m_network.head(std::move(x), false).softmax(1));
        } catch (const std::exception& e) {
            return tl::unexpected(torchError(e, "the model could not be run", path));
        }
    }

private:
    Network m_network;
    torch::Device m_device;
    torch::ScalarType m_type;
};

/// The same tensors under a head's names in place of the top's.
std::map<std::string, torch::Tensor> asHead(std::map<std::string, torch::Tensor> tensors,
    const Architecture& architecture, const Network& network)
{
    auto ours = network.headLayers().begin();
    for (const auto& layer : architecture.top) {
        if (!layer.hasParameters())
            continue;
        while (!ours->hasParameters())
            ++ours;
        for (const auto& tensor : tensorsOf(layer, {})) {
            auto node = tensors.extract(tensor.name);
            node.key() = ours->name + tensor.name.substr(layer.name.size());
            tensors.insert(std::move(node));
        }
        ++ours;
    }
    return tensors;
}

Result<LoadedModel> readOriginal(
    const Architecture& architecture, const std::filesystem::path& path)
{
    const auto file = openWeights(path);
    if (!file)
        return tl::unexpected(file.error());
    auto layers = architecture.layers;
    layers.insert(layers.end(), architecture.top.begin(), architecture.top.end());
    auto fitted = fitWeights(**file, architecture, layers);
    if (!fitted)
        return tl::unexpected(fitted.error());
    auto description = describeOriginal(architecture, fitted->normalization);
    if (!description)
        return tl::unexpected(description.error());
    auto network = Network::create(std::move(*description), 0, Network::Draw::None);
    if (!network)
        return tl::unexpected(network.error());
    const auto tensors = asHead(std::move(fitted->tensors), architecture, *network);
    if (auto ok = network->load(tensors, false, path); !ok)
        return tl::unexpected(ok.error());
    return LoadedModel { std::move(*network), 0 };
}

/// A TorchScript file has the normalization as tensors beside the description's name for it.
Status checkNormalization(const WeightFile& file, const Normalization& normalization)
{
    const auto holds = [&](const char* name, const std::array<double, 3>& values) {
        const auto* entry = file.find(name);
        std::array<float, 3> found {};
        if (!entry || entry->dtype != DType::F32
            || entry->shape != std::vector<std::int64_t> { 1, 3, 1, 1 }
            || !file.read(static_cast<std::size_t>(entry - file.entries().data()),
                std::as_writable_bytes(std::span(found))))
            return false;
        return std::ranges::equal(
            found, values, {}, {}, [](double value) { return static_cast<float>(value); });
    };
    if (!holds("mean", normalization.mean) || !holds("deviation", normalization.deviation))
        return fail(ErrorCode::Mismatch, "says two different things of its normalization",
            file.path(), "export the model again");
    return {};
}

Result<LoadedModel> readTorchScript(const std::filesystem::path& path)
{
    const auto file = openTorchScriptWeights(path);
    if (!file)
        return tl::unexpected(file.error());
    auto model = readModel(**file);
    if (!model)
        return model;
    if (auto ok = checkNormalization(**file, model->network.description().normalization); !ok)
        return tl::unexpected(ok.error());
    return model;
}

Result<std::unique_ptr<Predictor::Backend>> backendOf(const std::filesystem::path& file,
    const char* format, const std::string& device, bool fp32,
    const std::function<Result<LoadedModel>()>& read)
{
    const auto found = findDevice(device);
    if (!found)
        return tl::unexpected(found.error());
    try {
        auto model = read();
        if (!model)
            return tl::unexpected(model.error());
        return std::make_unique<NetworkModel>(std::move(*model), *found, fp32, file, format);
    } catch (const std::exception& e) {
        return tl::unexpected(torchError(e, "the model could not be loaded", file));
    }
}

} // namespace

Result<std::unique_ptr<Predictor::Backend>> openNetwork(
    const std::filesystem::path& file, const std::string& device, bool fp32)
{
    return backendOf(file, "safetensors", device, fp32, [&] { return readModel(file); });
}

Result<std::unique_ptr<Predictor::Backend>> openTorchScript(
    const std::filesystem::path& file, const std::string& device)
{
    return backendOf(file, "torchscript", device, true, [&] { return readTorchScript(file); });
}

Result<std::unique_ptr<Predictor::Backend>> openOnnx(
    const std::filesystem::path& file, const std::string& device)
{
    return backendOf(file, "onnx", device, true, [&]() -> Result<LoadedModel> {
        const auto opened = openOnnxModel(file);
        if (!opened)
            return tl::unexpected(opened.error());
        return readModel(**opened);
    });
}

Result<std::unique_ptr<Predictor::Backend>> openOriginal(
    const Architecture& architecture, const std::string& device, bool fp32)
{
    const auto file = originalWeights(architecture);
    if (!file)
        return tl::unexpected(file.error());
    return backendOf(
        *file, "safetensors", device, fp32, [&] { return readOriginal(architecture, *file); });
}

} // namespace vernier
