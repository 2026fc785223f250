#include "core/features/batch_loader.h"

#include "core/base/parallel.h"

#include <algorithm>
#include <new>

namespace vernier {

BatchLoader::BatchLoader(std::vector<LoadItem> items, Options options)
    : m_items(std::move(items))
    , m_options(options)
    , m_finished(static_cast<std::size_t>(std::max(1, m_options.ahead)))
{
    const auto wanted = std::min<std::size_t>(
        static_cast<std::size_t>(std::max(1, m_options.threads)), m_items.size());
    m_threads = startThreads(wanted, [this](const std::stop_token& stop) { work(stop); });
}

BatchLoader::~BatchLoader()
{
    for (auto& thread : m_threads)
        thread.request_stop();
    m_room.notify_all();
}

void BatchLoader::work(const std::stop_token& stop)
{
    for (;;) {
        std::size_t index = 0;
        {
            std::unique_lock lock(m_mutex);
            m_room.wait(lock, stop, [&] {
                return m_nextToLoad >= m_items.size()
                    || m_nextToLoad < m_nextToHandOut + m_finished.size();
            });
            // Stopped, it waits no more, but says whether there is room.
            if (stop.stop_requested() || m_nextToLoad >= m_items.size())
                return;
            index = m_nextToLoad++;
        }
        auto picture = load(m_items[index]);
        {
            const std::lock_guard lock(m_mutex);
            m_finished[index % m_finished.size()] = std::move(picture);
        }
        m_ready.notify_all();
    }
}

Result<Picture> BatchLoader::load(const LoadItem& item) const
{
    try {
        auto picture = decodeFitted(item.path, m_options.size, m_options.geometry);
        if (picture && item.draw)
            return augmented(*picture, *item.draw, m_options.fill);
        return picture;
    } catch (const std::bad_alloc&) {
        return fail(ErrorCode::OutOfMemory, "there is not enough memory for it", item.path);
    } catch (const std::exception& e) {
        return fail(ErrorCode::Internal, std::string("cannot be decoded: ") + e.what(), item.path);
    }
}

Result<Picture> BatchLoader::next(std::stop_token stop)
{
    std::unique_lock lock(m_mutex);
    auto& slot = m_finished[m_nextToHandOut % m_finished.size()];
    if (!m_ready.wait(lock, stop, [&] { return slot.has_value(); }))
        return cancelled();
    auto picture = *std::exchange(slot, std::nullopt);
    ++m_nextToHandOut;
    lock.unlock();
    m_room.notify_all();
    return picture;
}

} // namespace vernier
