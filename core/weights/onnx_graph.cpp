#include "core/weights/onnx_graph.h"

#include <array>

namespace vernier {

namespace {

constexpr const char* kBatch = "N";

class Graph {
public:
    explicit Graph(onnx::GraphProto& graph) : m_graph(graph) { }

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

    /// What the next node takes.
    const std::string& value() const { return m_value; }
    void setValue(const std::string& value) { m_value = value; }

    void setNewestName(const std::string& name)
    {
        auto& node = *m_graph.mutable_node(m_graph.node_size() - 1);
        node.set_output(0, name);
        m_value = name;
    }

private:
    onnx::GraphProto& m_graph;
    std::string m_value = kOnnxInput;
};

void setInt(onnx::NodeProto& node, const char* name, std::int64_t value)
{
    auto& attribute = *node.add_attribute();
    attribute.set_name(name);
    attribute.set_type(onnx::AttributeProto::INT);
    attribute.set_i(value);
}

void setFloat(onnx::NodeProto& node, const char* name, float value)
{
    auto& attribute = *node.add_attribute();
    attribute.set_name(name);
    attribute.set_type(onnx::AttributeProto::FLOAT);
    attribute.set_f(value);
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

void addNormalization(onnx::GraphProto& proto, Graph& graph, const Normalization& normalization)
{
    std::array<float, 9> weight {};
    std::array<float, 3> bias {};
    for (std::size_t out = 0; out < 3; ++out) {
        const auto in = normalization.bgr ? 2 - out : out;
        const auto deviation = normalization.deviation[in];
        weight[out * 3 + in] = static_cast<float>(1 / (normalization.divisor * deviation));
        bias[out] = static_cast<float>(-normalization.mean[in] / deviation);
    }
    addOnnxTensor(
        proto, "normalization.weight", std::array<std::int64_t, 4> { 3, 3, 1, 1 }, weight);
    addOnnxTensor(proto, "normalization.bias", std::array<std::int64_t, 1> { 3 }, bias);
    auto& node
        = graph.add("Conv", "normalization", { "normalization.weight", "normalization.bias" });
    setConvolution(node, 1, 1, 0);
}

void addLayer(Graph& graph, const Layer& layer);

void addResidual(Graph& graph, const Layer& unit)
{
    const auto in = graph.value();
    for (const auto& layer : unit.body)
        addLayer(graph, layer);
    const auto out = graph.value();
    graph.setValue(in);
    for (const auto& layer : unit.shortcut)
        addLayer(graph, layer);
    graph.add("Add", unit.name, { out });
}

void addLayer(Graph& graph, const Layer& layer)
{
    std::vector<std::string> parameters { layer.name + ".weight" };
    if (layer.bias)
        parameters.push_back(layer.name + ".bias");
    switch (layer.kind) {
    case LayerKind::Conv:
        setConvolution(
            graph.add("Conv", layer.name, parameters), layer.kernel, layer.stride, layer.padding);
        break;
    case LayerKind::BatchNorm: {
        parameters.insert(
            parameters.end(), { layer.name + ".running_mean", layer.name + ".running_var" });
        setFloat(graph.add("BatchNormalization", layer.name, parameters), "epsilon",
            static_cast<float>(kBatchNormEpsilon));
        break;
    }
    case LayerKind::Residual:
        addResidual(graph, layer);
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
    if (layer.activation == Activation::Tanh)
        graph.add("Tanh", layer.name + "_tanh");
    if (layer.activation == Activation::Sigmoid)
        graph.add("Sigmoid", layer.name + "_sigmoid");
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

} // namespace

onnx::GraphProto onnxGraph(const ModelDescription& model, const std::vector<Layer>& layers)
{
    onnx::GraphProto proto;
    proto.set_name(model.backbone);
    describeValue(*proto.add_input(), kOnnxInput, { 3, model.inputSize, model.inputSize });
    describeValue(
        *proto.add_output(), kOnnxOutput, { static_cast<std::int64_t>(model.classes.size()) });
    Graph graph(proto);
    addNormalization(proto, graph, model.normalization);
    for (const auto& layer : layers)
        addLayer(graph, layer);
    graph.setNewestName(kOnnxOutput);
    return proto;
}

void addOnnxTensor(onnx::GraphProto& graph, const std::string& name,
    std::span<const std::int64_t> shape, std::span<const float> values)
{
    auto& tensor = *graph.add_initializer();
    tensor.set_name(name);
    tensor.set_data_type(onnx::TensorProto::FLOAT);
    for (const auto edge : shape)
        tensor.add_dims(edge);
    tensor.set_raw_data(values.data(), values.size_bytes());
}

} // namespace vernier
