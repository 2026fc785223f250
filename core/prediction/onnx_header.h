#pragma once

// Plain values on purpose: this file and OpenCV's or LibTorch's protobuf never meet.

#include "core/weights/model_metadata.h"

#include <cstddef>
#include <filesystem>
#include <span>

namespace vernier {

/// What an ONNX file says of itself, after a check that its graph is the very one that Vernier
/// writes for such a model, and that the numbers of every layer are there with their shapes. So
/// what runs it needs no trust in the file.
Result<ModelIdentity> readOnnxIdentity(
    std::span<const std::byte> bytes, const std::filesystem::path& file);

} // namespace vernier
