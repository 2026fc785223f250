#include "core/training/rate_finder.h"

#include "core/base/random.h"
#include "core/features/file_pictures.h"
#include "core/features/recipe_features.h"
#include "core/features/views.h"
#include "core/model/devices.h"
#include "core/model/kept_memory.h"
#include "core/model/torch_error.h"
#include "core/recipe/pretrained.h"
#include "core/training/checkpoint.h"
#include "core/training/rate_sweep.h"

namespace vernier {

namespace {

constexpr std::uint64_t kShuffle = 16; // part of the random numbers' key: what they are for

/// Batches of the training pictures, shuffled anew in each pass.
class Passes {
public:
    Passes(FeatureSource& source, const DatasetSnapshot& dataset, const Recipe& recipe,
        const ViewRules& views, PictureSource& pictures, std::stop_token stop)
        : m_source(source)
        , m_recipe(recipe)
        , m_views(views)
        , m_pictures(pictures)
        , m_root(dataset.root)
        , m_stop(std::move(stop))
        , m_images(drawnTrainingPictures(dataset, recipe.perClass, recipe.seed))
    {
    }

    Result<Batch> next()
    {
        // A pass without a readable picture would be followed by another.
        for (int begun = 0; begun < 2;) {
            if (m_source.left() == 0) {
                ++begun;
                if (auto ok = begin(); !ok)
                    return tl::unexpected(ok.error());
            }
            auto batch = m_source.next(m_recipe.batchSize, m_stop);
            if (!batch || batch->features.defined())
                return batch;
        }
        return fail(ErrorCode::Unreadable, "none of the training pictures can be read", m_root,
            "look at the list of problems on the Data page");
    }

private:
    Status begin()
    {
        Random random { m_recipe.seed, kShuffle, static_cast<std::uint64_t>(m_pass) };
        random.shuffle(m_images);
        std::vector<Sample> order;
        for (const auto image : m_images) {
            if (m_stop.stop_requested())
                return cancelled();
            order.push_back({ image,
                viewInEpoch(
                    m_views, image, [&] { return m_pictures.contentOf(image); }, m_pass),
                m_views.kept > 0 });
        }
        ++m_pass;
        return m_source.begin(std::move(order), m_stop);
    }

    FeatureSource& m_source;
    const Recipe& m_recipe;
    const ViewRules m_views;
    PictureSource& m_pictures;
    const std::filesystem::path m_root;
    const std::stop_token m_stop;
    std::vector<std::size_t> m_images;
    int m_pass = 0;
};

Result<Network> networkToTry(
    const DatasetSnapshot& dataset, const Recipe& recipe, const std::filesystem::path& run)
{
    if (run.empty())
        return startingNetwork(recipe, dataset.classes);
    const auto description = describeModel(recipe, dataset.classes);
    if (!description)
        return tl::unexpected(description.error());
    const auto standing = readRun(run);
    if (!standing)
        return tl::unexpected(standing.error());
    const auto resume = readResume(run, standing->recipe);
    if (!resume)
        return tl::unexpected(resume.error());
    auto model = readModelOfEpoch(run / run_files::kLast, resume->counters.epoch);
    if (!model)
        return tl::unexpected(model.error());
    if (model->network.description() != *description)
        return fail(ErrorCode::Mismatch,
            "holds a model of other classes, another head or other pictures",
            run / run_files::kLast, "start from the recipe's weights");
    if (auto ok = adoptAverages(*resume, model->network, run); !ok)
        return tl::unexpected(ok.error());
    return std::move(model->network);
}

Result<RateSweep> find(const DatasetSnapshot& dataset, const Recipe& recipe, std::size_t phase,
    const std::filesystem::path& run, FeatureCache& cache, const RateSweepOptions& options,
    const std::stop_token& stop, const ProgressSink& progress)
{
    if (auto ok = check(recipe); !ok)
        return tl::unexpected(ok.error());
    if (dataset.count(Split::Train) == 0)
        return fail(ErrorCode::Invalid, "holds no picture to train on", dataset.root,
            "add a folder for each class");
    const auto here = placed(recipe.device, [&] { return networkToTry(dataset, recipe, run); });
    if (!here)
        return tl::unexpected(here.error());
    const auto& network = here->network;
    const bool onGpu = !here->device.is_cpu();

    const auto& plan = recipe.phases[std::min(phase, recipe.phases.size() - 1)].plan;
    const auto images = drawnTrainingPictures(dataset, recipe.perClass, recipe.seed);
    const int views = keptViews(recipe, onGpu);
    RecipeFeatures features(*here, dataset, recipe, cache, filePictures,
        { loaderThreads(onGpu), views == 0 ? images.size() : 0 });
    const auto source = features.source(cutOf(network, plan));
    if (views > 0) {
        if (auto known = features.pictures().learnContents(images, stop, progress); !known)
            return tl::unexpected(known.error());
    }
    Passes passes(*source, dataset, recipe,
        viewRules(recipe, network.description().inputSize, views), features.pictures(), stop);
    return sweepRates(
        network, plan, recipe, lossRules(recipe, dataset, images, here->device),
        [&] { return passes.next(); }, options, stop, progress);
}

} // namespace

Result<RateSweep> findRate(const DatasetSnapshot& dataset, const Recipe& recipe, std::size_t phase,
    const std::filesystem::path& run, FeatureCache& cache, const RateSweepOptions& options,
    std::stop_token stop, const ProgressSink& progress)
{
    const KeptMemory kept;
    try {
        return find(dataset, recipe, phase, run, cache, options, stop, progress);
    } catch (const std::exception& e) {
        return tl::unexpected(torchError(e, "no rate could be found", dataset.root));
    }
}

} // namespace vernier
