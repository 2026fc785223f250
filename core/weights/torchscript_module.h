#pragma once

#include "core/weights/state_dict.h"

#include <map>
#include <string>
#include <vector>

namespace vernier {

/// What the module of a TorchScript file that Vernier wrote holds beside its code: exporting's
/// torchscript_writer.h says what.
struct TorchScriptModule {
    std::vector<PickledTensor> tensors; ///< "block1_conv1.weight", "mean"
    std::map<std::string, std::string> metadata; ///< as modelMetadata gives it
};

/// Unsupported for a module that is built otherwise, Corrupt for a name that comes twice.
Result<TorchScriptModule> torchScriptModuleOf(
    const Pickle& pickle, const std::filesystem::path& file);

} // namespace vernier
