#pragma once

// Private to core: includes LibTorch.

#include <chrono>
#include <cstdint>

#include "core/base/torch.h"

namespace vernier {

/// Sums over a pass.
struct Score {
    double loss = 0;
    std::int64_t right = 0;
    std::int64_t count = 0;
    double meanLoss() const { return count > 0 ? loss / static_cast<double>(count) : 0; }
    double accuracy() const
    {
        return count > 0 ? static_cast<double>(right) / static_cast<double>(count) : 0;
    }
};

/// Adds up a pass where its batches are computed. To read the sums is to wait for a GPU, so that is
/// done from time to time; on the CPU with every batch. The numbers are the same either way.
class RunningScore {
public:
    static std::chrono::milliseconds usualInterval(torch::Device device);
    explicit RunningScore(torch::Device device) : RunningScore(device, usualInterval(device)) { }
    RunningScore(torch::Device device, std::chrono::milliseconds interval);

    /// `loss`, a sum over the batch, and `right`, how many were told right: scalars on the device.
    void add(const torch::Tensor& loss, const torch::Tensor& right, std::int64_t count);
    /// Reads, where the last time is long enough ago: true.
    bool readIfDue();
    void read();
    /// As it was read last.
    const Score& score() const { return m_score; }
    bool allRead() const { return m_score.count == m_count; }

private:
    const std::chrono::milliseconds m_interval;
    std::chrono::steady_clock::time_point m_lastRead;
    torch::Tensor m_loss; ///< float64
    torch::Tensor m_right; ///< int64
    std::int64_t m_count = 0;
    Score m_score;
};

} // namespace vernier
