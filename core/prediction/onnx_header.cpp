#include "core/prediction/onnx_header.h"

#include "core/weights/expected_tensors.h"

#include <algorithm>
#include <array>
#include <limits>
#include <new>
#include <set>

#include <onnx/onnx_pb.h>

namespace vernier {

namespace {

constexpr std::array kOperators { "Conv", "Relu", "MaxPool", "GlobalAveragePool", "Transpose",
    "Flatten", "Gemm", "Softmax" };
constexpr int kMostNodes = 1000;

using Initializers = std::map<std::string, const onnx::TensorProto*, std::less<>>;

Status checkNode(const onnx::NodeProto& node, std::set<std::string, std::less<>>& values,
    const std::filesystem::path& file)
{
    const auto& operation = node.op_type();
    if (!node.domain().empty() || std::ranges::find(kOperators, operation) == kOperators.end())
        return fail(ErrorCode::Unsupported,
            "the graph has the operator \"" + operation.substr(0, 40)
                + "\", which Vernier's exports do not have",
            file, "choose a model that Vernier exported");
    for (const auto& attribute : node.attribute()) {
        if (attribute.type() != onnx::AttributeProto::INT
            && attribute.type() != onnx::AttributeProto::INTS)
            return fail(ErrorCode::Unsupported,
                operation + " has the attribute \"" + attribute.name().substr(0, 40)
                    + "\", which Vernier's exports do not have",
                file, "choose a model that Vernier exported");
    }
    for (const auto& input : node.input()) {
        if (!values.contains(input))
            return fail(ErrorCode::Corrupt,
                operation + " reads \"" + input.substr(0, 80) + "\", which nothing gives", file,
                "export the model again");
    }
    if (node.output_size() != 1 || !values.insert(node.output(0)).second)
        return fail(ErrorCode::Corrupt, operation + " has no output of its own", file,
            "export the model again");
    return {};
}

Result<Initializers> checkInitializers(
    const onnx::GraphProto& graph, const std::filesystem::path& file)
{
    Initializers found;
    for (const auto& tensor : graph.initializer()) {
        const auto name = tensor.name().substr(0, 80);
        if (tensor.data_type() != onnx::TensorProto::FLOAT
            || tensor.data_location() == onnx::TensorProto::EXTERNAL || !tensor.has_raw_data())
            return fail(ErrorCode::Unsupported,
                "the numbers of " + name + " are not stored as Vernier's exports store them", file,
                "choose a model that Vernier exported");
        std::uint64_t bytes = sizeof(float);
        for (const auto edge : tensor.dims()) {
            if (edge < 1 || __builtin_mul_overflow(bytes, static_cast<std::uint64_t>(edge), &bytes))
                return fail(ErrorCode::Corrupt, name + " has an impossible shape", file,
                    "export the model again");
        }
        if (bytes != tensor.raw_data().size())
            return fail(ErrorCode::Corrupt,
                name + " has " + std::to_string(tensor.raw_data().size())
                    + " bytes where its shape needs " + std::to_string(bytes),
                file, "export the model again");
        if (!found.emplace(tensor.name(), &tensor).second)
            return fail(ErrorCode::Corrupt, "the name " + name + " comes twice", file,
                "export the model again");
    }
    return found;
}

Status checkLayers(const ModelDescription& model, const Initializers& initializers,
    const std::filesystem::path& file)
{
    const auto layers = allLayers(model);
    const auto architecture = findArchitecture(model.backbone);
    if (!layers || !architecture)
        return tl::unexpected(layers ? architecture.error() : layers.error());
    for (const auto& [name, shape] : expectedTensors(*layers, (*architecture)->inputShape())) {
        const auto tensor = initializers.find(name);
        if (tensor == initializers.end())
            return fail(
                ErrorCode::Mismatch, "has no weights for " + name, file, "export the model again");
        if (!std::ranges::equal(tensor->second->dims(), shape))
            return fail(ErrorCode::Mismatch,
                name + " does not have the shape that the model's description says", file,
                "export the model again");
    }
    return {};
}

Result<ModelIdentity> check(const onnx::ModelProto& model, const std::filesystem::path& file)
{
    std::map<std::string, std::string> metadata;
    for (const auto& entry : model.metadata_props())
        metadata[entry.key()] = entry.value();
    auto identity = modelFromMetadata(metadata, file);
    if (!identity)
        return identity;

    const auto& graph = model.graph();
    if (model.functions_size() > 0 || model.training_info_size() > 0
        || graph.sparse_initializer_size() > 0 || graph.node_size() > kMostNodes)
        return fail(ErrorCode::Unsupported,
            "the graph has parts that Vernier's exports do not have", file,
            "choose a model that Vernier exported");
    if (graph.input_size() != 1 || graph.input(0).name() != "image" || graph.output_size() != 1
        || graph.output(0).name() != "probabilities")
        return fail(ErrorCode::Unsupported,
            "the graph does not take \"image\" and answer \"probabilities\"", file,
            "choose a model that Vernier exported");

    const auto initializers = checkInitializers(graph, file);
    if (!initializers)
        return tl::unexpected(initializers.error());
    if (auto ok = checkLayers(identity->description, *initializers, file); !ok)
        return tl::unexpected(ok.error());

    std::set<std::string, std::less<>> values { "image" };
    for (const auto& [name, tensor] : *initializers)
        values.insert(name);
    for (const auto& node : graph.node()) {
        if (auto ok = checkNode(node, values, file); !ok)
            return tl::unexpected(ok.error());
    }
    if (!values.contains("probabilities"))
        return fail(ErrorCode::Corrupt, "nothing in the graph gives the probabilities", file,
            "export the model again");
    return identity;
}

} // namespace

Result<ModelIdentity> readOnnxIdentity(
    std::span<const std::byte> bytes, const std::filesystem::path& file)
{
    if (bytes.size() > std::numeric_limits<int>::max())
        return fail(ErrorCode::TooLarge, "is larger than an ONNX file can be", file);
    try {
        onnx::ModelProto model;
        if (!model.ParseFromArray(bytes.data(), static_cast<int>(bytes.size())))
            return fail(
                ErrorCode::Corrupt, "is no ONNX file, or is cut off", file, "copy the file again");
        return check(model, file);
    } catch (const std::bad_alloc&) {
        return fail(ErrorCode::OutOfMemory, "the model does not fit into memory", file,
            "close other programs and try again");
    } catch (const google::protobuf::FatalException& e) {
        return fail(ErrorCode::Corrupt, std::string("is no ONNX file: ") + e.what(), file);
    }
}

} // namespace vernier
