#include "core/training/learner.h"

namespace vernier {

Learner::Learner(const Network& network, const FreezePlan& plan, const Recipe& recipe,
    LossRules rules, MicroBatch& micro)
    : m_network(network)
    , m_cut(cutOf(network, plan))
    , m_groups(trainingGroups(plan, network.architecture(), network.backboneLayers().size()))
    , m_rules(std::move(rules))
    , m_mixUp(recipe.mixUp)
    , m_micro(micro)
    , m_optimizer(recipe.optimizer)
{
    for (const auto& [name, tensor] : network.state())
        tensor.detach_().requires_grad_(false);
    for (const auto& group : m_groups) {
        auto parameters = network.parameters(group);
        for (auto& tensor : parameters)
            tensor.requires_grad_(true);
        m_optimizer.addGroup(group.name, group.rate, std::move(parameters));
    }
    if (recipe.averageDecay <= 0)
        return;
    m_average.emplace(recipe.averageDecay);
    for (const auto& [name, tensor] : network.state()) {
        if (tensor.requires_grad())
            m_average->follow(name, tensor);
    }
}

BatchSums Learner::train(const Batch& batch, Random mixing)
{
    std::optional<Mix> mix;
    if (m_mixUp > 0)
        mix = drawMix(m_mixUp, batch.labels.size(0), mixing);
    const auto sums = gradientsOf(
        m_network, m_cut, batch, m_rules, mix, m_micro, [this] { m_optimizer.zeroGradients(); });
    // Here, and nowhere else, the gradients of a batch are whole and no weight has moved: this is
    // where those of several processes are to be summed.
    m_optimizer.step();
    if (m_average)
        m_average->update(m_optimizer.steps());
    return sums;
}

} // namespace vernier
