#pragma once

// Private to core: includes LibTorch.

#include "core/training/optimizer.h"
#include "core/training/training_step.h"
#include "core/training/weight_average.h"

#include <optional>
#include <vector>

namespace vernier {

/// What a freeze plan trains of a network, and what it is trained with: an optimizer with a group
/// for each block, and averages of the weights where the recipe has them. From then on nothing else
/// of the network requires gradients. Training thread only.
class Learner {
public:
    /// The network and `micro` must outlive it.
    Learner(const Network& network, const FreezePlan& plan, const Recipe& recipe, LossRules rules,
        MicroBatch& micro);

    /// Layers of the backbone that features come from.
    std::size_t cut() const { return m_cut; }
    const std::vector<TrainingGroup>& groups() const { return m_groups; }
    Optimizer& optimizer() { return m_optimizer; }
    const Optimizer& optimizer() const { return m_optimizer; }
    /// Null: none is kept.
    WeightAverage* average() { return m_average ? &*m_average : nullptr; }
    const WeightAverage* average() const { return m_average ? &*m_average : nullptr; }

    /// One step on a batch; where the recipe mixes pictures, `mixing` draws how.
    BatchSums train(const Batch& batch, Random mixing);

private:
    const Network& m_network;
    const std::size_t m_cut;
    const std::vector<TrainingGroup> m_groups;
    const LossRules m_rules;
    const double m_mixUp;
    MicroBatch& m_micro;
    Optimizer m_optimizer;
    std::optional<WeightAverage> m_average;
};

} // namespace vernier
