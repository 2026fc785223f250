#include "core/training/preparation.h"

#include "core/model/compute.h"
#include "core/model/kept_memory.h"
#include "core/model/torch_error.h"
#include "core/training/devices.h"
#include "core/training/feature_source.h"
#include "core/training/file_pictures.h"
#include "core/training/pretrained.h"
#include "core/training/run_store.h"
#include "core/training/views.h"
#include "core/weights/model_file.h"
#include "core/weights/model_metadata.h"

#include <algorithm>

namespace vernier {

namespace {

FeatureSource::Options sourceOptions(const Recipe& recipe, std::size_t cut, torch::Device device)
{
    return { recipe.geometry, recipe.augmentation.fill, cut, computeType(recipe.precision, device),
        device };
}

PictureNeeds needsOf(const Recipe& recipe, const Network& network)
{
    return { network.description().inputSize, recipe.geometry, recipe.augmentation.fill };
}

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
std::vector<Sample> samplesOf(const DatasetSnapshot& dataset, const Recipe& recipe, int views,
    int size, PictureSource& pictures, const std::stop_token& stop)
{
    std::vector<Sample> samples;
    const bool drawn = !recipe.augmentation.none();
    for (const auto i : drawnTrainingPictures(dataset, recipe.perClass, recipe.seed)) {
        if (stop.stop_requested())
            return {};
        if (!drawn)
            samples.push_back({ i, std::nullopt, true });
        for (int view = 0; drawn && view < views; ++view)
            samples.push_back(
                { i, keptView(recipe.augmentation, size, pictures.contentOf(i), view), true });
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
    const auto device = findDevice(recipe.device);
    if (!device)
        return tl::unexpected(device.error());
    const auto description = describeModel(recipe, dataset.classes);
    if (!description)
        return tl::unexpected(description.error());
    auto network = startingNetwork(recipe, *description);
    if (!network)
        return tl::unexpected(network.error());
    network->to(*device);
    at::set_num_threads(usableCores());

    const auto end = network->backboneLayers().size();
    const auto cut = cutOf(network->architecture(), end, recipe.phases.front().plan);
    if (cut == 0)
        return Prepared {};
    cache.store().startRun();
    FilePictures pictures(dataset, needsOf(recipe, *network), cache.store().pictures());
    if (auto known = pictures.learnContents(usedImages(dataset, recipe), stop, progress); !known)
        return tl::unexpected(known.error());
    const auto samples = samplesOf(dataset, recipe, keptViews(recipe, !device->is_cpu()),
        description->inputSize, pictures, stop);
    FeatureSource source(
        *network, dataset, cache.store(), pictures, sourceOptions(recipe, cut, *device));
    if (auto begun = source.begin(samples, stop); !begun)
        return tl::unexpected(begun.error());
    source.leaveOutCached();
    const auto total = source.left();
    // A stop is looked at once a batch, and somebody waits for it.
    const std::int64_t atOnce = picturesAtOnce(description->inputSize);
    Prepared prepared;
    while (source.left() > 0) {
        if (stop.stop_requested())
            return cancelled();
        const auto batch = source.next(atOnce, stop);
        if (!batch)
            return tl::unexpected(batch.error());
        prepared.computed += batch->misses;
        if (progress)
            progress({ "preparing features", total - source.left(), total });
    }
    if (auto again = source.begin(samples, stop); !again)
        return tl::unexpected(again.error());
    prepared.allKept = source.missing() == 0;
    return prepared;
}

Result<SplitScores> score(const std::filesystem::path& folder, const DatasetSnapshot& dataset,
    Split split, const std::string& deviceId, FeatureCache& cache, const std::stop_token& stop,
    const ProgressSink& progress)
{
    const auto run = readRun(folder);
    if (!run)
        return tl::unexpected(run.error());
    auto model = readModel(folder / run_files::kBest);
    if (!model)
        return tl::unexpected(model.error());
    auto& network = model->network;
    if (network.description().classes != dataset.classes)
        return fail(ErrorCode::Mismatch,
            "the classes of the pictures are not those of the model, or stand in another order",
            dataset.root, "choose the folder that the model was trained on");
    const auto device = findDevice(deviceId);
    if (!device)
        return tl::unexpected(device.error());
    network.to(*device);
    at::set_num_threads(usableCores());

    const torch::NoGradGuard noGrad;
    const auto end = network.backboneLayers().size();
    auto cut = end;
    for (const auto& phase : run->recipe.phases)
        cut = std::min(cut, cutOf(network.architecture(), end, phase.plan));
    cache.store().startRun();
    FilePictures pictures(dataset, needsOf(run->recipe, network), cache.store().pictures());
    FeatureSource source(
        network, dataset, cache.store(), pictures, sourceOptions(run->recipe, cut, *device));
    std::vector<Sample> order;
    std::vector<std::size_t> images;
    for (std::size_t i = 0; i < dataset.images.size(); ++i) {
        if (dataset.images[i].split != split)
            continue;
        order.push_back({ i, std::nullopt, true });
        images.push_back(i);
    }
    if (auto known = pictures.learnContents(images, stop, progress); !known)
        return tl::unexpected(known.error());
    if (auto begun = source.begin(std::move(order), stop); !begun)
        return tl::unexpected(begun.error());
    const auto total = source.left();
    SplitScores scores;
    scores.epoch = model->epoch;
    while (source.left() > 0) {
        if (stop.stop_requested())
            return cancelled();
        const auto batch = source.next(run->recipe.batchSize, stop);
        if (!batch)
            return tl::unexpected(batch.error());
        if (batch->features.defined()) {
            const auto x = network.backbone(batch->features, cut, end);
            const auto rows = torch::log_softmax(network.head(x.to(torch::kFloat), false), 1)
                                  .to(torch::kCPU)
                                  .contiguous();
            const auto* values = rows.const_data_ptr<float>();
            const auto width = static_cast<std::size_t>(rows.size(1));
            for (std::size_t i = 0; i < batch->images.size(); ++i)
                scores.logProbabilities[batch->images[i]]
                    = { values + i * width, values + (i + 1) * width };
        }
        if (progress)
            progress({ "evaluating", total - source.left(), total });
    }
    for (const auto& [image, reason] : source.unreadable())
        scores.problems.push_back({ dataset.images[image].path, reason });
    return scores;
}

} // namespace

Result<std::vector<std::string>> classesOfRun(const std::filesystem::path& run)
{
    const auto file = SafetensorsFile::open(run / run_files::kBest);
    if (!file)
        return tl::unexpected(file.error());
    return modelFromMetadata(file->metadata(), run / run_files::kBest).map([](ModelIdentity model) {
        return std::move(model.description.classes);
    });
}

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

Result<SplitScores> scoreSplit(const std::filesystem::path& run, const DatasetSnapshot& dataset,
    Split split, const std::string& device, FeatureCache& cache, std::stop_token stop,
    const ProgressSink& progress)
{
    const KeptMemory kept;
    try {
        return score(run, dataset, split, device, cache, stop, progress);
    } catch (const std::exception& e) {
        return tl::unexpected(torchError(e, "the run could not be evaluated", run));
    }
}

} // namespace vernier
