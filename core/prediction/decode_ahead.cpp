#include "core/prediction/decode_ahead.h"

#include "core/base/parallel.h"

#include <algorithm>
#include <new>

namespace vernier {

namespace {

Result<Picture> decoded(const std::filesystem::path& path, int size, Geometry geometry)
{
    try {
        return decodeFitted(path, size, geometry);
    } catch (const std::bad_alloc&) {
        return fail(ErrorCode::OutOfMemory, "the picture does not fit into memory", path);
    } catch (const std::exception& e) {
        return fail(ErrorCode::Internal, std::string("decoding failed: ") + e.what(), path);
    }
}

} // namespace

DecodeAhead::DecodeAhead(const std::vector<std::filesystem::path>& paths, int size,
    Geometry geometry, int threads, std::size_t ahead)
    : m_paths(paths), m_size(size), m_geometry(geometry), m_slots(ahead)
{
    const auto wanted = std::min(static_cast<std::size_t>(std::max(1, threads)), paths.size());
    m_threads = startThreads(wanted, [this](const std::stop_token& stop) { work(stop); });
}

DecodeAhead::~DecodeAhead()
{
    // All are asked before the first is joined.
    for (auto& thread : m_threads)
        thread.request_stop();
    m_threads.clear();
}

Result<Picture> DecodeAhead::next(std::stop_token stop)
{
    std::unique_lock lock(m_mutex);
    auto& slot = m_slots[m_taken % m_slots.size()];
    if (!m_decoded.wait(lock, stop, [&] { return slot.has_value(); }))
        return cancelled();
    auto picture = std::move(*slot);
    slot.reset();
    ++m_taken;
    lock.unlock();
    m_room.notify_one();
    return picture;
}

void DecodeAhead::work(const std::stop_token& stop)
{
    for (;;) {
        std::unique_lock lock(m_mutex);
        m_room.wait(lock, stop,
            [&] { return m_started == m_paths.size() || m_started - m_taken < m_slots.size(); });
        // Stopped, it waits no more, but says whether there is room.
        if (stop.stop_requested() || m_started == m_paths.size())
            return;
        const auto index = m_started++;
        lock.unlock();
        auto picture = decoded(m_paths[index], m_size, m_geometry);
        lock.lock();
        m_slots[index % m_slots.size()] = std::move(picture);
        lock.unlock();
        m_decoded.notify_one();
    }
}

} // namespace vernier
