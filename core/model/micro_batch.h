#pragma once

// Private to core: includes LibTorch.

#include <cstdint>
#include <functional>
#include <optional>

#include "core/base/torch.h"

namespace vernier {

/// How many pictures of a batch go through the device at once: all of them, until its memory runs
/// out; then half as many, and so on, for the rest of the run. Training thread only.
class MicroBatch {
public:
    MicroBatch(std::int64_t size, torch::Device device) : m_size(size), m_device(device) { }

    torch::Device device() const { return m_device; }
    /// At most so many at once.
    std::int64_t size() const { return m_size; }
    /// Calls `part(from, to)` for one piece of [0, count) after the other. Where memory runs out
    /// all begins anew in smaller pieces: `begin` must undo what parts have done. With a single
    /// picture the error is passed on.
    void run(std::int64_t count, const std::function<void()>& begin,
        const std::function<void(std::int64_t from, std::int64_t to)>& part);
    /// The new size, where it was made smaller since the last call.
    std::optional<std::int64_t> takeNews();

private:
    bool fits(std::int64_t count, const std::function<void()>& begin,
        const std::function<void(std::int64_t, std::int64_t)>& part) const;

    std::int64_t m_size;
    torch::Device m_device;
    bool m_news = false;
};

} // namespace vernier
