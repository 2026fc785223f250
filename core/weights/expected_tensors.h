#pragma once

#include "core/model/architecture.h"
#include "core/weights/weight_file.h"

#include <span>
#include <string>
#include <vector>

namespace vernier {

/// What consecutive layers need of a file, in layer order.
std::vector<LayerTensor> expectedTensors(std::span<const Layer> layers, Shape input);

/// Mismatch naming the first tensor that is missing or has another shape, Unsupported for one that
/// does not hold floating-point numbers. Tensors that nobody expects are no fault.
Status checkTensors(const WeightFile& file, const std::vector<LayerTensor>& expected);

/// "[64, 3, 3, 3]"
std::string shapeText(const std::vector<std::int64_t>& shape);

/// F64, F32, F16 or BF16.
bool isFloat(DType dtype);

} // namespace vernier
