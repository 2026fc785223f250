#include "core/prediction/onnx_header.h"

#include "core/weights/expected_tensors.h"
#include "core/weights/onnx_graph.h"

#include <algorithm>
#include <limits>
#include <new>

namespace vernier {

namespace {

using Initializers = std::map<std::string, const onnx::TensorProto*, std::less<>>;

constexpr const char* kAdvice = "choose a model that Vernier exported";

/// The nodes one by one, byte by byte: an attribute out of range would end in OpenCV's hands.
Status checkNodes(const onnx::GraphProto& graph, const onnx::GraphProto& expected,
    const std::filesystem::path& file)
{
    const auto refuse = [&](const std::string& what) {
        return fail(ErrorCode::Unsupported,
            "the graph is not the one that Vernier writes for this model: " + what, file, kAdvice);
    };
    const auto same = [](const auto& a, const auto& b) {
        return a.SerializeAsString() == b.SerializeAsString();
    };
    if (graph.node_size() != expected.node_size())
        return refuse("it has " + std::to_string(graph.node_size()) + " nodes instead of "
            + std::to_string(expected.node_size()));
    for (int i = 0; i < graph.node_size(); ++i) {
        if (!same(graph.node(i), expected.node(i)))
            return refuse("node " + std::to_string(i + 1) + " differs");
    }
    if (graph.input_size() != 1 || !same(graph.input(0), expected.input(0))
        || graph.output_size() != 1 || !same(graph.output(0), expected.output(0)))
        return refuse("it takes or answers something else");
    if (graph.sparse_initializer_size() > 0 || graph.value_info_size() > 0
        || graph.quantization_annotation_size() > 0)
        return refuse("it has parts that none of them has");
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
                kAdvice);
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

Status checkShapes(const std::vector<LayerTensor>& expected, const Initializers& initializers,
    const std::filesystem::path& file)
{
    for (const auto& [name, shape] : expected) {
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
    const auto layers = allLayers(identity->description);
    if (!layers)
        return tl::unexpected(layers.error());

    const auto graph = onnxGraph(identity->description, *layers);
    if (model.functions_size() > 0 || model.training_info_size() > 0)
        return fail(
            ErrorCode::Unsupported, "has parts that Vernier's exports do not have", file, kAdvice);
    if (auto ok = checkNodes(model.graph(), graph, file); !ok)
        return tl::unexpected(ok.error());
    const auto initializers = checkInitializers(model.graph(), file);
    if (!initializers)
        return tl::unexpected(initializers.error());

    auto expected = expectedTensors(*layers, identity->description.inputShape());
    for (const auto& tensor : graph.initializer())
        expected.push_back({ tensor.name(), { tensor.dims().begin(), tensor.dims().end() } });
    if (auto ok = checkShapes(expected, *initializers, file); !ok)
        return tl::unexpected(ok.error());
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
