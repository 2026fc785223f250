#include "core/evaluation/split_scores.h"

#include "core/evaluation/pictures_at_cut.h"
#include "core/model/kept_memory.h"
#include "core/model/torch_error.h"
#include "core/runs/run_model.h"
#include "core/weights/model_file.h"

#include <array>

namespace vernier {

namespace {

/// `output`: the backbone's for these images, on the device.
void add(SplitScores& scores, const std::vector<std::size_t>& images, const Network& network,
    const torch::Tensor& output)
{
    const auto x = output.to(torch::kFloat);
    const auto logits = network.head(x, false);
    const std::array parts { logits, torch::log_softmax(logits, 1),
        x.dim() == 4 ? x.mean({ 2, 3 }) : x };
    const std::array into { &scores.logits, &scores.logProbabilities, &scores.features };
    // A GPU is waited for once.
    const auto rows = at::cat(parts, 1).to(torch::kCPU).contiguous();
    const auto* value = rows.const_data_ptr<float>();
    for (const auto image : images) {
        for (std::size_t part = 0; part < parts.size(); ++part) {
            const auto width = parts[part].size(1);
            (*into[part])[image] = { value, value + width };
            value += width;
        }
    }
}

Result<SplitScores> score(const std::filesystem::path& folder, const DatasetSnapshot& dataset,
    Split split, const std::string& deviceId, FeatureCache& cache, const std::stop_token& stop,
    const ProgressSink& progress)
{
    const auto run = modelOfRun(folder);
    if (!run)
        return tl::unexpected(run.error());
    auto model = readModel(run->weights);
    if (!model)
        return tl::unexpected(model.error());
    if (model->network.description().classes != dataset.classes)
        return fail(ErrorCode::Mismatch,
            "the classes of the pictures are not those of the model, or stand in another order",
            dataset.root, "choose the folder that the model was trained on");
    const auto here = placed(deviceId, [&] { return Result<Network>(std::move(model->network)); });
    if (!here)
        return tl::unexpected(here.error());
    const auto& network = here->network;

    const auto end = network.backboneLayers().size();
    const auto cut = lowestCut(run->recipe, network);
    std::vector<std::size_t> images;
    for (std::size_t i = 0; i < dataset.images.size(); ++i) {
        if (dataset.images[i].split == split)
            images.push_back(i);
    }
    SplitScores scores;
    scores.epoch = model->epoch;
    auto problems = eachAtCut(
        { *here, run->recipe, dataset, cache, cut, "evaluating" }, images,
        [&](const std::vector<std::size_t>& batch, const torch::Tensor& features) {
            add(scores, batch, network, network.backbone(features, cut, end));
        },
        stop, progress);
    if (!problems)
        return tl::unexpected(problems.error());
    scores.problems = std::move(*problems);
    return scores;
}

} // namespace

Evaluation evaluate(Split split, const DatasetSnapshot& dataset, SplitScores scores)
{
    auto evaluation = evaluate(split, dataset, std::move(scores.logProbabilities));
    evaluation.epoch = scores.epoch;
    evaluation.problems = std::move(scores.problems);
    return evaluation;
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
