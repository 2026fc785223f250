#include "core/model/compute.h"
#include "core/model/torch_error.h"
#include "core/prediction/picture_tensor.h"
#include "core/weights/model_file.h"

namespace vernier {

namespace {

class NetworkModel : public Predictor::Backend {
public:
    NetworkModel(
        LoadedModel model, torch::Device device, bool fp32, const std::filesystem::path& file)
        : m_network(std::move(model.network))
        , m_device(device)
        , m_type(!fp32 && fastBf16(device) ? torch::kBFloat16 : torch::kFloat)
    {
        identity = { m_network.description(), model.epoch };
        path = file;
        format = "safetensors";
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

} // namespace

Result<std::unique_ptr<Predictor::Backend>> openNetwork(
    const std::filesystem::path& file, const std::string& device, bool fp32)
{
    const auto found = findDevice(device);
    if (!found)
        return tl::unexpected(found.error());
    auto model = readModel(file);
    if (!model)
        return tl::unexpected(model.error());
    try {
        return std::make_unique<NetworkModel>(std::move(*model), *found, fp32, file);
    } catch (const std::exception& e) {
        return tl::unexpected(torchError(e, "the model could not be loaded", file));
    }
}

} // namespace vernier
