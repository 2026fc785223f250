#include "core/training/running_score.h"

namespace vernier {

std::chrono::milliseconds RunningScore::usualInterval(torch::Device device)
{
    return std::chrono::milliseconds(device.is_cpu() ? 0 : 50);
}

RunningScore::RunningScore(torch::Device device, std::chrono::milliseconds interval)
    : m_interval(interval)
    , m_lastRead(std::chrono::steady_clock::now())
    , m_loss(torch::zeros({}, torch::TensorOptions(torch::kDouble).device(device)))
    , m_right(torch::zeros({}, torch::TensorOptions(torch::kLong).device(device)))
{
}

void RunningScore::add(const torch::Tensor& loss, const torch::Tensor& right, std::int64_t count)
{
    m_loss.add_(loss);
    m_right.add_(right);
    m_count += count;
}

bool RunningScore::readIfDue()
{
    if (std::chrono::steady_clock::now() - m_lastRead < m_interval)
        return false;
    read();
    return true;
}

void RunningScore::read()
{
    m_score = { m_loss.item<double>(), m_right.item<std::int64_t>(), m_count };
    m_lastRead = std::chrono::steady_clock::now();
}

} // namespace vernier
