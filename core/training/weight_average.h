#pragma once

// Private to core: includes LibTorch.

#include "core/base/torch.h"

#include <map>
#include <string>
#include <vector>

namespace vernier {

/// An exponential moving average of the weights that train, kept beside them (Polyak and Juditsky
/// 1992; as in TensorFlow's ExponentialMovingAverage with num_updates):
///   d = min(decay, (1 + n) / (10 + n)),  average = d * average + (1 - d) * weight
/// after step n, counted from 1. It begins with the weights as they are, and d is small at first,
/// so that a short phase does not end with an average of its beginning. Training thread only.
class WeightAverage {
public:
    explicit WeightAverage(double decay) : m_decay(decay) { }

    void follow(const std::string& name, const torch::Tensor& weight);
    void update(std::int64_t step);
    /// The weights become their averages.
    void adopt();

    /// By name; shares the tensors.
    std::map<std::string, torch::Tensor> state() const;
    /// False when a tensor is missing or is of another type or shape.
    bool load(const std::map<std::string, torch::Tensor>& state);

    /// While it lives the weights hold their averages; then they have their own bits back.
    class Lent {
    public:
        explicit Lent(WeightAverage* average); ///< null: nothing is lent
        ~Lent();
        Lent(const Lent&) = delete;
        Lent& operator=(const Lent&) = delete;

    private:
        WeightAverage* m_average;
        std::vector<torch::Tensor> m_own;
    };

private:
    double m_decay;
    std::vector<std::string> m_names;
    std::vector<torch::Tensor> m_weights;
    std::vector<torch::Tensor> m_averages;
};

} // namespace vernier
