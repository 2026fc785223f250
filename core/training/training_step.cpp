#include "core/training/training_step.h"

#include "core/dataset/split.h"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace vernier {

torch::Tensor classWeightsOf(
    const DatasetSnapshot& dataset, const std::vector<std::size_t>& training)
{
    std::vector<std::int64_t> counts(dataset.classes.size());
    for (const auto image : training)
        ++counts[static_cast<std::size_t>(dataset.images[image].label)];
    const auto weights = balancedClassWeights(counts);
    return torch::tensor(std::vector<float>(weights.begin(), weights.end()));
}

LossRules lossRules(const Recipe& recipe, const DatasetSnapshot& dataset,
    const std::vector<std::size_t>& training, torch::Device device)
{
    LossRules rules;
    rules.labelSmoothing = recipe.labelSmoothing;
    if (recipe.classWeights)
        rules.classWeights = classWeightsOf(dataset, training).to(device);
    return rules;
}

torch::Tensor lossSum(
    const torch::Tensor& logits, const torch::Tensor& labels, const LossRules& rules)
{
    auto each = at::cross_entropy_loss(
        logits, labels, {}, at::Reduction::None, -100, rules.labelSmoothing);
    if (rules.classWeights.defined())
        each = each * rules.classWeights.index_select(0, labels);
    return each.sum();
}

Mix drawMix(double alpha, std::int64_t count, Random& random)
{
    Mix mix;
    for (;;) {
        // Logarithms: a small alpha makes powers that no double can hold.
        const double x = std::log(1 - random.uniform()) / alpha;
        const double y = std::log(1 - random.uniform()) / alpha;
        const double sum = std::max(x, y) + std::log1p(std::exp(-std::abs(x - y)));
        if (sum > 0)
            continue;
        mix.share = std::exp(std::max(x, y) - sum);
        break;
    }
    mix.partners.resize(static_cast<std::size_t>(count));
    std::iota(mix.partners.begin(), mix.partners.end(), 0);
    random.shuffle(mix.partners);
    return mix;
}

void BatchSums::add(const torch::Tensor& partLoss, const torch::Tensor& partRight)
{
    loss = loss.defined() ? loss + partLoss : partLoss;
    right = right.defined() ? right + partRight : partRight;
}

BatchSums gradientsOf(const Network& network, std::size_t cut, const Batch& batch,
    const LossRules& rules, const std::optional<Mix>& mix, MicroBatch& micro,
    const std::function<void()>& clear)
{
    const auto end = network.backboneLayers().size();
    const auto count = batch.labels.size(0);
    auto features = batch.features;
    torch::Tensor partnerLabels;
    if (mix) {
        const auto partners = torch::tensor(mix->partners).to(features.device());
        features = features.lerp(features.index_select(0, partners), 1 - mix->share);
        partnerLabels = batch.labels.index_select(0, partners);
    }
    BatchSums sums;
    micro.run(
        count,
        [&] {
            sums = {};
            clear();
        },
        [&](std::int64_t from, std::int64_t to) {
            const auto labels = batch.labels.slice(0, from, to);
            const auto x = network.backbone(features.slice(0, from, to), cut, end, true);
            const auto logits = network.head(x.to(torch::kFloat), true);
            auto loss = lossSum(logits, labels, rules);
            if (mix)
                loss = loss * mix->share
                    + lossSum(logits, partnerLabels.slice(0, from, to), rules) * (1 - mix->share);
            // Over the whole batch's count, so that the parts' gradients add up to the batch's.
            (loss / static_cast<double>(count)).backward();
            sums.add(loss.detach(), logits.detach().argmax(1).eq(labels).sum());
        });
    return sums;
}

BatchSums scoresOf(const Network& network, std::size_t cut, const Batch& batch, MicroBatch& micro)
{
    const auto end = network.backboneLayers().size();
    BatchSums sums;
    micro.run(
        batch.labels.size(0), [&] { sums = {}; },
        [&](std::int64_t from, std::int64_t to) {
            const auto labels = batch.labels.slice(0, from, to);
            const auto x = network.backbone(batch.features.slice(0, from, to), cut, end);
            const auto logits = network.head(x.to(torch::kFloat), false);
            sums.add(lossSum(logits, labels, {}), logits.argmax(1).eq(labels).sum());
        });
    return sums;
}

} // namespace vernier
