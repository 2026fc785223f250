#pragma once

#include "core/recipe/recipe.h"

#include <stop_token>

namespace vernier {

/// Goes up when the same network comes to take another time: speeds that were kept are out of date.
inline constexpr int kSpeedGeneration = 2;

/// What a device reaches on a recipe's network, in multiply-adds a second; estimates of a phase's
/// cost rest on it. A training step counts three times its forward pass: backward is as much again
/// for the gradients of the weights and for those of the inputs.
struct ComputeSpeed {
    double prefix = 0; ///< convolutions, forward only
    double suffix = 0; ///< convolutions, in a training step
    double head = 0; ///< the head in a training step, the optimizer's work included
};

/// Runs a few small batches of noise through the recipe's network with random weights, on the
/// calling thread, in the recipe's device and precision: some seconds on a laptop.
Result<ComputeSpeed> measureSpeed(const Recipe& recipe, std::stop_token stop);

} // namespace vernier
