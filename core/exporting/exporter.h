#pragma once

#include "core/base/progress.h"
#include "core/base/result.h"
#include "core/dataset/snapshot.h"

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace vernier {

enum class ExportFormat : std::uint8_t { TorchScript, Onnx, Safetensors };
std::string_view name(ExportFormat format); ///< "torchscript", "onnx", "safetensors"
Result<ExportFormat> exportFormatFromName(std::string_view name);
std::string_view extension(ExportFormat format); ///< ".pt", ".onnx", ".safetensors"

/// The written file was loaded back by an independent reader and run on `count` pictures;
/// differences are of probabilities.
struct ParityReport {
    int count = 0;
    bool noise = false; ///< on painted noise, since no picture was there to be read
    double maxDifference = 0;
    std::string reader; ///< "LibTorch", "OpenCV dnn"
};

struct ExportReport {
    std::filesystem::path file;
    ExportFormat format = ExportFormat::Onnx;
    std::uint64_t bytes = 0;
    ParityReport parity;
};

inline constexpr double kMaxParityDifference = 1e-3;
inline constexpr int kParityPictures = 16;

/// Writes the run's best weights as a model of its own: classes, input size, geometry and
/// normalization travel inside. TorchScript and ONNX take 0..255 RGB float [N,3,H,W], normalize
/// themselves and answer probabilities [N,K]. The file is written under a temporary name, read back
/// and compared on up to 16 of `pictures` (paths; painted noise where there are none); a difference
/// over kMaxParityDifference is Mismatch and no file is left; nor, after the next export into that
/// folder, of one that was killed. `file`.report.json is written beside it. Input [N,3,H,W] named
/// image, output probabilities.
Result<ExportReport> exportModel(const std::filesystem::path& run, ExportFormat format,
    const std::filesystem::path& file, const std::vector<std::filesystem::path>& pictures,
    std::stop_token stop = {}, const ProgressSink& progress = {});

/// What a run's export is compared on: its pictures that did not train it, or else those that did.
std::vector<std::filesystem::path> parityPictures(const DatasetSnapshot& dataset);

std::string toJson(const ExportReport& report);

} // namespace vernier
