#pragma once

// Private to core: includes LibTorch.

#include "core/model/network.h"
#include "core/recipe/recipe.h"

namespace vernier {

/// A network as a recipe starts with it: the backbone's weights are those that it names, the rest
/// is drawn from its seed. On the CPU.
Result<Network> startingNetwork(const Recipe& recipe, const ModelDescription& description);
/// The same, of what it describes for these classes.
Result<Network> startingNetwork(const Recipe& recipe, const std::vector<std::string>& classes);

/// bf16 or fp32, as a recipe's precision comes out on a device.
torch::ScalarType computeType(Precision precision, torch::Device device);

} // namespace vernier
