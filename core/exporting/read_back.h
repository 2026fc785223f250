#pragma once

#include "core/base/result.h"
#include "core/image/picture.h"

#include <filesystem>
#include <memory>
#include <vector>

namespace vernier {

/// An exported file in the hands of a reader that shares nothing with what wrote it, so that an
/// export is proven by more than our own word. TorchScript and ONNX are programs: this is for the
/// file that was written a moment ago, never for one from outside, which Predictor reads as data.
class ReadBack {
public:
    virtual ~ReadBack() = default;
    /// `picture` is of the model's size.
    virtual Result<std::vector<float>> probabilities(const Picture& picture) = 0;
};

/// By LibTorch.
Result<std::unique_ptr<ReadBack>> readBackTorchScript(const std::filesystem::path& file);
/// By OpenCV's dnn.
Result<std::unique_ptr<ReadBack>> readBackOnnx(const std::filesystem::path& file);

} // namespace vernier
