#include "core/weights/onnx_file.h"
#include "core/weights/onnx_order.h"
#include "core/weights/weight_formats.h"

#include <algorithm>
#include <optional>
#include <utility>

namespace vernier {

namespace {

using Kind = ProtobufReader::Kind;
using Bytes = std::span<const std::byte>;

constexpr const char* kDamaged = "copy or download the file again";
constexpr std::size_t kMostDimensions = 16;
constexpr std::size_t kMostTensors = 100'000;
constexpr std::size_t kMostMetadata = 1000;

std::optional<DType> dtypeOf(std::uint64_t type)
{
    switch (type) {
    case 1:
        return DType::F32;
    case 10:
        return DType::F16;
    case 11:
        return DType::F64;
    case 16:
        return DType::BF16;
    default:
        return std::nullopt;
    }
}

/// A TensorProto whose numbers lie where they are.
struct Tensor {
    std::string_view name;
    std::uint64_t type = 0;
    std::vector<std::int64_t> shape;
    bool lengthsFit = true; ///< no edge below 1, not too many of them
    bool elsewhere = false; ///< in another file
    Bytes numbers;
    // Of what there is more than once, two programs could take the first or the last.
    int names = 0;
    int pieces = 0; ///< that the numbers come in
};

/// TensorProto's fields float_data, int32_data, string_data, int64_data, raw_data, double_data and
/// uint64_data.
bool isNumbers(std::uint64_t field)
{
    return (field >= 4 && field <= 7) || (field >= 9 && field <= 11);
}

/// None for what is no tensor.
std::optional<Tensor> readTensor(Bytes message)
{
    Tensor tensor;
    const auto addEdge = [&](std::uint64_t edge) {
        tensor.lengthsFit = tensor.lengthsFit && tensor.shape.size() < kMostDimensions && edge > 0
            && edge < std::uint64_t { 1 } << 40;
        if (tensor.lengthsFit)
            tensor.shape.push_back(static_cast<std::int64_t>(edge));
    };
    ProtobufReader fields(message);
    while (fields.next()) {
        if (fields.is(1, Kind::Varint)) {
            addEdge(fields.number());
        } else if (fields.is(1, Kind::Bytes)) {
            ProtobufReader edges(fields.bytes());
            while (edges.nextNumber())
                addEdge(edges.number());
            if (!edges.ok())
                return std::nullopt;
        } else if (fields.is(2, Kind::Varint)) {
            tensor.type = fields.number();
        } else if (fields.is(8, Kind::Bytes)) {
            tensor.name = fields.text();
            ++tensor.names;
        } else if (fields.is(9, Kind::Bytes) || fields.is(4, Kind::Bytes)
            || fields.is(10, Kind::Bytes)) {
            tensor.numbers = fields.bytes();
            ++tensor.pieces;
        } else if (isNumbers(fields.field())) {
            ++tensor.pieces;
        } else if (fields.field() == 13 || (fields.is(14, Kind::Varint) && fields.number() != 0)) {
            tensor.elsewhere = true;
        }
    }
    return fields.ok() ? std::optional(std::move(tensor)) : std::nullopt;
}

class OnnxFile : public WeightFile {
public:
    OnnxFile(const std::filesystem::path& path, std::vector<std::byte> bytes)
        : WeightFile(path, "ONNX"), m_bytes(std::move(bytes))
    {
    }

    Status open()
    {
        ProtobufReader model(m_bytes);
        std::string producer;
        Bytes graph;
        bool hasGraph = false;
        bool isOne = true;
        while (model.next()) {
            if (model.is(2, Kind::Bytes)) {
                producer = model.text().substr(0, 80);
            } else if (model.is(7, Kind::Bytes)) {
                isOne = isOne && !std::exchange(hasGraph, true);
                graph = model.bytes();
            } else if (model.is(14, Kind::Bytes)) {
                if (auto ok = readMetadata(model.bytes()); !ok)
                    return ok;
            } else if (model.field() == 25) {
                // Such a function may stand for any operation, also under a name of ONNX's own.
                m_ordering.refuse("the graph has operations of its own making");
            }
        }
        if (!model.ok())
            return damaged();
        // To protobuf they are one, of which others may take the last.
        if (!isOne)
            return fail(ErrorCode::Corrupt, "has its graph in two parts", path(), kDamaged);
        if (auto ok = readGraph(graph); !ok)
            return ok;
        if (entries().empty())
            return fail(ErrorCode::Unsupported, "holds no weights (initializers or constants)",
                path(), "choose an ONNX file with its weights inside");
        m_order = m_ordering.order(producer, m_metadata);
        return {};
    }

