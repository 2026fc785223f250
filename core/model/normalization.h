#pragma once

#include "core/base/result.h"

#include <array>
#include <string>
#include <string_view>
#include <vector>

namespace vernier {

/// What turns 0..255 RGB into what the weights expect. It belongs to the weights and travels with
/// every model. value = (channel / divisor - mean) / deviation, with the channels in RGB order,
/// then reversed when `bgr`.
struct Normalization {
    std::string name;
    double divisor = 1;
    std::array<double, 3> mean { 0, 0, 0 }; ///< in RGB order
    std::array<double, 3> deviation { 1, 1, 1 };
    bool bgr = false;
    bool operator==(const Normalization&) const = default;
};

/// "caffe": BGR minus (103.939, 116.779, 123.68), what Keras's VGG16 was trained on; "unit": RGB /
/// 255, what the tutorial feeds; "torch": RGB / 255, minus and over torchvision's mean and
/// deviation.
Result<Normalization> findNormalization(std::string_view name);
std::vector<std::string> normalizationNames();

} // namespace vernier
