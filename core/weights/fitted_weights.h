#pragma once

// Private to core: includes LibTorch.

#include "core/weights/weight_names.h"

#include <map>
#include <span>
#include <string>

#include "core/base/torch.h"

namespace vernier {

/// Weights under our names and with our axes; a dense layer behind a flattening takes its inputs in
/// the order in which ours are (row, column, channel), whatever theirs was.
struct FittedWeights {
    std::map<std::string, torch::Tensor> tensors; ///< in the file's own dtype, on the CPU
    Naming naming = Naming::Keras;
    std::string prefix; ///< what stood before the file's names
    bool byOrder = false; ///< the layers were told by their order, not by their names
    std::string normalization; ///< name of what they expect
};

/// Reads what `layers`, which are the architecture's from its first on, need from a file, and
/// nothing else. Mismatch names the first parameter that is missing or has another shape,
/// Unsupported one that does not hold floating-point numbers.
Result<FittedWeights> fitWeights(
    const WeightFile& file, const Architecture& architecture, std::span<const Layer> layers);

} // namespace vernier
