#include "core/weights/expected_tensors.h"
#include "core/weights/model_metadata.h"
#include "core/weights/onnx_file.h"
#include "core/weights/onnx_graph.h"
#include "core/weights/weight_formats.h"

#include <algorithm>
#include <array>
#include <utility>

namespace vernier {

namespace {

using Kind = ProtobufReader::Kind;
using Bytes = std::span<const std::byte>;

constexpr std::size_t kMostMetadata = 1000;
constexpr std::size_t kMostDimensions = 8;
constexpr const char* kAdvice = "choose a model that Vernier exported";
constexpr const char* kAgain = "export the model again";

// onnx.proto's numbers for the fields of each message.
namespace model_fields {
constexpr std::uint32_t kGraph = 7;
constexpr std::uint32_t kOperations = 8;
constexpr std::uint32_t kMetadata = 14;
/// Who wrote it, and in which version of the format: nothing that what is computed depends on.
constexpr std::array<std::uint32_t, 6> kOther { 1, 2, 3, 4, 5, 6 };
} // namespace model_fields
namespace graph_fields {
constexpr std::uint32_t kNode = 1;
constexpr std::uint32_t kName = 2;
constexpr std::uint32_t kInitializer = 5;
constexpr std::uint32_t kDescription = 10;
constexpr std::uint32_t kInput = 11;
constexpr std::uint32_t kOutput = 12;
} // namespace graph_fields
namespace tensor_fields {
constexpr std::uint32_t kDims = 1;
constexpr std::uint32_t kType = 2;
constexpr std::uint32_t kName = 8;
constexpr std::uint32_t kRawData = 9;
constexpr std::uint32_t kDescription = 12;
} // namespace tensor_fields

struct Initializer {
    std::string name;
    std::vector<std::int64_t> shape;
    Bytes numbers;
};

/// An ONNX file that Vernier wrote. Its graph is held against the one that the description gives,
/// byte by byte, so that what other programs compute from it is what is computed here.
class OnnxModel : public WeightFile {
public:
    OnnxModel(const std::filesystem::path& path, std::vector<std::byte> bytes)
        : WeightFile(path, "ONNX"), m_bytes(std::move(bytes))
    {
    }

    Status open()
    {
        if (auto ok = readModel(); !ok)
            return ok;
        const auto identity = modelFromMetadata(m_metadata, path());
        if (!identity)
            return tl::unexpected(identity.error());
        const auto& description = identity->description;
        const auto layers = allLayers(description);
        if (!layers)
            return tl::unexpected(layers.error());
        m_expectedGraph = onnxGraph(description, *layers);
        for (auto& tensor : expectedTensors(*layers, description.inputShape()))
            m_expected.emplace(std::move(tensor.name), nullptr);
        for (const auto& tensor : m_expectedGraph.initializer())
            m_expected.emplace(tensor.name(), &tensor);
        return readGraph();
    }

    Status read(std::size_t index, std::span<std::byte> into) const override
    {
        std::ranges::copy(m_numbers[index], into.begin());
        return {};
    }

private:
    tl::unexpected<Error> damaged() const { return noOnnxFile(path()); }
    tl::unexpected<Error> anotherGraph(const std::string& what) const
    {
        return fail(ErrorCode::Unsupported,
            "the graph is not the one that Vernier writes for this model: " + what, path(),
            kAdvice);
    }

    /// Everything but what the graph holds.
    Status readModel()
    {
        ProtobufReader model(m_bytes);
        bool hasGraph = false;
        bool others = false;
        while (model.next()) {
            if (model.is(model_fields::kGraph, Kind::Bytes)) {
                others = others || std::exchange(hasGraph, true);
                m_graph = model.bytes();
            } else if (model.is(model_fields::kOperations, Kind::Bytes)) {
                if (auto ok = readOperations(model.bytes()); !ok)
                    return ok;
            } else if (model.is(model_fields::kMetadata, Kind::Bytes)) {
                if (auto ok = readMetadata(model.bytes()); !ok)
                    return ok;
            } else if (std::ranges::find(model_fields::kOther, model.field())
                == model_fields::kOther.end()) {
                others = true;
            }
        }
        if (!model.ok())
            return damaged();
        // A graph in two parts is one to protobuf, and functions are graphs besides this one.
        if (others)
            return fail(ErrorCode::Unsupported, "has parts that Vernier's exports do not have",
                path(), kAdvice);
        return {};
    }

    /// A version of ONNX's operations; of other programs' ones the graph has none.
    Status readOperations(Bytes bytes)
    {
        ProtobufReader set(bytes);
        bool isOnnx = true;
        std::uint64_t version = 0;
        while (set.next()) {
            if (set.is(1, Kind::Bytes))
                isOnnx = set.text().empty() || set.text() == "ai.onnx";
            else if (set.is(2, Kind::Varint))
                version = set.number();
        }
        if (!set.ok())
            return damaged();
        if (isOnnx && (version != kOnnxOpset || std::exchange(m_hasOperations, true)))
            return anotherGraph("its operations are of another version");
        return {};
    }

    Status readMetadata(Bytes bytes)
    {
        auto entry = readOnnxEntry(bytes);
        if (!entry)
            return damaged();
        if (m_metadata.size() >= kMostMetadata)
            return fail(ErrorCode::TooLarge, "says more of itself than any model", path(), kAdvice);
        if (!m_metadata.insert(std::move(*entry)).second)
            return fail(ErrorCode::Corrupt, "says something twice of itself", path(), kAgain);
        return {};
    }

