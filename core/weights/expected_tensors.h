#pragma once

#include "core/model/architecture.h"
#include "core/weights/safetensors.h"

#include <span>
#include <string>
#include <vector>

namespace vernier {

/// A tensor that layers need: "block1_conv1.weight", convolution (out, in, h, w), dense (out, in).
struct ExpectedTensor {
    std::string name;
    std::vector<std::int64_t> shape;
};

/// In layer order, weight before bias.
std::vector<ExpectedTensor> expectedTensors(std::span<const Layer> layers, Shape input);

/// Mismatch naming the first tensor that is missing or has another shape, Unsupported for one that
/// does not hold floating-point numbers. Tensors that nobody expects are no fault.
Status checkTensors(const SafetensorsFile& file, const std::vector<ExpectedTensor>& expected);

/// "[64, 3, 3, 3]"
std::string shapeText(const std::vector<std::int64_t>& shape);

/// F64, F32, F16 or BF16.
bool isFloat(DType dtype);

} // namespace vernier
