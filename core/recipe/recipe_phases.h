#pragma once

#include "core/recipe/recipe.h"

namespace vernier {

/// `--phase "blocks=4,5 lr=1e-5 head_lr=1e-4 epochs=5 steps=100 schedule=cosine warmup=0.1
/// patience=3"`: lr goes to the head and every block unless head_lr is given;
/// `blocks=4:1e-6,5:1e-5` gives each its own; `blocks=all`, `blocks=none`.
/// `layers=block5_conv1:0,block3_conv3:1e-6` sets single layers apart, 0 freezes. `below=0.3` gives
/// each block that share of the rate of the block above it. What the text leaves open is as in
/// `before`, the phase that it follows; a block that has no rate there, or a layer without one,
/// gets 1e-5.
Result<Phase> phaseFromText(
    std::string_view text, const Architecture& backbone, const Phase& before);

/// The recipe with these phases in place of its own, each in the form of phaseFromText and like the
/// one before it where its text leaves something open. No text leaves the recipe as it is.
Result<Recipe> withPhases(const Recipe& recipe, const std::vector<std::string>& texts);

} // namespace vernier
