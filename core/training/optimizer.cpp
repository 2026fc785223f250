#include "core/training/optimizer.h"

#include <ATen/ops/_foreach_mul.h>
#include <ATen/ops/_foreach_norm.h>
#include <ATen/ops/_fused_adam.h>
#include <ATen/ops/_fused_adamw.h>
#include <ATen/ops/_fused_sgd.h>

#include <cmath>

namespace vernier {

namespace {

constexpr double kBeta1 = 0.9;
constexpr double kBeta2 = 0.999;
constexpr double kRmsDecay = 0.9; // Keras's rho
constexpr double kClipEpsilon = 1e-6; // PyTorch's

bool needsSecond(OptimizerKind kind) { return kind != OptimizerKind::Sgd; }

} // namespace

Optimizer::Optimizer(OptimizerSpec spec) : m_spec(spec) { }

void Optimizer::addGroup(std::string name, double rate, std::vector<torch::Tensor> parameters)
{
    const torch::NoGradGuard noGrad;
    Group group;
    group.name = std::move(name);
    group.rate = rate;
    for (const auto& p : parameters) {
        group.first.push_back(torch::zeros_like(p));
        if (needsSecond(m_spec.kind))
            group.second.push_back(torch::zeros_like(p));
    }
    group.parameters = std::move(parameters);
    m_groups.push_back(std::move(group));
}

void Optimizer::setRate(const std::string& name, double rate)
{
    for (auto& group : m_groups) {
        if (group.name == name)
            group.rate = rate;
    }
}

void Optimizer::zeroGradients()
{
    for (auto& group : m_groups) {
        for (auto& p : group.parameters)
            p.mutable_grad().reset();
    }
}

void Optimizer::step()
{
    const torch::NoGradGuard noGrad;
    ++m_steps;
    if (m_spec.clipNorm > 0)
        clip();
    for (auto& group : m_groups)
        step(group);
}

void Optimizer::clip()
{
    std::vector<torch::Tensor> gradients;
    for (const auto& group : m_groups) {
        for (const auto& p : group.parameters) {
            if (p.grad().defined())
                gradients.push_back(p.grad());
        }
    }
    if (gradients.empty())
        return;
    // Stays on the device: to read the length would be to wait for a GPU.
    const auto length = at::stack(at::_foreach_norm(gradients, 2)).norm();
    const auto factor = at::clamp_max(m_spec.clipNorm / (length + kClipEpsilon), 1);
    at::_foreach_mul_(gradients, factor);
}

void Optimizer::step(Group& group) const
{
    // One call where all are treated alike: each is kernels of its own on a GPU.
    if (m_spec.weightDecay == 0) {
        step(group, std::nullopt, 0);
        return;
    }
    step(group, true, m_spec.weightDecay);
    step(group, false, 0);
}

void Optimizer::step(Group& group, std::optional<bool> decays, double weightDecay) const
{
    const double rate = group.rate * m_factor;
    std::vector<torch::Tensor> parameters, gradients, first, second, stepCounts;
    torch::Tensor stepCount; // one for all: each would be a kernel of its own on a GPU
    for (std::size_t i = 0; i < group.parameters.size(); ++i) {
        const auto& p = group.parameters[i];
        if (!p.grad().defined() || (decays && *decays != (p.dim() > 1)))
            continue;
        parameters.push_back(p.detach());
        gradients.push_back(p.grad().to(p.scalar_type()).contiguous(p.suggest_memory_format()));
        first.push_back(group.first[i]);
        if (needsSecond(m_spec.kind))
            second.push_back(group.second[i]);
        if (!stepCount.defined())
            stepCount
                = torch::full({}, static_cast<double>(m_steps), p.options().dtype(torch::kFloat));
        stepCounts.push_back(stepCount);
    }
    if (parameters.empty())
        return;
    switch (m_spec.kind) {
    case OptimizerKind::Adam:
    case OptimizerKind::AdamW: {
        const double epsilon
            = m_spec.epsilon / std::sqrt(1 - std::pow(kBeta2, static_cast<double>(m_steps)));
        if (m_spec.kind == OptimizerKind::Adam)
            at::_fused_adam_(parameters, gradients, first, second, {}, stepCounts, rate, kBeta1,
                kBeta2, weightDecay, epsilon, false, false);
        else
            at::_fused_adamw_(parameters, gradients, first, second, {}, stepCounts, rate, kBeta1,
                kBeta2, weightDecay, epsilon, false, false);
        break;
    }
    case OptimizerKind::Sgd:
        // The kernel wants no buffers where there is no momentum.
        if (m_spec.momentum == 0)
            first.clear();
        at::_fused_sgd_(parameters, gradients, first, weightDecay, m_spec.momentum, rate, 0.0,
            false, false, m_steps == 1, std::nullopt, std::nullopt);
        break;
    case OptimizerKind::RmsProp:
        for (std::size_t i = 0; i < parameters.size(); ++i) {
            auto g = gradients[i];
            if (weightDecay > 0)
                g = g.add(parameters[i], weightDecay);
            second[i].mul_(kRmsDecay).addcmul_(g, g, 1 - kRmsDecay);
            const auto change = g.div(second[i].add(m_spec.epsilon).sqrt_());
            parameters[i].sub_(first[i].mul_(m_spec.momentum).add_(change), rate);
        }
        break;
    }
}

std::map<std::string, torch::Tensor> Optimizer::state() const
{
    std::map<std::string, torch::Tensor> state;
    for (const auto& group : m_groups) {
        for (std::size_t i = 0; i < group.first.size(); ++i) {
            const auto key = group.name + "." + std::to_string(i);
            state[key + ".first"] = group.first[i];
            if (i < group.second.size())
                state[key + ".second"] = group.second[i];
        }
    }
    return state;
}

bool Optimizer::load(const std::map<std::string, torch::Tensor>& saved, std::int64_t steps)
{
    const torch::NoGradGuard noGrad;
    const auto own = state();
    for (const auto& [key, target] : own) {
        const auto found = saved.find(key);
        if (found == saved.end() || found->second.sizes() != target.sizes()
            || found->second.scalar_type() != target.scalar_type())
            return false;
    }
    for (const auto& [key, target] : own)
        target.copy_(saved.at(key));
    m_steps = steps;
    return true;
}

} // namespace vernier
