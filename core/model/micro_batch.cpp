#include "core/model/micro_batch.h"

#include <c10/core/CachingDeviceAllocator.h>

#include <algorithm>
#include <array>
#include <string_view>
#include <utility>

namespace vernier {

namespace {

/// cuDNN and cuBLAS take memory of their own, and say so in their own words where there is none.
bool ranOutOfMemory(const c10::Error& error)
{
    constexpr std::array<std::string_view, 3> words { "unable to find an engine",
        "CUDNN_STATUS_ALLOC_FAILED", "CUBLAS_STATUS_ALLOC_FAILED" };
    const std::string_view text = error.what_without_backtrace();
    return dynamic_cast<const c10::OutOfMemoryError*>(&error)
        || std::any_of(words.begin(), words.end(),
            [&](std::string_view each) { return text.find(each) != std::string_view::npos; });
}

} // namespace

bool MicroBatch::fits(std::int64_t count, const std::function<void()>& begin,
    const std::function<void(std::int64_t, std::int64_t)>& part) const
{
    try {
        begin();
        for (std::int64_t from = 0; from < count; from += m_size)
            part(from, std::min(from + m_size, count));
        return true;
    } catch (const c10::Error& e) {
        if (!ranOutOfMemory(e) || std::min(m_size, count) <= 1)
            throw;
        return false;
    }
}

void MicroBatch::run(std::int64_t count, const std::function<void()>& begin,
    const std::function<void(std::int64_t, std::int64_t)>& part)
{
    while (!fits(count, begin, part)) {
        // Here and not where it was caught: what the exception unwound is free by now.
        begin();
        if (m_device.is_cuda())
            c10::getDeviceAllocator(m_device.type())->emptyCache();
        m_size = (std::min(m_size, count) + 1) / 2;
        m_news = true;
    }
}

std::optional<std::int64_t> MicroBatch::takeNews()
{
    return std::exchange(m_news, false) ? std::optional(m_size) : std::nullopt;
}

} // namespace vernier
