#pragma once

// Private to core: includes LibTorch.

#include "core/model/network.h"
#include "core/training/recipe.h"

namespace vernier {

/// The backbone's weights that a recipe starts from; random ones are those that the network has.
Status loadPretrained(Network& network, const Recipe& recipe);

/// bf16 or fp32, as a recipe's precision comes out on a device.
torch::ScalarType computeType(Precision precision, torch::Device device);

} // namespace vernier
