#pragma once

#include "core/base/reader_process.h"
#include "core/weights/weight_file.h"

namespace vernier {

// Each is given a regular file of at most kMaxWeightFileBytes that begins as its format does.

Result<std::unique_ptr<WeightFile>> openSafetensors(const std::filesystem::path& path);
Result<std::unique_ptr<WeightFile>> openPyTorchZip(const std::filesystem::path& path);
/// The format before PyTorch 1.6: pickles, and the numbers behind them.
Result<std::unique_ptr<WeightFile>> openPyTorchLegacy(const std::filesystem::path& path);
/// A model that Vernier exported as TorchScript: the attributes and tensors of its module. The code
/// beside them is not looked at.
Result<std::unique_ptr<WeightFile>> openTorchScriptWeights(const std::filesystem::path& path);
/// Entries are named as in our own files, "block1_conv1.weight", whichever Keras wrote the file.
/// `part` is all of the file, or a record of an archive; `reader` is another one only in tests. Of
/// a .keras that record, the weights, is all that is read: its config.json says what computes,
/// which is the recipe's to say here, and of the layers nothing that their names, their numbers and
/// their shapes do not say. Where those do not tell which is which, the file is refused.
Result<std::unique_ptr<WeightFile>> openKeras(const std::filesystem::path& path, FilePart part,
    const std::filesystem::path& reader = readerProgram());
/// A model that Vernier exported as ONNX: its initializers, once its graph is known to be the one
/// that its description gives.
Result<std::unique_ptr<WeightFile>> openOnnxModel(const std::filesystem::path& path);
Result<std::unique_ptr<WeightFile>> openOnnxWeights(const std::filesystem::path& path);

} // namespace vernier
