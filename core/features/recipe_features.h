#pragma once

// Private to core: includes LibTorch.

#include "core/features/feature_cache.h"
#include "core/features/feature_source.h"
#include "core/model/placed_network.h"
#include "core/recipe/recipe.h"

namespace vernier {

/// A recipe's way from the pictures of a dataset to their features at any cut, through the cache.
/// Training thread only.
class RecipeFeatures {
public:
    struct Options {
        int threads = 1; ///< that may get pictures ready
        /// Given: a GPU draws the views itself, and keeps the pictures of so many that are drawn
        /// anew each time.
        std::optional<std::size_t> freshViews;
        MicroBatch* micro = nullptr; ///< null: a batch goes through the prefix as a whole
    };
    /// All that is given, but the recipe and the maker, must outlive it.
    RecipeFeatures(const PlacedNetwork& placed, const DatasetSnapshot& dataset,
        const Recipe& recipe, FeatureCache& cache, const PictureSourceMaker& pictures,
        const Options& options);

    PictureSource& pictures() { return *m_pictures; }
    /// Outlived by this. Hashes the weights below the cut: to be made anew when they change.
    std::unique_ptr<FeatureSource> source(std::size_t cut);

private:
    const Network& m_network;
    const DatasetSnapshot& m_dataset;
    FeatureCache::Store& m_store;
    std::unique_ptr<PictureSource> m_pictures;
    std::unique_ptr<PicturePool> m_pool; ///< null: views are drawn on the CPU
    FeatureSource::Options m_options; ///< but for the cut
};

} // namespace vernier