    Status read(std::size_t index, std::span<std::byte> into) const override
    {
        std::ranges::copy(m_numbers[index], into.begin());
        return {};
    }

private:
    tl::unexpected<Error> damaged() const { return noOnnxFile(path()); }

    Status readMetadata(Bytes message)
    {
        auto entry = readOnnxEntry(message);
        if (!entry)
            return damaged();
        if (m_metadata.size() < kMostMetadata && !m_metadata.insert(std::move(*entry)).second)
            return fail(ErrorCode::Corrupt, "says something twice of itself", path(), kDamaged);
        return {};
    }

    Status readGraph(Bytes message)
    {
        // Initializers may stand behind the nodes that take them.
        for (const bool nodes : { false, true }) {
            ProtobufReader graph(message);
            while (graph.next()) {
                Status ok;
                if (!nodes && graph.is(5, Kind::Bytes))
                    ok = takeTensor(graph.bytes(), {});
                else if (nodes && graph.is(1, Kind::Bytes))
                    ok = readNode(graph.bytes());
                if (!ok)
                    return ok;
            }
            if (!graph.ok())
                return damaged();
        }
        return {};
    }

    Status readNode(Bytes message)
    {
        auto node = readOnnxNode(message);
        if (!node)
            return damaged();
        if (node->is("Constant") && node->isWhole && node->outputs.size() == 1
            && node->attributes.size() == 1) {
            const auto& value = node->attributes.front();
            if (value.name == "value" && value.isPlain && value.tensor)
                return takeTensor(*value.tensor, node->outputs.front());
        }
        m_ordering.add(*node);
        return {};
    }

    /// `name` where the tensor does not have its own.
    Status takeTensor(Bytes message, std::string_view name)
    {
        const auto tensor = readTensor(message);
        if (!tensor)
            return damaged();
        WeightEntry entry { std::string(name.empty() ? tensor->name : name), DType::F32, {} };
        if (tensor->names > 1)
            return fail(
                ErrorCode::Corrupt, shownName(entry.name) + " has a second name", path(), kDamaged);
        m_ordering.addConstant(entry.name);
        const auto dtype = dtypeOf(tensor->type);
        // Shapes and the like, which graphs keep beside their weights.
        if (!dtype)
            return {};
        entry.dtype = *dtype;
        const auto shown = shownName(entry.name);
        if (tensor->elsewhere)
            return fail(ErrorCode::Unsupported,
                "keeps the numbers of " + shown + " in another file", path(),
                "save it with its weights inside (save_as_external_data=False)");
        if (tensor->pieces > 1)
            return fail(ErrorCode::Corrupt, "has the numbers of " + shown + " more than once",
                path(), kDamaged);
        std::uint64_t bytes = size(entry.dtype);
        bool possible = tensor->lengthsFit;
        for (const auto edge : tensor->shape)
            possible = possible
                && !__builtin_mul_overflow(bytes, static_cast<std::uint64_t>(edge), &bytes);
        if (!possible)
            return fail(ErrorCode::Corrupt, shown + " has an impossible shape", path(), kDamaged);
        entry.shape = tensor->shape;
        if (const auto has = tensor->numbers.size(); has != bytes)
            return fail(ErrorCode::Corrupt,
                shown + " has " + std::to_string(has) + " bytes where its shape needs "
                    + std::to_string(bytes),
                path(), kDamaged);
        if (m_numbers.size() >= kMostTensors)
            return fail(ErrorCode::TooLarge, "has too many tensors", path(), kDamaged);
        if (!add(std::move(entry)))
            return fail(ErrorCode::Corrupt, "the name " + shown + " comes twice", path(), kDamaged);
        m_numbers.push_back(tensor->numbers);
        return {};
    }

    const std::vector<std::byte> m_bytes;
    std::vector<Bytes> m_numbers; ///< of each entry
    OnnxOrder m_ordering;
};

} // namespace

Result<std::unique_ptr<WeightFile>> openOnnxWeights(const std::filesystem::path& path)
{
    return openOnnxFile<OnnxFile>(path);
}

} // namespace vernier
