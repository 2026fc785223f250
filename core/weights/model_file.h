#pragma once

// Private to core: includes LibTorch.

#include "core/model/network.h"
#include "core/weights/weight_file.h"

namespace vernier {

torch::ScalarType scalarType(DType dtype);

/// Copies of a safetensors file's tensors, in their own dtype, on the CPU.
std::map<std::string, torch::Tensor> toTensors(const SafetensorsFile& file);

/// Writes tensors (made contiguous, on the CPU) with metadata; atomically.
Status writeTensors(const std::filesystem::path& path, const NamedTensors& tensors,
    const std::map<std::string, std::string>& metadata);

/// A whole model as one file: weights under Keras's names, metadata key "vernier" = the
/// description's JSON, plus the keys classes (JSON list), geometry, backbone that design.md's
/// exports carry, and "epoch".
Status writeModel(const std::filesystem::path& path, const Network& network, int epoch);
/// The same of a network whose tensors lie elsewhere; in the order of Network::state().
Status writeModel(const std::filesystem::path& path, const ModelDescription& description,
    const NamedTensors& tensors, int epoch);

struct LoadedModel {
    Network network;
    int epoch = 0;
};
/// Of a safetensors file.
Result<LoadedModel> readModel(const std::filesystem::path& path);
/// Of any file with a model's metadata and with our names and axes; only what the network needs is
/// read. Mismatch where the file does not have the numbers that its description asks for: a network
/// is never larger than its file.
Result<LoadedModel> readModel(const WeightFile& file);

} // namespace vernier
