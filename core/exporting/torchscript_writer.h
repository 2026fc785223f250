#pragma once

// Private to core: includes LibTorch.

#include "core/model/network.h"

namespace vernier {

/// Source of `forward(image)`, from the layer list: 0..255 RGB in, probabilities out.
std::string torchScriptSource(const ModelDescription& model, const std::vector<Layer>& layers);

/// Writes the network as a TorchScript file that needs nothing but LibTorch or PyTorch. Attributes:
/// those of modelMetadata as texts, but `classes` as a list of texts. Atomically.
Status writeTorchScript(const std::filesystem::path& path, const Network& network, int epoch);

} // namespace vernier
