#include "core/weights/onnx_order.h"

#include "core/model/normalization.h"
#include "core/weights/model_metadata.h"
#include "core/weights/protobuf_reader.h"

#include <algorithm>
#include <array>
#include <utility>

namespace vernier {

namespace {

using Kind = ProtobufReader::Kind;

constexpr std::size_t kMostValues = 100'000;
/// Inputs, outputs and attributes of one node; more belong to no layer of ours.
constexpr std::size_t kMostNames = 1000;
constexpr std::size_t kMostNumbers = 16; ///< of one attribute
/// What may stand between two convolutions and does nothing.
constexpr std::array<std::string_view, 3> kNothing { "Dropout", "Identity", "Cast" };
/// What may be done to a picture before it enters: scaling, and another order of its axes.
constexpr std::array<std::string_view, 13> kBefore { "Add", "Cast", "Concat", "Div", "Gather",
    "Identity", "Mul", "Reshape", "Slice", "Split", "Sub", "Transpose", "Unsqueeze" };

// onnx.proto's numbers for the fields of AttributeProto.
namespace attribute_fields {
constexpr std::uint32_t kName = 1;
constexpr std::uint32_t kInt = 3;
constexpr std::uint32_t kText = 4;
constexpr std::uint32_t kTensor = 5;
constexpr std::uint32_t kInts = 8;
constexpr std::uint32_t kReference = 21;
} // namespace attribute_fields

/// Those of AttributeProto that hold a value, one for each type of values.
bool isValue(std::uint32_t field)
{
    return (field >= 2 && field <= 11) || field == 14 || field == 15
        || field == attribute_fields::kReference || field == 22 || field == 23;
}

/// None for what is no attribute.
std::optional<OnnxAttribute> readAttribute(std::span<const std::byte> message)
{
    OnnxAttribute attribute;
    const auto addNumber = [&](std::uint64_t number) {
        attribute.isPlain = attribute.isPlain && attribute.numbers.size() < kMostNumbers;
        if (attribute.isPlain)
            attribute.numbers.push_back(number);
    };
    std::uint32_t value = 0;
    bool named = false;
    ProtobufReader fields(message);
    while (fields.next()) {
        // Two programs could take the first or the last, one of this type or one of that.
        if (fields.field() == attribute_fields::kName)
            attribute.isPlain = attribute.isPlain && !std::exchange(named, true);
        if (isValue(fields.field())) {
            const auto before = std::exchange(value, fields.field());
            attribute.isPlain = attribute.isPlain
                && (before == 0 || (before == value && value == attribute_fields::kInts));
        }
        if (fields.is(attribute_fields::kName, Kind::Bytes)) {
            attribute.name = fields.text();
        } else if (fields.is(attribute_fields::kText, Kind::Bytes)) {
            attribute.text = fields.text();
        } else if (fields.is(attribute_fields::kTensor, Kind::Bytes)) {
            attribute.tensor = fields.bytes();
        } else if (fields.is(attribute_fields::kInt, Kind::Varint)
            || fields.is(attribute_fields::kInts, Kind::Varint)) {
            addNumber(fields.number());
        } else if (fields.is(attribute_fields::kInts, Kind::Bytes)) {
            ProtobufReader numbers(fields.bytes());
            while (numbers.nextNumber())
                addNumber(numbers.number());
            if (!numbers.ok())
                return std::nullopt;
        }
    }
    return fields.ok() ? std::optional(std::move(attribute)) : std::nullopt;
}

/// The one number that a node has for both directions, or for all `count` edges; `otherwise` where
/// it does not say.
std::optional<int> numberOf(
    const OnnxNode& node, std::string_view attribute, std::size_t count, int otherwise)
{
    const auto* said = node.find(attribute);
    if (!said)
        return otherwise;
    constexpr std::uint64_t most = 1000;
    const auto& numbers = said->numbers;
    if (!said->isPlain || numbers.size() != count || numbers.front() > most
        || std::ranges::count(numbers, numbers.front()) != static_cast<std::ptrdiff_t>(count))
        return std::nullopt;
    return static_cast<int>(numbers.front());
}

/// A convolution or pooling; none where it does something that no layer of ours can do.
std::optional<GraphStep> windowOf(const OnnxNode& node, GraphStep::Kind kind)
{
    // The two operations have seven between them.
    constexpr std::size_t kMostAttributes = 16;
    if (node.attributes.size() > kMostAttributes)
        return std::nullopt;
    const auto window = numberOf(node, "kernel_shape", 2, 0);
    const auto stride = numberOf(node, "strides", 2, 1);
    const auto padding = numberOf(node, "pads", 4, 0);
    const auto* said = node.find("auto_pad");
    const bool twice = std::ranges::any_of(node.attributes,
        [&](const OnnxAttribute& attribute) { return node.find(attribute.name) != &attribute; });
    if (!window || !stride || !padding || numberOf(node, "dilations", 2, 1) != 1
        || (kind == GraphStep::Kind::Convolution && numberOf(node, "group", 1, 1) != 1)
        || (kind == GraphStep::Kind::MaxPool
            && (numberOf(node, "ceil_mode", 1, 0).value_or(1) != 0 || *window == 0))
        || (said && !said->isPlain) || twice)
        return std::nullopt;
    GraphStep step { kind, *window, *stride, *padding };
    const auto automatic = said ? said->text : "NOTSET";
    if (automatic.empty() || automatic == "NOTSET")
        return step;
    if (*padding != 0)
        return std::nullopt;
    if (automatic == "VALID")
        return step;
    // As many pixels come out as go in; otherwise it depends on the picture how they are spread.
    if ((automatic != "SAME_UPPER" && automatic != "SAME_LOWER") || step.stride != 1
        || step.window % 2 == 0)
        return std::nullopt;
    step.padding = (step.window - 1) / 2;
    return step;
}

} // namespace

bool OnnxNode::is(std::string_view name) const
{
    return operation == name && (domain.empty() || domain == "ai.onnx");
}

const OnnxAttribute* OnnxNode::find(std::string_view attribute) const
{
    const auto found = std::ranges::find(attributes, attribute, &OnnxAttribute::name);
    return found == attributes.end() ? nullptr : &*found;
}

std::optional<OnnxNode> readOnnxNode(std::span<const std::byte> message)
{
    OnnxNode node;
    const auto add = [&node](auto& list, auto&& value) {
        node.isWhole = node.isWhole && list.size() < kMostNames;
        if (node.isWhole)
            list.push_back(std::forward<decltype(value)>(value));
    };
    bool operation = false;
    bool domain = false;
    ProtobufReader fields(message);
    while (fields.next()) {
        if (fields.is(1, Kind::Bytes)) {
            add(node.inputs, fields.text());
        } else if (fields.is(2, Kind::Bytes)) {
            add(node.outputs, fields.text());
        } else if (fields.is(4, Kind::Bytes)) {
            node.isWhole = node.isWhole && !std::exchange(operation, true);
            node.operation = fields.text();
        } else if (fields.is(7, Kind::Bytes)) {
            node.isWhole = node.isWhole && !std::exchange(domain, true);
            node.domain = fields.text();
        } else if (fields.is(5, Kind::Bytes)) {
            auto attribute = readAttribute(fields.bytes());
            if (!attribute)
                return std::nullopt;
            add(node.attributes, std::move(*attribute));
        }
    }
    return fields.ok() ? std::optional(std::move(node)) : std::nullopt;
}

void OnnxOrder::refuse(std::string problem)
{
    if (m_order.problem.empty())
        m_order.problem = std::move(problem);
}

bool OnnxOrder::isFull(std::size_t more)
{
    if (m_values.size() + m_constants.size() + more <= kMostValues)
        return false;
    refuse("there are too many values");
    return true;
}

void OnnxOrder::addConstant(std::string_view name)
{
    if (isFull(1))
        return;
    if (m_values.contains(name) || !m_constants.emplace(name, name).second)
        refuse("two values are called " + shownName(name));
}

void OnnxOrder::define(std::string_view name, const Value& value)
{
    if (name.empty())
        return;
    if (m_constants.contains(name) || !m_values.emplace(name, value).second)
        refuse("two values are called " + shownName(name));
}

void OnnxOrder::addComputed(const OnnxNode& node)
{
    // PyTorch's exporter has such a node where two layers have the same numbers.
    std::string tensor;
    if (node.is("Identity") && node.inputs.size() == 1) {
        if (const auto found = m_constants.find(node.inputs.front()); found != m_constants.end())
            tensor = found->second;
    }
    for (const auto output : node.outputs) {
        if (m_values.contains(output) || !m_constants.emplace(output, tensor).second)
            refuse("two values are called " + shownName(output));
    }
}

void OnnxOrder::add(const OnnxNode& node)
{
    if (!m_order.problem.empty() || isFull(node.inputs.size() + node.outputs.size()))
        return;
    if (!node.isWhole)
        return refuse("a node is larger than any of a network like this one");
    std::optional<Value> value;
    for (const auto input : node.inputs) {
        if (input.empty() || m_constants.contains(input))
            continue;
        // What comes from nowhere is the picture. No node may say later that it is something else.
        const auto& found = m_values.emplace(input, Value()).first->second;
        if (value && value->convolutions != found.convolutions)
            return refuse("the graph has branches");
        if (value && (value->link != found.link || value->stranger != found.stranger))
            estrange(*value, "the graph has branches");
        else
            value = found;
    }
    if (!value)
        return addComputed(node);
    if (node.is("Conv"))
        take(node, *value);
    else
        pass(node, *value);
    for (const auto output : node.outputs)
        define(output, *value);
}

void OnnxOrder::estrange(Value& value, std::string problem)
{
    if (value.stranger != kNone)
        return;
    value.stranger = m_strangers.size();
    m_strangers.push_back(std::move(problem));
}

void OnnxOrder::append(Value& value, const GraphStep& step)
{
    const bool isLast = step.kind == GraphStep::Kind::Convolution || value.link == m_end;
    m_links.push_back({ value.link, step });
    value.link = m_links.size() - 1;
    if (isLast)
        m_end = value.link;
}

void OnnxOrder::pass(const OnnxNode& node, Value& value)
{
    const bool isOurs = node.is(node.operation);
    const auto isAmong = [&](const auto& names) {
        return isOurs && std::ranges::find(names, node.operation) != names.end();
    };
    if (value.stranger != kNone || isAmong(kNothing)
        || (value.convolutions == 0 && isAmong(kBefore)))
        return;
    if (value.convolutions > 0 && node.is("Relu"))
        return append(value, { GraphStep::Kind::Relu });
    if (value.convolutions > 0 && node.is("MaxPool")) {
        if (const auto step = windowOf(node, GraphStep::Kind::MaxPool))
            return append(value, *step);
    }
    estrange(value,
        "there is " + (isOurs ? "" : shownName(node.domain) + ".") + shownName(node.operation)
            + (value.convolutions > 0 ? " between" : " in front of") + " its convolutions");
}

void OnnxOrder::take(const OnnxNode& convolution, Value& value)
{
    const auto& inputs = convolution.inputs;
    const auto tensor = [&](std::size_t i) {
        const auto found = inputs.size() > i ? m_constants.find(inputs[i]) : m_constants.end();
        return found == m_constants.end() ? std::string() : found->second;
    };
    auto weight = tensor(1);
    auto bias = tensor(2);
    if (weight.empty() || m_constants.contains(inputs[0]))
        return refuse("a convolution computes its weights");
    if (bias.empty())
        return refuse("a convolution has no bias");
    if (value.convolutions != m_order.convolutions.size())
        return refuse("the graph has branches");
    if (value.stranger != kNone)
        return refuse(m_strangers[value.stranger]);
    const auto step = windowOf(convolution, GraphStep::Kind::Convolution);
    if (!step)
        return refuse("a convolution leaves out pixels or channels");
    m_order.convolutions.push_back({ std::move(weight), std::move(bias) });
    ++value.convolutions;
    append(value, *step);
}

ConvolutionOrder OnnxOrder::order(
    const std::string& producer, const std::map<std::string, std::string>& metadata) const
{
    auto order = m_order;
    auto& steps = order.steps.emplace();
    for (auto link = m_end; link != kNone; link = m_links[link].before)
        steps.push_back(m_links[link].step);
    std::ranges::reverse(steps);
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
