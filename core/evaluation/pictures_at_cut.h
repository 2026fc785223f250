#pragma once

// Private to core: includes LibTorch.

#include "core/base/progress.h"
#include "core/dataset/snapshot.h"
#include "core/features/feature_cache.h"
#include "core/model/placed_network.h"
#include "core/recipe/recipe.h"

#include <functional>

namespace vernier {

/// The cut of the phase that trains deepest: nothing below it has ever trained.
std::size_t lowestCut(const Recipe& recipe, const Network& network);

/// What takes pictures to a cut, see FeatureSource.
struct CutPass {
    const PlacedNetwork& placed;
    const Recipe& recipe; ///< how it wants its pictures
    const DatasetSnapshot& dataset;
    FeatureCache& cache;
    std::size_t cut = 0;
    std::string_view stage; ///< of its progress
};

/// Calls `take` for each batch with the pictures (indices into the snapshot's) and their features
/// at the cut, (n, C, H, W) on the device: from the cache where they are there, else computed and
/// kept. Gives the pictures that could not be read, which are in no batch. Cancelled when stopped.
/// Throws what LibTorch throws.
Result<std::vector<ScanProblem>> eachAtCut(const CutPass& pass,
    const std::vector<std::size_t>& images,
    const std::function<void(const std::vector<std::size_t>&, const torch::Tensor&)>& take,
    const std::stop_token& stop, const ProgressSink& progress);

} // namespace vernier
