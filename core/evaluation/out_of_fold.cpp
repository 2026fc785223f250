#include "core/evaluation/out_of_fold.h"

#include "core/base/random.h"
#include "core/evaluation/logistic_head.h"
#include "core/model/devices.h"
#include "core/model/torch_error.h"

#include <algorithm>

namespace vernier {

namespace {

constexpr int kFolds = 5;
/// For features of length 1. A head that follows its labels more closely follows the wrong ones
/// too: of 398 photographs with every twentieth label flipped, the average precision of the ranking
/// is 0.89 with this and 0.81 with 100.
constexpr double kStrength = 1;

enum Purpose : std::uint64_t { kDeal = 17 };

std::vector<std::vector<std::size_t>> byClass(
    std::span<const ClassIndex> labels, std::size_t classes)
{
    std::vector<std::vector<std::size_t>> pictures(classes);
    for (std::size_t i = 0; i < labels.size(); ++i)
        pictures[static_cast<std::size_t>(labels[i])].push_back(i);
    return pictures;
}

torch::Tensor indices(const std::vector<int>& folds, bool inside, int fold)
{
    std::vector<std::int64_t> list;
    for (std::size_t i = 0; i < folds.size(); ++i) {
        if ((folds[i] == fold) == inside)
            list.push_back(static_cast<std::int64_t>(i));
    }
    return torch::tensor(list, torch::kLong);
}

Result<OutOfFold> crossValidated(const FeatureRows& features, std::span<const ClassIndex> labels,
    std::size_t classes, std::uint64_t seed, const std::stop_token& stop,
    const ProgressSink& progress)
{
    // Those that occur, as the heads know them.
    std::vector<std::int64_t> occurring;
    std::vector<std::int64_t> place(classes);
    const auto pictures = byClass(labels, classes);
    for (std::size_t c = 0; c < classes; ++c) {
        place[c] = static_cast<std::int64_t>(occurring.size());
        if (!pictures[c].empty())
            occurring.push_back(static_cast<std::int64_t>(c));
    }
    std::vector<std::int64_t> targets;
    for (const auto label : labels)
        targets.push_back(place[static_cast<std::size_t>(label)]);

    at::set_num_threads(usableCores());
    const torch::NoGradGuard noGrad;
    const auto count = static_cast<std::int64_t>(labels.size());
    const auto x = torch::from_blob(const_cast<float*>(features.values.data()),
        { count, static_cast<std::int64_t>(features.width) }, torch::kFloat)
                       .to(torch::kDouble);
    if (!at::isfinite(x).all().item<bool>())
        return fail(ErrorCode::Invalid, "the network gives no numbers for some pictures");
    const auto y = torch::tensor(targets, torch::kLong);
    auto all = torch::zeros({ count, static_cast<std::int64_t>(classes) }, torch::kDouble);
    const auto folds = stratifiedFolds(labels, classes, kFolds, seed);
    for (int fold = 0; fold < kFolds; ++fold) {
        if (progress)
            progress({ "judging labels", fold, kFolds });
        const auto held = indices(folds, true, fold);
        if (held.size(0) == 0)
            continue;
        const auto others = indices(folds, false, fold);
        const auto head = fitLogisticHead(x.index_select(0, others), y.index_select(0, others),
            static_cast<std::int64_t>(occurring.size()), kStrength, stop);
        if (!head)
            return tl::unexpected(head.error());
        const auto said = logisticProbabilities(*head, x.index_select(0, held));
        auto rows
            = torch::zeros({ held.size(0), static_cast<std::int64_t>(classes) }, torch::kDouble);
        rows.index_copy_(1, torch::tensor(occurring, torch::kLong), said);
        all.index_copy_(0, held, rows);
    }
    if (progress)
        progress({ "judging labels", kFolds, kFolds });
    OutOfFold result;
    result.probabilities.reserve(labels.size() * classes);
    const auto* row = all.const_data_ptr<double>();
    for (std::size_t i = 0; i < folds.size(); ++i, row += classes) {
        if (folds[i] == kInEveryFit) {
            result.alone.push_back(i);
            continue;
        }
        result.rows.push_back(i);
        result.probabilities.insert(result.probabilities.end(), row, row + classes);
    }
    return result;
}

} // namespace

std::vector<int> stratifiedFolds(
    std::span<const ClassIndex> labels, std::size_t classes, int folds, std::uint64_t seed)
{
    std::vector<int> result(labels.size(), kInEveryFit);
    int next = 0;
    auto pictures = byClass(labels, classes);
    for (std::size_t c = 0; c < classes; ++c) {
        if (pictures[c].size() < 2)
            continue;
        Random random { seed, kDeal, c };
        random.shuffle(pictures[c]);
        for (const auto picture : pictures[c]) {
            result[picture] = next;
            next = (next + 1) % folds;
        }
    }
    return result;
}

Result<OutOfFold> outOfFoldProbabilities(const FeatureRows& features,
    std::span<const ClassIndex> labels, std::size_t classes, std::uint64_t seed,
    const std::stop_token& stop, const ProgressSink& progress)
{
    try {
        return crossValidated(features, labels, classes, seed, stop, progress);
    } catch (const std::exception& e) {
        return tl::unexpected(torchError(e, "the labels could not be judged", {}));
    }
}

} // namespace vernier
