#pragma once

// Private to core: includes LibTorch.

#include "core/recipe/recipe.h"

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "core/base/torch.h"

namespace vernier {

/// One optimizer for all kinds, with a learning rate for each group, over LibTorch's fused kernels
/// where there are any (Adam's step on VGG16's head: 13 ms instead of 150 ms).
///
/// Adam follows Keras: p -= rate * sqrt(1 - b2^t) / (1 - b1^t) * m / (sqrt(v) + epsilon), b1 = 0.9,
/// b2 = 0.999 (Kingma and Ba 2015, section 2, last paragraph). LibTorch divides by (sqrt(v / (1 -
/// b2^t)) + epsilon'), so epsilon' = epsilon / sqrt(1 - b2^t).
///
/// Weight decay reaches weights alone: a parameter of one dimension is a bias and keeps its size.
/// Clipping multiplies every gradient by min(1, c / (n + 1e-6)), n the length of all of them as one
/// vector (Pascanu, Mikolov and Bengio 2013, algorithm 1; PyTorch's clip_grad_norm_).
class Optimizer {
public:
    explicit Optimizer(OptimizerSpec spec);

    /// Parameters must be leaves that require gradients; the same order gives the same state again.
    void addGroup(std::string name, double rate, std::vector<torch::Tensor> parameters);
    void setRate(const std::string& group, double rate);
    /// What every rate is multiplied by from now on: a schedule's, see rateFactor().
    void setFactor(double factor) { m_factor = factor; }
    double factor() const { return m_factor; }
    void zeroGradients();
    /// One update of every parameter that has a gradient.
    void step();

    std::int64_t steps() const { return m_steps; }
    /// Moments under "GROUP.INDEX.first" and so on; shares the tensors.
    std::map<std::string, torch::Tensor> state() const;
    /// False when a tensor is missing or is of another type or shape.
    bool load(const std::map<std::string, torch::Tensor>& state, std::int64_t steps);

private:
    struct Group {
        std::string name;
        double rate = 0;
        std::vector<torch::Tensor> parameters;
        std::vector<torch::Tensor> first; ///< Adam's m; SGD's momentum buffer; RMSprop's momentum
        std::vector<torch::Tensor> second; ///< Adam's v; RMSprop's mean square
    };
    void clip();
    void step(Group& group) const;
    /// Of the parameters that are weights, or of those that are biases; all where `decays` is none.
    void step(Group& group, std::optional<bool> decays, double weightDecay) const;

    OptimizerSpec m_spec;
    std::vector<Group> m_groups;
    double m_factor = 1;
    std::int64_t m_steps = 0;
};

} // namespace vernier
