#pragma once

// Private to core: includes LibTorch.

#include "core/base/random.h"
#include "core/features/feature_source.h"
#include "core/model/network.h"
#include "core/recipe/recipe.h"

#include <optional>

namespace vernier {

/// How a batch is scored while it trains.
struct LossRules {
    torch::Tensor classWeights; ///< (classes), fp32, on the device; undefined: all count alike
    double labelSmoothing = 0;
};

/// One a class, from the number of its pictures among these; see balancedClassWeights(). On the
/// CPU.
torch::Tensor classWeightsOf(
    const DatasetSnapshot& dataset, const std::vector<std::size_t>& training);

/// As a recipe has them, for training on these pictures.
LossRules lossRules(const Recipe& recipe, const DatasetSnapshot& dataset,
    const std::vector<std::size_t>& training, torch::Device device);

/// sum(w_i l_i), so that a mean over n pictures is Keras's: loss = sum(w_i l_i) / n
/// (golden/keras_training_trace.json). With smoothing s and K classes a picture's l is
///   (1 - s) * -log p_label + s / K * sum_k -log p_k
/// (Szegedy et al. 2016, section 7; Keras's label_smoothing), and its weight counts for the whole.
/// Scalar, on the device.
torch::Tensor lossSum(
    const torch::Tensor& logits, const torch::Tensor& labels, const LossRules& rules);

/// MixUp (Zhang et al. 2018): a picture becomes share * its own + (1 - share) * that of a partner
/// in the batch, and its loss the same mixture of the losses against both labels. What is mixed are
/// the features at the cut: where all blocks train those are the normalized pictures, as in the
/// paper; above frozen blocks it is the mixture of what they answer to each picture, which is not
/// what they would answer to the mixed picture (Verma et al. 2019, "Manifold Mixup").
struct Mix {
    double share = 1; ///< 0.5 .. 1, so that a picture is told right by its own label
    std::vector<std::int64_t> partners; ///< (n), positions in the batch
};
/// The share from Beta(alpha, alpha), by Joehnk's method (Devroye 1986, chapter 9.3), and any order
/// of `count` partners.
Mix drawMix(double alpha, std::int64_t count, Random& random);

/// Of a batch, on the device.
struct BatchSums {
    torch::Tensor loss;
    torch::Tensor right; ///< told right, by their own label
    void add(const torch::Tensor& partLoss, const torch::Tensor& partRight);
};

/// Forward and backward for a batch, in as many parts as `micro` wants: leaves the gradients of the
/// mean loss in the parameters that require them. `clear` must reset those.
BatchSums gradientsOf(const Network& network, std::size_t cut, const Batch& batch,
    const LossRules& rules, const std::optional<Mix>& mix, MicroBatch& micro,
    const std::function<void()>& clear);

/// Of a batch as it is predicted, all pictures counted alike: without gradients, so to be called
/// under a NoGradGuard.
BatchSums scoresOf(const Network& network, std::size_t cut, const Batch& batch, MicroBatch& micro);

} // namespace vernier
