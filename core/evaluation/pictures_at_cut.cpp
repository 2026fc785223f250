#include "core/evaluation/pictures_at_cut.h"

#include "core/features/file_pictures.h"
#include "core/features/recipe_features.h"

#include <algorithm>

namespace vernier {

std::size_t lowestCut(const Recipe& recipe, const Network& network)
{
    auto cut = network.backboneLayers().size();
    for (const auto& phase : recipe.phases)
        cut = std::min(cut, cutOf(network, phase.plan));
    return cut;
}

Result<std::vector<ScanProblem>> eachAtCut(const CutPass& pass,
    const std::vector<std::size_t>& images,
    const std::function<void(const std::vector<std::size_t>&, const torch::Tensor&)>& take,
    const std::stop_token& stop, const ProgressSink& progress)
{
    const torch::NoGradGuard noGrad;
    RecipeFeatures features(pass.placed, pass.dataset, pass.recipe, pass.cache, filePictures, {});
    const auto source = features.source(pass.cut);
    std::vector<Sample> order;
    for (const auto image : images)
        order.push_back({ image, std::nullopt, true });
    if (auto known = features.pictures().learnContents(images, stop, progress); !known)
        return tl::unexpected(known.error());
    if (auto begun = source->begin(std::move(order), stop); !begun)
        return tl::unexpected(begun.error());
    const auto total = source->left();
    while (source->left() > 0) {
        if (stop.stop_requested())
            return cancelled();
        const auto batch = source->next(pass.recipe.batchSize, stop);
        if (!batch)
            return tl::unexpected(batch.error());
        if (batch->features.defined())
            take(batch->images, batch->features);
        if (progress)
            progress({ pass.stage, total - source->left(), total });
    }
    std::vector<ScanProblem> problems;
    for (const auto& [image, reason] : source->unreadable())
        problems.push_back({ pass.dataset.images[image].path, reason });
    return problems;
}

} // namespace vernier
