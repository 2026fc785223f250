#pragma once

// Plain values on purpose: this file and LibTorch never see each other's protobuf headers.

#include "core/model/model_description.h"

#include <filesystem>
#include <map>
#include <span>
#include <string>
#include <vector>

namespace vernier {

struct OnnxTensor {
    std::vector<std::int64_t> shape;
    std::span<const float> values;
};

/// Writes the model as the ONNX graph of onnx_graph.h. TooLarge beyond the 2 GiB that the format
/// can hold. Atomically.
Status writeOnnx(const std::filesystem::path& path, const ModelDescription& model,
    const std::map<std::string, OnnxTensor>& tensors,
    const std::map<std::string, std::string>& metadata);

} // namespace vernier
