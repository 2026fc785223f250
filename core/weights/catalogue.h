#pragma once

#include "core/base/result.h"

#include <filesystem>
#include <string>
#include <vector>

namespace vernier {

/// A weight file that Vernier knows by name.
struct KnownWeights {
    std::string name; ///< "imagenet"
    std::string backbone;
    std::string file; ///< below weights/ in resourceDir()
    std::string sha256; ///< verified at load
    std::string licence;
    std::string about;
};
const std::vector<KnownWeights>& knownWeights();

/// Path of a built-in weight file, its SHA-256 verified (once a process and state of the file).
/// Corrupt when it does not match. Thread-safe.
Result<std::filesystem::path> builtInWeights(const std::string& name);

/// What a recipe's "imagenet" stands for with a backbone: the built-in file where there is one,
/// else what was fetched; NotFound says what to fetch.
Result<std::filesystem::path> imagenetWeights(const std::string& backbone);
/// They come with Vernier.
bool hasBuiltInWeights(const std::string& backbone);

struct ImportedWeights {
    double error = 0; ///< largest relative one that fp16 brings: |a - b| over the tensor's |a|
    std::string normalization; ///< name of what they expect; also in the written file
    std::string naming; ///< whose names the file had: "Keras", "torchvision", "timm"
    std::string format; ///< "safetensors", "PyTorch", "Keras", "ONNX"
    std::string prefix; ///< what stood before each of those names and was left out: "module."
    bool byOrder = false; ///< it had none of those names: layers were told by their order
};

/// Converts a file that openWeights() reads to fp16 under our names, checks every shape against the
/// backbone, and writes it atomically; tensors that the backbone lacks are left out. A value that
/// fp16 cannot hold, or that is no finite number, is refused.
Result<ImportedWeights> importWeights(const std::filesystem::path& from,
    const std::string& backbone, const std::filesystem::path& to);

} // namespace vernier
