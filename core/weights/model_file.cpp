#include "core/weights/model_file.h"

#include "core/model/torch_error.h"
#include "core/weights/expected_tensors.h"
#include "core/weights/model_metadata.h"
#include "core/weights/weight_formats.h"

#include <cstring>

namespace vernier {

namespace {

struct Pairing {
    DType dtype;
    torch::ScalarType type;
};
constexpr std::array kPairings {
    Pairing { DType::F64, torch::kDouble },
    Pairing { DType::F32, torch::kFloat },
    Pairing { DType::F16, torch::kHalf },
    Pairing { DType::BF16, torch::kBFloat16 },
    Pairing { DType::I64, torch::kLong },
    Pairing { DType::I32, torch::kInt },
    Pairing { DType::I16, torch::kShort },
    Pairing { DType::I8, torch::kChar },
    Pairing { DType::U8, torch::kByte },
    Pairing { DType::Bool, torch::kBool },
};

/// An entry that is there, in its own dtype.
Result<torch::Tensor> readTensor(const WeightFile& file, const std::string& name)
{
    const auto* entry = file.find(name);
    auto values = torch::empty(entry->shape, scalarType(entry->dtype));
    const auto index = static_cast<std::size_t>(entry - file.entries().data());
    if (auto ok = file.read(index, { static_cast<std::byte*>(values.data_ptr()), values.nbytes() });
        !ok)
        return tl::unexpected(ok.error());
    return values;
}

} // namespace

torch::ScalarType scalarType(DType dtype)
{
    return std::ranges::find(kPairings, dtype, &Pairing::dtype)->type;
}

std::map<std::string, torch::Tensor> toTensors(const SafetensorsFile& file)
{
    std::map<std::string, torch::Tensor> tensors;
    for (const auto& view : file.tensors()) {
        auto tensor = torch::empty(view.shape, scalarType(view.dtype));
        if (!view.data.empty())
            std::memcpy(tensor.data_ptr(), view.data.data(), view.data.size());
        tensors.emplace(view.name, std::move(tensor));
    }
    return tensors;
}

Status writeTensors(const std::filesystem::path& path, const NamedTensors& tensors,
    const std::map<std::string, std::string>& metadata)
{
    try {
        std::vector<torch::Tensor> kept;
        std::vector<TensorView> views;
        for (const auto& [name, tensor] : tensors) {
            const auto pairing = std::ranges::find(kPairings, tensor.scalar_type(), &Pairing::type);
            if (pairing == kPairings.end())
                return fail(ErrorCode::Unsupported,
                    name + " is of a type that safetensors files do not have", path);
            kept.push_back(tensor.detach().cpu().contiguous());
            const auto& values = kept.back();
            views.push_back({ name, pairing->dtype, values.sizes().vec(),
                { static_cast<const std::byte*>(values.const_data_ptr()), values.nbytes() } });
        }
        return writeSafetensors(path, views, metadata);
    } catch (const std::exception& e) {
        return tl::unexpected(torchError(e, "the weights could not be written", path));
    }
}

Status writeModel(const std::filesystem::path& path, const Network& network, int epoch)
{
    return writeModel(path, network.description(), network.state(), epoch);
}

Status writeModel(const std::filesystem::path& path, const ModelDescription& description,
    const NamedTensors& tensors, int epoch)
{
    return writeTensors(path, tensors, modelMetadata(description, epoch));
}

Result<LoadedModel> readModel(const std::filesystem::path& path)
{
    const auto file = openSafetensors(path);
    if (!file)
        return tl::unexpected(file.error());
    return readModel(**file);
}

Result<LoadedModel> readModel(const WeightFile& file)
{
    auto identity = modelFromMetadata(file.metadata(), file.path());
    if (!identity)
        return tl::unexpected(identity.error());

    // The description's sizes are only believed where the file holds the numbers to go with them,
    // so that a small file cannot ask for a network of any size.
    const auto layers = allLayers(identity->description);
    if (!layers)
        return tl::unexpected(layers.error());
    const auto expected = expectedTensors(*layers, identity->description.inputShape());
    if (auto ok = checkTensors(file, expected); !ok)
        return tl::unexpected(ok.error());

    try {
        std::map<std::string, torch::Tensor> tensors;
        for (const auto& [name, shape] : expected) {
            auto values = readTensor(file, name);
            if (!values)
                return tl::unexpected(values.error());
            if (!values->isfinite().all().item<bool>())
                return fail(ErrorCode::Corrupt,
                    "its weights are damaged: " + name + " holds what is no number", file.path(),
                    "use another copy of the file, or train again");
            tensors[name] = std::move(*values);
        }
        auto network = Network::create(std::move(identity->description), 0, Network::Draw::None);
        if (!network)
            return tl::unexpected(network.error());
        if (auto ok = network->load(tensors, false, file.path()); !ok)
            return tl::unexpected(ok.error());
        return LoadedModel { std::move(*network), identity->epoch };
    } catch (const std::exception& e) {
        return tl::unexpected(torchError(e, "the model could not be loaded", file.path()));
    }
}

} // namespace vernier
