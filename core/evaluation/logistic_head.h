#pragma once

// Private to core: includes LibTorch.

#include "core/base/result.h"

#include <stop_token>

#include "core/base/torch.h"

namespace vernier {

/// Multinomial logistic regression, (classes, F + 1) fp64: a row's last number is its bias.
/// Minimizes strength * (sum of the cross entropies) + |weights without biases|^2 / 2 by L-BFGS
/// (Nocedal and Wright 2006, algorithm 7.5) from zero, so that the same input gives the same
/// numbers; scikit-learn calls the strength C. `x`: (n, F) fp64, `labels`: (n) int64; both on the
/// CPU. Each class must occur, or its bias would fall for ever. Cancelled once `stop` is requested.
Result<torch::Tensor> fitLogisticHead(const torch::Tensor& x, const torch::Tensor& labels,
    std::int64_t classes, double strength, const std::stop_token& stop);

/// (n, classes) fp64, what it says of (n, F).
torch::Tensor logisticProbabilities(const torch::Tensor& head, const torch::Tensor& x);

} // namespace vernier
