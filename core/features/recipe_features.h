#pragma once

// Private to core: includes LibTorch.

#include "core/features/feature_source.h"
#include "core/recipe/recipe.h"

namespace vernier {

/// How a recipe wants its pictures, for a network of that size; `threads` may get them ready.
PictureNeeds pictureNeeds(const Recipe& recipe, int size, int threads = 1);

/// How it wants their features at a cut; without a pool, and each batch as a whole.
FeatureSource::Options sourceOptions(const Recipe& recipe, std::size_t cut, torch::Device device);

} // namespace vernier
