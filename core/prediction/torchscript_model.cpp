#include "core/model/compute.h"
#include "core/model/torch_error.h"
#include "core/prediction/picture_tensor.h"
#include "core/prediction/torchscript_code.h"
#include "core/prediction/torchscript_pickle.h"
#include "core/weights/expected_tensors.h"

#include <caffe2/serialize/file_adapter.h>
#include <caffe2/serialize/inline_container.h>
#include <torch/script.h>

namespace vernier {

namespace {

constexpr std::size_t kMostCodeBytes = 1 << 20;
constexpr std::size_t kMostRecords = 10'000;
constexpr const char* kAdvice = "choose a model that Vernier exported";

class TorchScriptModel : public Predictor::Backend {
public:
    TorchScriptModel(torch::jit::Module module, ModelIdentity model, torch::Device device,
        const std::filesystem::path& file)
        : m_module(std::move(module)), m_device(device)
    {
        identity = std::move(model);
        path = file;
        format = "torchscript";
        decodeThreads = decodeThreadsFor(device);
    }

    Result<ProbabilityRows> run(std::span<const Picture> pictures) override
    {
        try {
            const torch::NoGradGuard noGrad;
            const auto image = toTensor(pictures).to(m_device, torch::kFloat);
            const auto answer = m_module.forward({ image });
            if (!answer.isTensor() || answer.toTensor().dim() != 2)
                return fail(
                    ErrorCode::Corrupt, "the model does not answer with one row a picture", path);
            return toRows(answer.toTensor());
        } catch (const std::exception& e) {
            return tl::unexpected(torchError(e, "the model could not be run", path));
        }
    }

private:
    torch::jit::Module m_module;
    torch::Device m_device;
};

/// Looks through the archive before anything in it is interpreted.
Status checkArchive(const std::shared_ptr<caffe2::serialize::ReadAdapterInterface>& adapter,
    const std::filesystem::path& file)
{
    caffe2::serialize::PyTorchStreamReader reader(adapter);
    const auto records = reader.getAllRecords();
    if (records.size() > kMostRecords)
        return fail(ErrorCode::TooLarge, "the archive has too many parts", file, kAdvice);
    if (!reader.hasRecord("data.pkl") || !reader.hasRecord("constants.pkl"))
        return fail(ErrorCode::Unsupported, "is no TorchScript file", file, kAdvice);

    std::uint64_t total = 0;
    for (const auto& record : records) {
        const auto size = reader.getRecordSize(record);
        total += size;
        // Records are stored as they are, so that together they cannot be larger than the file.
        if (total > adapter->size())
            return fail(ErrorCode::TooLarge, "the archive unpacks to more than the file holds",
                file, kAdvice);
        const bool code = record.starts_with("code/") && record.ends_with(".py");
        const bool pickle = record.ends_with(".pkl") && !record.ends_with(".debug_pkl");
        if (!code && !pickle)
            continue;
        if (size > kMostCodeBytes)
            return fail(
                ErrorCode::TooLarge, "the archive's " + record + " is too large", file, kAdvice);
        const auto [data, bytes] = reader.getRecord(record);
        const std::string_view text(static_cast<const char*>(data.get()), bytes);
        auto ok = code ? checkTorchScriptCode(text, file) : checkTorchScriptPickle(text, file);
        if (!ok)
            return ok;
    }
    return {};
}

/// True when the numbers that a tensor claims lie within its storage: reading a TorchScript file
/// does not make sure of it.
bool insideStorage(const torch::Tensor& tensor)
{
    if (tensor.layout() != torch::kStrided || tensor.scalar_type() != torch::kFloat
        || !tensor.has_storage() || tensor.storage_offset() < 0)
        return false;
    auto last = static_cast<std::uint64_t>(tensor.storage_offset());
    for (std::int64_t i = 0; i < tensor.dim(); ++i) {
        std::uint64_t step = 0;
        if (tensor.size(i) < 1 || tensor.stride(i) < 0
            || __builtin_mul_overflow(static_cast<std::uint64_t>(tensor.size(i) - 1),
                static_cast<std::uint64_t>(tensor.stride(i)), &step)
            || __builtin_add_overflow(last, step, &last))
            return false;
    }
    return last < tensor.storage().nbytes() / sizeof(float);
}

/// Takes the attributes apart; every tensor ends up in `tensors`, every text in `metadata`.
Status readAttributes(const torch::jit::Module& module, const std::filesystem::path& file,
    std::map<std::string, torch::Tensor>& tensors, std::map<std::string, std::string>& metadata)
{
    for (const auto& [name, value] : module.named_attributes(true)) {
        if (value.isTensor()) {
            if (!value.toTensor().defined() || !insideStorage(value.toTensor()))
                return fail(ErrorCode::Corrupt, name + " lies outside of the file's numbers", file,
                    "export the model again");
            tensors[name] = value.toTensor();
        } else if (value.isString()) {
            metadata[name] = value.toStringRef();
        } else if (value.isList() && name == metadata_keys::kClasses) {
            continue; // compared with the description below
        } else if (!value.isModule() && !value.isBool()) {
            return fail(ErrorCode::Unsupported,
                "has the attribute " + name + ", which Vernier's exports do not have", file,
                kAdvice);
        }
    }
    return {};
}

Status checkModule(const torch::jit::Module& module, const ModelDescription& model,
    const std::map<std::string, torch::Tensor>& tensors, const std::filesystem::path& file)
{
    const auto listed = module.attr(metadata_keys::kClasses, c10::IValue());
    bool same = listed.isList() && listed.toListRef().size() == model.classes.size();
    for (std::size_t i = 0; same && i < model.classes.size(); ++i) {
        const auto& name = listed.toListRef()[i];
        same = name.isString() && name.toStringRef() == model.classes[i];
    }
    if (!same)
        return fail(ErrorCode::Mismatch, "says two different things of its classes", file,
            "export the model again");

    const auto layers = allLayers(model);
    if (!layers)
        return tl::unexpected(layers.error());
    for (const auto& [name, shape] : expectedTensors(*layers, model.inputShape())) {
        const auto found = tensors.find(name);
        if (found == tensors.end())
            return fail(
                ErrorCode::Mismatch, "has no weights for " + name, file, "export the model again");
        if (found->second.sizes() != at::IntArrayRef(shape))
            return fail(ErrorCode::Mismatch,
                name + " does not have the shape that the model's description says", file,
                "export the model again");
    }
    return {};
}

Result<std::unique_ptr<Predictor::Backend>> load(
    const std::filesystem::path& file, torch::Device device)
{
    const auto adapter = std::make_shared<caffe2::serialize::FileAdapter>(file.native());
    if (auto ok = checkArchive(adapter, file); !ok)
        return tl::unexpected(ok.error());
    auto module = torch::jit::load(adapter, torch::Device(torch::kCPU), false);

    std::map<std::string, torch::Tensor> tensors;
    std::map<std::string, std::string> metadata;
    if (auto ok = readAttributes(module, file, tensors, metadata); !ok)
        return tl::unexpected(ok.error());
    auto identity = modelFromMetadata(metadata, file);
    if (!identity)
        return tl::unexpected(identity.error());
    if (auto ok = checkModule(module, identity->description, tensors, file); !ok)
        return tl::unexpected(ok.error());
    module.eval();
    module.to(device);
    return std::make_unique<TorchScriptModel>(
        std::move(module), std::move(*identity), device, file);
}

} // namespace

Result<std::unique_ptr<Predictor::Backend>> openTorchScript(
    const std::filesystem::path& file, const std::string& device)
{
    const auto found = findDevice(device);
    if (!found)
        return tl::unexpected(found.error());
    try {
        return load(file, *found);
    } catch (const std::bad_alloc&) {
        return fail(ErrorCode::OutOfMemory, "the model does not fit into memory", file,
            "close other programs and try again");
    } catch (const std::exception&) {
        // LibTorch's message is a page of its own source lines.
        return fail(ErrorCode::Corrupt, "is no TorchScript file, or is cut off or damaged", file,
            "copy or export the file again");
    }
}

} // namespace vernier
