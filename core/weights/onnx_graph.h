#pragma once

// Includes ONNX's protobuf headers: never in one file with LibTorch's.

#include "core/model/model_description.h"

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include <onnx/onnx_pb.h>

namespace vernier {

inline constexpr const char* kOnnxInput = "image";
inline constexpr const char* kOnnxOutput = "probabilities";
/// The version of ONNX's operations that the graph is made of: old enough for OpenCV 4.6, new
/// enough that Softmax means what it says.
inline constexpr int kOnnxOpset = 13;

/// The graph that a model is, less the numbers of its layers: `image`, float [N, 3, size, size],
/// RGB 0..255, in; `probabilities` [N, classes] out. The normalization is a 1x1 convolution in
/// front, which every reader knows and which puts the channels in order in the same step.
onnx::GraphProto onnxGraph(const ModelDescription& model, const std::vector<Layer>& layers);

void addOnnxTensor(onnx::GraphProto& graph, const std::string& name,
    std::span<const std::int64_t> shape, std::span<const float> values);

} // namespace vernier
