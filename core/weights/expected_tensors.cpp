#include "core/weights/expected_tensors.h"

namespace vernier {

std::string shapeText(const std::vector<std::int64_t>& shape)
{
    std::string text;
    for (const auto edge : shape)
        text += (text.empty() ? "" : ", ") + std::to_string(edge);
    return "[" + text + "]";
}

bool isFloat(DType dtype)
{
    return dtype == DType::F64 || dtype == DType::F32 || dtype == DType::F16
        || dtype == DType::BF16;
}

std::vector<LayerTensor> expectedTensors(std::span<const Layer> layers, Shape input)
{
    std::vector<LayerTensor> expected;
    for (const auto& layer : layers) {
        for (auto& tensor : tensorsOf(layer, input))
            expected.push_back(std::move(tensor));
        input = outputShape(layer, input);
    }
    return expected;
}

Status checkTensors(const WeightFile& file, const std::vector<LayerTensor>& expected)
{
    for (const auto& [name, shape] : expected) {
        const auto* tensor = file.find(name);
        if (!tensor)
            return fail(ErrorCode::Mismatch, "has no weights for " + name, file.path(),
                "choose a file for this network");
        if (tensor->shape != shape)
            return fail(ErrorCode::Mismatch,
                name + " has the shape " + shapeText(tensor->shape) + ", the network needs "
                    + shapeText(shape),
                file.path(), "choose a file for this network");
        if (!isFloat(tensor->dtype))
            return fail(ErrorCode::Unsupported,
                name + " is of the type " + std::string(vernier::name(tensor->dtype))
                    + ", weights are F32, F16, BF16 or F64",
                file.path());
    }
    return {};
}

} // namespace vernier
