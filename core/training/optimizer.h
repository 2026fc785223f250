#pragma once

// Private to core: includes LibTorch.

#include "core/training/recipe.h"

#include <map>
#include <string>
#include <vector>

#include <torch/torch.h>

namespace vernier {

/// One optimizer for all kinds, with a learning rate for each group, over LibTorch's fused kernels
/// where there are any (Adam's step on VGG16's head: 13 ms instead of 150 ms).
///
/// Adam follows Keras: p -= rate * sqrt(1 - b2^t) / (1 - b1^t) * m / (sqrt(v) + epsilon), b1 = 0.9,
/// b2 = 0.999 (Kingma and Ba 2015, section 2, last paragraph). LibTorch divides by (sqrt(v / (1 -
/// b2^t)) + epsilon'), so epsilon' = epsilon / sqrt(1 - b2^t).
class Optimizer {
public:
    explicit Optimizer(OptimizerSpec spec);

    /// Parameters must be leaves that require gradients; the same order gives the same state again.
    void addGroup(std::string name, double rate, std::vector<torch::Tensor> parameters);
    void setRate(const std::string& group, double rate);
    void zeroGradients();
    /// One update of every parameter that has a gradient.
    void step();

    std::int64_t steps() const { return m_steps; }
    /// Moments under "GROUP.INDEX.first" and so on; shares the tensors.
    std::map<std::string, torch::Tensor> state() const;
    /// False when a tensor is missing or has another shape.
    bool load(const std::map<std::string, torch::Tensor>& state, std::int64_t steps);

private:
    struct Group {
        std::string name;
        double rate = 0;
        std::vector<torch::Tensor> parameters;
        std::vector<torch::Tensor> first; ///< Adam's m; SGD's momentum buffer; RMSprop's momentum
        std::vector<torch::Tensor> second; ///< Adam's v; RMSprop's mean square
    };
    void step(Group& group) const;

    OptimizerSpec m_spec;
    std::vector<Group> m_groups;
    std::int64_t m_steps = 0;
};

} // namespace vernier
