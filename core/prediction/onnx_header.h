#pragma once

// Plain values on purpose: this file and OpenCV's or LibTorch's protobuf never meet.

#include "core/weights/model_metadata.h"

#include <cstddef>
#include <filesystem>
#include <span>

namespace vernier {

/// What an ONNX file says of itself, after a check that it is a graph of the kind that Vernier
/// writes: the numbers of every layer there with their shapes and inside the file, and no operators
/// but those that a layer list turns into. So what runs it needs no trust in the file.
Result<ModelIdentity> readOnnxIdentity(
    std::span<const std::byte> bytes, const std::filesystem::path& file);

} // namespace vernier
