#include "core/weights/onnx_order.h"

#include "core/model/normalization.h"
#include "core/weights/model_metadata.h"
#include "core/weights/protobuf_reader.h"

#include <algorithm>
#include <array>

namespace vernier {

namespace {

using Kind = ProtobufReader::Kind;

constexpr std::size_t kMostValues = 100'000;
/// Inputs and outputs of one node; more belong to no layer of ours.
constexpr std::size_t kMostNames = 1000;
/// What may stand between two convolutions.
constexpr std::array<std::string_view, 5> kBetween { "Relu", "MaxPool", "Dropout", "Identity",
    "Cast" };

/// False for what is no attribute. Sets what the node says of itself by it.
bool readAttribute(std::span<const std::byte> message, OnnxNode& node)
{
    std::string_view name;
    std::optional<std::span<const std::byte>> tensor;
    bool allOnes = true;
    ProtobufReader fields(message);
    while (fields.next()) {
        if (fields.is(1, Kind::Bytes)) {
            name = fields.text();
        } else if (fields.is(5, Kind::Bytes)) {
            tensor = fields.bytes();
        } else if (fields.is(3, Kind::Varint) || fields.is(8, Kind::Varint)) {
            allOnes = allOnes && fields.number() == 1;
        } else if (fields.is(8, Kind::Bytes)) {
            ProtobufReader numbers(fields.bytes());
            while (numbers.nextNumber())
                allOnes = allOnes && numbers.number() == 1;
            if (!numbers.ok())
                return false;
        }
    }
    if (name == "value")
        node.tensor = tensor;
    if (name == "group" || name == "strides" || name == "dilations")
        node.isPlain = node.isPlain && allOnes;
    return fields.ok();
}

} // namespace

std::optional<OnnxNode> readOnnxNode(std::span<const std::byte> message)
{
    OnnxNode node;
    ProtobufReader fields(message);
    while (fields.next()) {
        if (fields.is(1, Kind::Bytes) && node.inputs.size() < kMostNames)
            node.inputs.push_back(fields.text());
        else if (fields.is(2, Kind::Bytes) && node.outputs.size() < kMostNames)
            node.outputs.push_back(fields.text());
        else if (fields.is(4, Kind::Bytes))
            node.operation = fields.text();
        else if (fields.is(5, Kind::Bytes) && !readAttribute(fields.bytes(), node))
            return std::nullopt;
    }
    return fields.ok() ? std::optional(std::move(node)) : std::nullopt;
}

void OnnxOrder::refuse(std::string problem)
{
    if (m_order.problem.empty())
        m_order.problem = std::move(problem);
}

void OnnxOrder::addConstant(std::string_view name)
{
    if (m_constants.size() >= kMostValues)
        return refuse("there are too many values");
    m_constants.emplace(name);
}

void OnnxOrder::add(const OnnxNode& node)
{
    if (!m_order.problem.empty())
        return;
    if (m_before.size() + m_constants.size() + node.outputs.size() > kMostValues)
        return refuse("there are too many values");
    std::optional<std::size_t> before;
    for (const auto input : node.inputs) {
        if (input.empty() || m_constants.contains(input))
            continue;
        const auto found = m_before.find(input);
        // The picture itself has none.
        const auto count = found == m_before.end() ? 0 : found->second;
        if (before && *before != count)
            return refuse("the graph has branches");
        before = count;
    }
    if (!before) {
        for (const auto output : node.outputs)
            m_constants.emplace(output);
        return;
    }
    if (node.operation == "Conv")
        take(node, *before);
    else if (*before > 0 && node.operation == "Relu")
        m_relu = true;
    else if (*before > 0 && m_stranger.empty()
        && std::ranges::find(kBetween, node.operation) == kBetween.end())
        m_stranger = shownName(node.operation);
    for (const auto output : node.outputs)
        m_before[std::string(output)] = node.operation == "Conv" ? *before + 1 : *before;
}

void OnnxOrder::take(const OnnxNode& convolution, std::size_t before)
{
    const auto& inputs = convolution.inputs;
    const auto isConstant
        = [&](std::size_t i) { return inputs.size() > i && m_constants.contains(inputs[i]); };
    if (before != m_order.convolutions.size())
        return refuse("the graph has branches");
    if (before > 0 && !m_stranger.empty())
        return refuse("there is " + m_stranger + " between its convolutions");
    if (before > 0 && !m_relu)
        return refuse("there is no Relu between its convolutions");
    if (!isConstant(1) || isConstant(0))
        return refuse("a convolution computes its weights");
    if (!isConstant(2))
        return refuse("a convolution has no bias");
    if (!convolution.isPlain)
        return refuse("a convolution leaves out pixels or channels");
    m_order.convolutions.push_back({ std::string(inputs[1]), std::string(inputs[2]) });
    m_relu = false;
}

ConvolutionOrder OnnxOrder::order(
    const std::string& producer, const std::map<std::string, std::string>& metadata) const
{
    auto order = m_order;
    const auto said = metadata.find(metadata_keys::kNormalization);
    if (said != metadata.end() && findNormalization(said->second))
        return order;
    if (producer == "pytorch")
        order.naming = Naming::Torchvision;
    else if (producer == "tf2onnx" || producer == "keras2onnx")
        order.naming = Naming::Keras;
    else if (order.problem.empty())
        order.problem = "nothing says what they expect of a picture";
    return order;
}

} // namespace vernier
