#include "ui/runs/picture_comparison.h"

#include "core/dataset/data_changes.h"
#include "core/evaluation/split_scores.h"
#include "core/runs/run_store.h"
#include "ui/base/moved_pictures.h"

#include <map>
#include <utility>

namespace vernier::ui {
namespace {

/// A picture as both runs know it.
using Key = std::pair<std::filesystem::path, ClassIndex>;

std::map<Key, const ScoredImage*> byPicture(
    const DatasetSnapshot& dataset, const Evaluation& evaluation)
{
    std::map<Key, const ScoredImage*> pictures;
    for (const ScoredImage& scored : evaluation.images)
        pictures.emplace(Key(dataset.images[scored.image].path, scored.label), &scored);
    return pictures;
}

Result<SnapshotPtr> byTodaysLabels(const std::filesystem::path& run,
    const std::filesystem::path& pictures, const SnapshotPtr& open)
{
    const MovedPictures moved = movedTo(pictures);
    const auto own = readRunDataset(run, moved);
    if (!own || !open || (*own)->root != open->root)
        return own ? readJudgedRunDataset(run, moved) : own;
    return judgedBy(*own, *open);
}

bool right(const ScoredImage& scored) { return scored.label == scored.predicted; }

} // namespace

PictureComparison compare(const std::array<SnapshotPtr, 2>& datasets,
    const std::array<std::map<std::size_t, std::vector<float>>, 2>& logProbabilities)
{
    std::array<Evaluation, 2> all;
    std::array<std::map<Key, const ScoredImage*>, 2> pictures;
    for (std::size_t i = 0; i < 2; ++i) {
        all[i] = evaluate(Split::Validation, *datasets[i], logProbabilities[i]);
        pictures[i] = byPicture(*datasets[i], all[i]);
    }
    PictureComparison comparison;
    std::array<std::vector<ScoredImage>, 2> wrong;
    for (const auto& [key, first] : pictures[0]) {
        const auto found = pictures[1].find(key);
        if (found == pictures[1].end())
            continue;
        const ScoredImage* second = found->second;
        ++comparison.compared;
        if (right(*first) && right(*second))
            ++comparison.bothRight;
        else if (right(*first))
            wrong[1].push_back(*second);
        else if (right(*second))
            wrong[0].push_back(*first);
        else
            ++comparison.bothWrong;
    }
    for (std::size_t i = 0; i < 2; ++i)
        comparison.sides[i] = { datasets[i],
            std::make_shared<const Evaluation>(
                evaluate(Split::Validation, all[i].classes, std::move(wrong[i]))) };
    return comparison;
}

Result<PictureComparison> comparePictures(const std::array<std::filesystem::path, 2>& runs,
    const std::filesystem::path& pictures, const SnapshotPtr& open, FeatureCache& cache,
    std::stop_token stop, const ProgressSink& progress)
{
    std::array<SnapshotPtr, 2> datasets;
    std::array<std::map<std::size_t, std::vector<float>>, 2> logProbabilities;
    for (std::size_t i = 0; i < 2; ++i) {
        const auto info = readRun(runs[i]);
        if (!info)
            return tl::unexpected(info.error());
        const auto dataset = byTodaysLabels(runs[i], pictures, open);
        if (!dataset)
            return tl::unexpected(dataset.error());
        datasets[i] = *dataset;
        // One bar for both.
        const auto half = [&](const Progress& done) {
            if (progress)
                progress({ done.stage, done.done + static_cast<std::int64_t>(i) * done.total,
                    2 * done.total });
        };
        auto scores = scoreSplit(
            runs[i], **dataset, Split::Validation, info->recipe.device, cache, stop, half);
        if (!scores)
            return tl::unexpected(scores.error());
        logProbabilities[i] = std::move(scores->logProbabilities);
    }
    return compare(datasets, logProbabilities);
}

} // namespace vernier::ui
