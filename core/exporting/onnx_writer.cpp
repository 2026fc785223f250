#include "core/exporting/onnx_writer.h"

#include "core/base/files.h"
#include "core/base/version.h"
#include "core/weights/onnx_graph.h"

#include <new>

namespace vernier {

namespace {

constexpr int kIrVersion = 7;
// What the graph takes beside the numbers is far below this.
constexpr std::uint64_t kMostBytes = (2ull << 30) - (16ull << 20);

Result<std::string> serialized(const ModelDescription& model, const std::vector<Layer>& layers,
    const std::map<std::string, OnnxTensor>& tensors,
    const std::map<std::string, std::string>& metadata, const std::filesystem::path& path)
{
    onnx::ModelProto proto;
    proto.set_ir_version(kIrVersion);
    proto.set_producer_name("Vernier");
    proto.set_producer_version(vernierVersion());
    auto& opset = *proto.add_opset_import();
    opset.set_domain("");
    opset.set_version(kOnnxOpset);
    for (const auto& [key, value] : metadata) {
        auto& entry = *proto.add_metadata_props();
        entry.set_key(key);
        entry.set_value(value);
    }

    auto& graph = *proto.mutable_graph();
    graph = onnxGraph(model, layers);
    for (const auto& [name, tensor] : tensors)
        addOnnxTensor(graph, name, tensor.shape, tensor.values);

    std::string bytes;
    if (!proto.SerializeToString(&bytes))
        return fail(ErrorCode::Internal, "the ONNX graph could not be written", path);
    return bytes;
}

} // namespace

Status writeOnnx(const std::filesystem::path& path, const ModelDescription& model,
    const std::map<std::string, OnnxTensor>& tensors,
    const std::map<std::string, std::string>& metadata)
{
    const auto layers = allLayers(model);
    if (!layers)
        return tl::unexpected(layers.error());
    std::uint64_t total = 0;
    for (const auto& [name, tensor] : tensors)
        total += tensor.values.size_bytes();
    if (total > kMostBytes)
        return fail(ErrorCode::TooLarge,
            "the model has " + std::to_string(total) + " bytes, an ONNX file holds at most 2 GiB",
            path, "export as TorchScript or safetensors instead");
    try {
        auto bytes = serialized(model, *layers, tensors, metadata, path);
        if (!bytes)
            return tl::unexpected(bytes.error());
        return writeFileAtomically(path, *bytes);
    } catch (const std::bad_alloc&) {
        return fail(ErrorCode::OutOfMemory, "the ONNX graph does not fit into memory", path,
            "close other programs and try again");
    } catch (const google::protobuf::FatalException& e) {
        return fail(ErrorCode::Internal,
            std::string("the ONNX graph could not be written: ") + e.what(), path);
    }
}

} // namespace vernier
