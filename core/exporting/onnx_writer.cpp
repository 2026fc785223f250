#include "core/exporting/onnx_writer.h"

#include "core/base/files.h"
#include "core/base/version.h"

#include <array>
#include <limits>
#include <new>

#include <onnx/onnx_pb.h>

namespace vernier {

namespace {

// Old enough for OpenCV 4.6, new enough that Softmax means what it says.
constexpr int kIrVersion = 7;
constexpr int kOpset = 13;
constexpr const char* kBatch = "N";
// What the graph takes beside the numbers is far below this.
constexpr std::uint64_t kMostBytes = (2ull << 30) - (16ull << 20);

class Graph {
public:
    explicit Graph(onnx::GraphProto& graph) : m_graph(graph) { }

    void addTensor(
        const std::string& name, std::span<const std::int64_t> shape, std::span<const float> values)
    {
        auto& tensor = *m_graph.add_initializer();
        tensor.set_name(name);
        tensor.set_data_type(onnx::TensorProto::FLOAT);
        for (const auto edge : shape)
            tensor.add_dims(edge);
        tensor.set_raw_data(values.data(), values.size_bytes());
    }

    /// Appends a node that takes the newest value, and `parameters`.
    onnx::NodeProto& add(const std::string& operation, const std::string& name,
        const std::vector<std::string>& parameters = {})
    {
        auto& node = *m_graph.add_node();
        node.set_op_type(operation);
        node.set_name(name);
        node.add_input(m_value);
        for (const auto& parameter : parameters)
            node.add_input(parameter);
        m_value = name;
        node.add_output(name);
        return node;
    }

    void setNewestName(const std::string& name)
    {
        auto& node = *m_graph.mutable_node(m_graph.node_size() - 1);
        node.set_output(0, name);
        m_value = name;
    }

private:
    onnx::GraphProto& m_graph;
    std::string m_value = "image";
};

void setInt(onnx::NodeProto& node, const char* name, std::int64_t value)
{
    auto& attribute = *node.add_attribute();
    attribute.set_name(name);
    attribute.set_type(onnx::AttributeProto::INT);
    attribute.set_i(value);
}

void setInts(onnx::NodeProto& node, const char* name, std::initializer_list<std::int64_t> values)
{
    auto& attribute = *node.add_attribute();
    attribute.set_name(name);
    attribute.set_type(onnx::AttributeProto::INTS);
    for (const auto value : values)
        attribute.add_ints(value);
}

void setConvolution(onnx::NodeProto& node, int kernel, int stride, int padding)
{
    setInts(node, "kernel_shape", { kernel, kernel });
    setInts(node, "strides", { stride, stride });
    setInts(node, "pads", { padding, padding, padding, padding });
}

void addNormalization(Graph& graph, const Normalization& normalization)
{
    std::array<float, 9> weight {};
    std::array<float, 3> bias {};
    for (std::size_t out = 0; out < 3; ++out) {
        const auto in = normalization.bgr ? 2 - out : out;
        const auto deviation = normalization.deviation[in];
        weight[out * 3 + in] = static_cast<float>(1 / (normalization.divisor * deviation));
        bias[out] = static_cast<float>(-normalization.mean[in] / deviation);
    }
    graph.addTensor("normalization.weight", std::array<std::int64_t, 4> { 3, 3, 1, 1 }, weight);
    graph.addTensor("normalization.bias", std::array<std::int64_t, 1> { 3 }, bias);
    auto& node
        = graph.add("Conv", "normalization", { "normalization.weight", "normalization.bias" });
    setConvolution(node, 1, 1, 0);
}

void addLayer(Graph& graph, const Layer& layer)
{
    const std::vector<std::string> parameters { layer.name + ".weight", layer.name + ".bias" };
    switch (layer.kind) {
    case LayerKind::Conv:
        setConvolution(
            graph.add("Conv", layer.name, parameters), layer.kernel, layer.stride, layer.padding);
        break;
    case LayerKind::MaxPool:
        setConvolution(graph.add("MaxPool", layer.name), layer.kernel, layer.stride, layer.padding);
        break;
    case LayerKind::Flatten:
        setInts(graph.add("Transpose", layer.name + "_order"), "perm", { 0, 2, 3, 1 });
        setInt(graph.add("Flatten", layer.name), "axis", 1);
        break;
    case LayerKind::GlobalAveragePool:
        graph.add("GlobalAveragePool", layer.name + "_mean");
        setInt(graph.add("Flatten", layer.name), "axis", 1);
        break;
    case LayerKind::Dense:
        setInt(graph.add("Gemm", layer.name, parameters), "transB", 1);
        break;
    case LayerKind::Dropout:
        break; // does nothing outside of training
    }
    if (layer.activation == Activation::Relu)
        graph.add("Relu", layer.name + "_relu");
    if (layer.activation == Activation::Softmax)
        setInt(graph.add("Softmax", layer.name + "_softmax"), "axis", 1);
}

void describeValue(onnx::ValueInfoProto& value, const std::string& name,
    std::initializer_list<std::int64_t> behindBatch)
{
    value.set_name(name);
    auto& type = *value.mutable_type()->mutable_tensor_type();
    type.set_elem_type(onnx::TensorProto::FLOAT);
    type.mutable_shape()->add_dim()->set_dim_param(kBatch);
    for (const auto edge : behindBatch)
        type.mutable_shape()->add_dim()->set_dim_value(edge);
}

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
    opset.set_version(kOpset);
    for (const auto& [key, value] : metadata) {
        auto& entry = *proto.add_metadata_props();
        entry.set_key(key);
        entry.set_value(value);
    }

    auto& graphProto = *proto.mutable_graph();
    graphProto.set_name(model.backbone);
    describeValue(*graphProto.add_input(), "image", { 3, model.inputSize, model.inputSize });
    describeValue(*graphProto.add_output(), "probabilities",
        { static_cast<std::int64_t>(model.classes.size()) });
    Graph graph(graphProto);
    addNormalization(graph, model.normalization);
    for (const auto& layer : layers)
        addLayer(graph, layer);
    graph.setNewestName("probabilities");
    for (const auto& [name, tensor] : tensors)
        graph.addTensor(name, tensor.shape, tensor.values);

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
