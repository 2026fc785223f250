#pragma once

#include "core/base/progress.h"
#include "core/dataset/snapshot.h"
#include "core/features/feature_cache.h"
#include "core/recipe/recipe.h"

namespace vernier {

struct Prepared {
    std::int64_t computed = 0; ///< pictures, or views of them
    bool allKept = true; ///< false where the cache had no room for all
};

/// A phase finds below its cut what the recipe's weights have there: no phase before it trains
/// anything below. What it needs can then be prepared before those are trained.
bool findsLoadedWeightsBelow(const Recipe& recipe, std::size_t phase);

/// Computes what the first phase of `recipe` will need below its cut and puts it into `cache`, on
/// the calling thread, in small batches: pictures to train on first, then validation and test.
/// Views that a recipe draws fresh in every epoch cannot be prepared and are left out, pictures
/// that cannot be read too. What is cached already is not even read. Cancelled when stopped, and
/// what was computed so far is kept. Progress counts what is to be computed.
Result<Prepared> prepareFeatures(const DatasetSnapshot& dataset, const Recipe& recipe,
    FeatureCache& cache, std::stop_token stop, const ProgressSink& progress);

} // namespace vernier
