#include "core/features/preparation.h"

#include "core/features/file_pictures.h"
#include "core/features/recipe_features.h"
#include "core/features/views.h"
#include "core/model/kept_memory.h"
#include "core/model/torch_error.h"
#include "core/recipe/pretrained.h"

#include <algorithm>

namespace vernier {

namespace {

/// Those that the passes of a run will ask for.
std::vector<std::size_t> usedImages(const DatasetSnapshot& dataset, const Recipe& recipe)
{
    auto used = drawnTrainingPictures(dataset, recipe.perClass, recipe.seed);
    for (std::size_t i = 0; i < dataset.images.size(); ++i) {
        const auto split = dataset.images[i].split;
        if (split == Split::Validation || split == Split::Test)
            used.push_back(i);
    }
    return used;
}

/// What the passes of a run will ask for, the epochs' order apart.
std::vector<Sample> samplesOf(const DatasetSnapshot& dataset, const Recipe& recipe,
    const ViewRules& rules, PictureSource& pictures, const std::stop_token& stop)
{
    std::vector<Sample> samples;
    const bool drawn = !rules.augmentation.none();
    for (const auto i : drawnTrainingPictures(dataset, recipe.perClass, recipe.seed)) {
        if (stop.stop_requested())
            return {};
        if (!drawn)
            samples.push_back({ i, std::nullopt, true });
        for (int view = 0; drawn && view < rules.kept; ++view)
            samples.push_back({ i, keptView(rules, pictures.contentOf(i), view), true });
    }
    for (const Split split : { Split::Validation, Split::Test }) {
        for (std::size_t i = 0; i < dataset.images.size(); ++i) {
            if (dataset.images[i].split == split)
                samples.push_back({ i, std::nullopt, true });
        }
    }
    return samples;
}

Result<Prepared> prepare(const DatasetSnapshot& dataset, const Recipe& recipe, FeatureCache& cache,
    const std::stop_token& stop, const ProgressSink& progress)
{
    const auto here
        = placed(recipe.device, [&] { return startingNetwork(recipe, dataset.classes); });
    if (!here)
        return tl::unexpected(here.error());
    const auto& network = here->network;
    const int size = network.description().inputSize;
    const auto cut = cutOf(network, recipe.phases.front().plan);
    if (cut == 0)
        return Prepared {};
    RecipeFeatures features(*here, dataset, recipe, cache, filePictures, {});
    auto& pictures = features.pictures();
    if (auto known = pictures.learnContents(usedImages(dataset, recipe), stop, progress); !known)
        return tl::unexpected(known.error());
    const auto samples = samplesOf(dataset, recipe,
        viewRules(recipe, size, keptViews(recipe, !here->device.is_cpu())), pictures, stop);
    const auto source = features.source(cut);
    if (auto begun = source->begin(samples, stop); !begun)
        return tl::unexpected(begun.error());
    source->leaveOutCached();
    const auto total = source->left();
    // A stop is looked at once a batch, and somebody waits for it.
    const std::int64_t atOnce = picturesAtOnce(size);
    Prepared prepared;
    while (source->left() > 0) {
        if (stop.stop_requested())
            return cancelled();
        const auto batch = source->next(atOnce, stop);
        if (!batch)
            return tl::unexpected(batch.error());
        prepared.computed += batch->misses;
        if (progress)
            progress({ "preparing features", total - source->left(), total });
    }
    if (auto again = source->begin(samples, stop); !again)
        return tl::unexpected(again.error());
    prepared.allKept = source->missing() == 0;
    return prepared;
}

} // namespace

bool findsLoadedWeightsBelow(const Recipe& recipe, std::size_t phase)
{
    const auto backbone = findArchitecture(recipe.backbone);
    const auto transfer = backbone.and_then(
        [&](const Architecture* found) { return found->indexOf(recipe.transferLayer); });
    if (!transfer || phase >= recipe.phases.size())
        return false;
    const auto cut = [&](const Phase& each) { return cutOf(**backbone, *transfer + 1, each.plan); };
    const auto shown = recipe.phases.begin() + static_cast<std::ptrdiff_t>(phase);
    return std::all_of(recipe.phases.begin(), shown,
        [&](const Phase& before) { return cut(before) >= cut(*shown); });
}

Result<Prepared> prepareFeatures(const DatasetSnapshot& dataset, const Recipe& recipe,
    FeatureCache& cache, std::stop_token stop, const ProgressSink& progress)
{
    const KeptMemory kept;
    try {
        return prepare(dataset, recipe, cache, stop, progress);
    } catch (const std::exception& e) {
        return tl::unexpected(torchError(e, "features could not be prepared", dataset.root));
    }
}

} // namespace vernier
