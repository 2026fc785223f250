#include "core/training/weight_average.h"

#include <ATen/ops/_foreach_lerp.h>

#include <algorithm>

namespace vernier {

void WeightAverage::follow(const std::string& name, const torch::Tensor& weight)
{
    m_names.push_back(name);
    m_weights.push_back(weight.detach());
    m_averages.push_back(weight.detach().clone(at::MemoryFormat::Preserve));
}

void WeightAverage::update(std::int64_t step)
{
    const torch::NoGradGuard noGrad;
    const auto n = static_cast<double>(step);
    const double decay = std::min(m_decay, (1 + n) / (10 + n));
    at::_foreach_lerp_(m_averages, m_weights, 1 - decay);
}

void WeightAverage::adopt()
{
    const torch::NoGradGuard noGrad;
    for (std::size_t i = 0; i < m_weights.size(); ++i)
        m_weights[i].copy_(m_averages[i]);
}

std::map<std::string, torch::Tensor> WeightAverage::state() const
{
    std::map<std::string, torch::Tensor> state;
    for (std::size_t i = 0; i < m_names.size(); ++i)
        state[m_names[i]] = m_averages[i];
    return state;
}

bool WeightAverage::load(const std::map<std::string, torch::Tensor>& saved)
{
    const torch::NoGradGuard noGrad;
    const auto own = state();
    for (const auto& [name, target] : own) {
        const auto found = saved.find(name);
        if (found == saved.end() || found->second.sizes() != target.sizes()
            || found->second.scalar_type() != target.scalar_type())
            return false;
    }
    for (const auto& [name, target] : own)
        target.copy_(saved.at(name));
    return true;
}

WeightAverage::Lent::Lent(WeightAverage* average) : m_average(average)
{
    if (!m_average)
        return;
    for (const auto& weight : m_average->m_weights)
        m_own.push_back(weight.clone(at::MemoryFormat::Preserve));
    m_average->adopt();
}

WeightAverage::Lent::~Lent()
{
    const torch::NoGradGuard noGrad;
    for (std::size_t i = 0; i < m_own.size(); ++i)
        m_average->m_weights[i].copy_(m_own[i]);
}

} // namespace vernier