    Status readGraph()
    {
        const auto& expected = m_expectedGraph;
        const auto same = [](Bytes found, const auto& message) {
            const auto text = message.SerializeAsString();
            return std::ranges::equal(found, std::as_bytes(std::span(text)));
        };
        ProtobufReader graph(m_graph);
        int nodes = 0;
        bool input = false;
        bool output = false;
        while (graph.next()) {
            if (graph.is(graph_fields::kNode, Kind::Bytes)) {
                if (nodes >= expected.node_size())
                    return anotherGraph("it has more nodes");
                if (!same(graph.bytes(), expected.node(nodes)))
                    return anotherGraph("node " + std::to_string(nodes + 1) + " differs");
                ++nodes;
            } else if (graph.is(graph_fields::kInitializer, Kind::Bytes)) {
                if (auto ok = readInitializer(graph.bytes()); !ok)
                    return ok;
            } else if (graph.is(graph_fields::kInput, Kind::Bytes)) {
                if (std::exchange(input, true) || !same(graph.bytes(), expected.input(0)))
                    return anotherGraph("it takes something else");
            } else if (graph.is(graph_fields::kOutput, Kind::Bytes)) {
                if (std::exchange(output, true) || !same(graph.bytes(), expected.output(0)))
                    return anotherGraph("it answers something else");
            } else if (graph.field() != graph_fields::kName
                && graph.field() != graph_fields::kDescription) {
                return anotherGraph("it has parts that none of them has");
            }
        }
        if (!graph.ok())
            return damaged();
        if (nodes != expected.node_size() || !input || !output || !m_hasOperations)
            return anotherGraph("a part of it is missing");
        return checkInitializers();
    }

    Status readInitializer(Bytes bytes)
    {
        Initializer tensor;
        ProtobufReader fields(bytes);
        bool named = false;
        bool filled = false;
        std::uint64_t type = 0;
        bool others = false;
        while (fields.next()) {
            if (fields.is(tensor_fields::kDims, Kind::Varint)) {
                tensor.shape.push_back(static_cast<std::int64_t>(fields.number()));
            } else if (fields.is(tensor_fields::kDims, Kind::Bytes)) {
                ProtobufReader packed(fields.bytes());
                while (tensor.shape.size() <= kMostDimensions && packed.nextNumber())
                    tensor.shape.push_back(static_cast<std::int64_t>(packed.number()));
                if (!packed.ok())
                    return damaged();
            } else if (fields.is(tensor_fields::kType, Kind::Varint)) {
                type = fields.number();
            } else if (fields.is(tensor_fields::kName, Kind::Bytes)) {
                others = others || std::exchange(named, true);
                tensor.name = fields.text();
            } else if (fields.is(tensor_fields::kRawData, Kind::Bytes)) {
                others = others || std::exchange(filled, true);
                tensor.numbers = fields.bytes();
            } else if (fields.field() != tensor_fields::kDescription) {
                // Numbers in a second place, a part of a tensor, or another file.
                others = true;
            }
            if (tensor.shape.size() > kMostDimensions)
                return impossible(tensor.name);
        }
        if (!fields.ok())
            return damaged();
        if (type != onnx::TensorProto::FLOAT || !filled || others)
            return fail(ErrorCode::Unsupported,
                "the numbers of " + shownName(tensor.name)
                    + " are not stored as Vernier's exports store them",
                path(), kAdvice);
        return take(std::move(tensor));
    }

    tl::unexpected<Error> impossible(std::string_view name) const
    {
        return fail(
            ErrorCode::Corrupt, shownName(name) + " has an impossible shape", path(), kAgain);
    }

    Status take(Initializer tensor)
    {
        std::uint64_t bytes = sizeof(float);
        for (const auto edge : tensor.shape) {
            if (edge < 1 || __builtin_mul_overflow(bytes, static_cast<std::uint64_t>(edge), &bytes))
                return impossible(tensor.name);
        }
        if (bytes != tensor.numbers.size())
            return fail(ErrorCode::Corrupt,
                shownName(tensor.name) + " has " + std::to_string(tensor.numbers.size())
                    + " bytes where its shape needs " + std::to_string(bytes),
                path(), kAgain);
        const auto expected = m_expected.find(tensor.name);
        if (expected == m_expected.end()) {
            m_unknown = tensor.name;
            return {};
        }
        const auto* given = expected->second;
        if (given
            && (!std::ranges::equal(given->dims(), tensor.shape)
                || !std::ranges::equal(
                    tensor.numbers, std::as_bytes(std::span(given->raw_data())))))
            return fail(ErrorCode::Mismatch, "says two different things of its normalization",
                path(), kAgain);
        const auto name = shownName(tensor.name);
        if (!add({ std::move(tensor.name), DType::F32, std::move(tensor.shape) }))
            return fail(ErrorCode::Corrupt, "the name " + name + " comes twice", path(), kAgain);
        m_numbers.push_back(tensor.numbers);
        return {};
    }

    Status checkInitializers() const
    {
        for (const auto& [name, given] : m_expected) {
            if (!find(name))
                return fail(ErrorCode::Mismatch, "has no weights for " + name, path(), kAgain);
        }
        if (!m_unknown.empty())
            return anotherGraph("it has numbers for " + shownName(m_unknown));
        return {};
    }

    std::vector<std::byte> m_bytes;
    Bytes m_graph;
    bool m_hasOperations = false; ///< it says of which version they are
    std::vector<Bytes> m_numbers; ///< of each entry
    onnx::GraphProto m_expectedGraph;
    /// What the graph takes; with the numbers that it must have where the description gives them.
    std::map<std::string, const onnx::TensorProto*> m_expected;
    std::string m_unknown; ///< a name that nothing takes
};

} // namespace

Result<std::unique_ptr<WeightFile>> openOnnxModel(const std::filesystem::path& path)
{
    return openOnnxFile<OnnxModel>(path);
}

} // namespace vernier
