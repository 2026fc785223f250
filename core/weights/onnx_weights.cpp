#include "core/weights/onnx_graph.h"
#include "core/weights/weight_formats.h"

#include <algorithm>
#include <cstring>
#include <fstream>
#include <limits>
#include <new>
#include <optional>

namespace vernier {

namespace {

constexpr const char* kDamaged = "copy or download the file again";

std::optional<DType> dtypeOf(int type)
{
    switch (type) {
    case onnx::TensorProto::FLOAT:
        return DType::F32;
    case onnx::TensorProto::DOUBLE:
        return DType::F64;
    case onnx::TensorProto::FLOAT16:
        return DType::F16;
    case onnx::TensorProto::BFLOAT16:
        return DType::BF16;
    default:
        return std::nullopt;
    }
}

class OnnxFile : public WeightFile {
public:
    OnnxFile(const std::filesystem::path& path, std::unique_ptr<onnx::ModelProto> model)
        : WeightFile(path, "ONNX"), m_model(std::move(model))
    {
        for (const auto& entry : m_model->metadata_props())
            m_metadata[entry.key()] = entry.value();
    }

    Status open()
    {
        for (const auto& tensor : m_model->graph().initializer()) {
            const auto dtype = dtypeOf(tensor.data_type());
            // Shapes and the like, which graphs keep beside their weights.
            if (!dtype)
                continue;
            if (auto ok = take(tensor, *dtype); !ok)
                return ok;
        }
        if (entries().empty())
            return fail(ErrorCode::Unsupported, "holds no weights (initializers)", path(),
                "choose an ONNX file with its weights inside");
        return {};
    }

    Status read(std::size_t index, std::span<std::byte> into) const override
    {
        std::ranges::copy(numbersOf(*m_tensors[index]), into.begin());
        return {};
    }

private:
    static std::span<const std::byte> numbersOf(const onnx::TensorProto& tensor)
    {
        if (tensor.has_raw_data())
            return std::as_bytes(std::span(tensor.raw_data()));
        if (tensor.data_type() == onnx::TensorProto::DOUBLE)
            return std::as_bytes(std::span(
                tensor.double_data().data(), static_cast<std::size_t>(tensor.double_data_size())));
        return std::as_bytes(std::span(
            tensor.float_data().data(), static_cast<std::size_t>(tensor.float_data_size())));
    }

    Status take(const onnx::TensorProto& tensor, DType dtype)
    {
        WeightEntry entry { tensor.name(), dtype, {} };
        const auto shown = tensor.name().substr(0, 80);
        if (tensor.data_location() == onnx::TensorProto::EXTERNAL
            || tensor.external_data_size() > 0)
            return fail(ErrorCode::Unsupported,
                "keeps the numbers of " + shown + " in another file", path(),
                "save it with its weights inside (save_as_external_data=False)");
        std::uint64_t bytes = size(dtype);
        for (const auto edge : tensor.dims()) {
            if (edge < 1 || __builtin_mul_overflow(bytes, static_cast<std::uint64_t>(edge), &bytes))
                return fail(
                    ErrorCode::Corrupt, shown + " has an impossible shape", path(), kDamaged);
            entry.shape.push_back(edge);
        }
        if (const auto has = numbersOf(tensor).size(); has != bytes)
            return fail(ErrorCode::Corrupt,
                shown + " has " + std::to_string(has) + " bytes where its shape needs "
                    + std::to_string(bytes),
                path(), kDamaged);
        if (!add(std::move(entry)))
            return fail(ErrorCode::Corrupt, "the name " + shown + " comes twice", path(), kDamaged);
        m_tensors.push_back(&tensor);
        return {};
    }

    std::unique_ptr<onnx::ModelProto> m_model;
    std::vector<const onnx::TensorProto*> m_tensors; ///< of each entry
};

} // namespace

Result<std::unique_ptr<WeightFile>> openOnnxWeights(const std::filesystem::path& path)
{
    const auto damaged = [&](const std::string& why) {
        return fail(ErrorCode::Corrupt, "is no ONNX file, or is cut off" + why, path, kDamaged);
    };
    try {
        std::error_code error;
        if (std::filesystem::file_size(path, error) > std::numeric_limits<int>::max() || error)
            return fail(ErrorCode::TooLarge, "is larger than an ONNX file can be", path);
        auto model = std::make_unique<onnx::ModelProto>();
        std::ifstream stream(path, std::ios::binary);
        if (!model->ParseFromIstream(&stream))
            return damaged("");
        auto file = std::make_unique<OnnxFile>(path, std::move(model));
        if (auto ok = file->open(); !ok)
            return tl::unexpected(ok.error());
        return file;
    } catch (const std::bad_alloc&) {
        return fail(ErrorCode::OutOfMemory, "the model does not fit into memory", path,
            "close other programs and try again");
    } catch (const google::protobuf::FatalException& e) {
        return damaged(std::string(": ") + e.what());
    }
}

} // namespace vernier
