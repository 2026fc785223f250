#pragma once

#include "core/model/architecture.h"

#include <string>

namespace vernier::layers {

/// Of a convolution or pooling, alike in both directions.
struct Window {
    int kernel = 3;
    int stride = 1;
    int padding = 0;
};

Layer conv(std::string name, std::string block, int channels, Window window, Activation activation);
Layer batchNorm(std::string name, std::string block, Activation activation);
Layer maxPool(std::string name, std::string block, Window window);
/// A layer that has nothing but its kind: flatten, average pooling, dropout.
Layer pool(std::string name, std::string block, LayerKind kind);
Layer dense(std::string name, std::string block, int outputs, Activation activation);

} // namespace vernier::layers
