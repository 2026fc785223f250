#include "core/features/recipe_features.h"

#include "core/recipe/pretrained.h"

namespace vernier {

PictureNeeds pictureNeeds(const Recipe& recipe, int size, int threads)
{
    return { size, recipe.geometry, recipe.augmentation.fill, threads };
}

FeatureSource::Options sourceOptions(const Recipe& recipe, std::size_t cut, torch::Device device)
{
    return { recipe.geometry, recipe.augmentation.fill, cut, computeType(recipe.precision, device),
        device };
}

} // namespace vernier
