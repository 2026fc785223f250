#include "core/features/recipe_features.h"

#include "core/features/feature_store.h"
#include "core/recipe/pretrained.h"

namespace vernier {

RecipeFeatures::RecipeFeatures(const PlacedNetwork& placed, const DatasetSnapshot& dataset,
    const Recipe& recipe, FeatureCache& cache, const PictureSourceMaker& pictures,
    const Options& options)
    : m_network(placed.network), m_dataset(dataset), m_store(cache.store())
{
    const int size = m_network.description().inputSize;
    m_store.startRun();
    m_pictures = pictures(dataset,
        { size, recipe.geometry, recipe.augmentation.fill, options.threads }, m_store.pictures());
    if (options.freshViews)
        m_pool = PicturePool::forViews(placed.device, size, *options.freshViews);
    m_options.geometry = recipe.geometry;
    m_options.fill = recipe.augmentation.fill;
    m_options.dtype = computeType(recipe.precision, placed.device);
    m_options.device = placed.device;
    m_options.pool = m_pool.get();
    m_options.micro = options.micro;
}

std::unique_ptr<FeatureSource> RecipeFeatures::source(std::size_t cut)
{
    auto options = m_options;
    options.cut = cut;
    return std::make_unique<FeatureSource>(m_network, m_dataset, m_store, *m_pictures, options);
}

} // namespace vernier
