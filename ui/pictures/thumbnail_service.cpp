#include "ui/pictures/thumbnail_service.h"

#include "core/base/parallel.h"
#include "core/base/thread_priority.h"
#include "core/image/geometry.h"
#include "ui/base/format.h"
#include "ui/pictures/picture_image.h"

#include <QGuiApplication>
#include <QHash>
#include <QImage>

#include <algorithm>
#include <array>
#include <cmath>

namespace vernier::ui {
namespace {

/// Few sizes, so that moving the slider loads almost nothing anew.
constexpr std::array kEdges { 96, 192, 384, 768 };

int storedEdge(int edge)
{
    const auto wanted = static_cast<int>(std::ceil(edge * qApp->devicePixelRatio()));
    const auto* found = std::lower_bound(kEdges.begin(), kEdges.end(), wanted);
    return found == kEdges.end() ? kEdges.back() : *found;
}

/// Null where it cannot be read, or not now: nothing may leave the thread.
QImage load(const QString& path, int edge)
{
    try {
        const Result<Picture> picture = decodeThumbnail(format::path(path), edge);
        if (!picture || picture->empty())
            return {};
        return toImage(*picture);
    } catch (const std::exception&) {
        return {};
    }
}

} // namespace

ThumbnailService::ThumbnailService(QObject* parent) : QObject(parent)
{
    const unsigned threads = std::clamp(std::thread::hardware_concurrency(), 1U, 4U);
    m_threads = startThreads(threads, [this](const std::stop_token& stop) { work(stop); });
}

ThumbnailService::~ThumbnailService()
{
    for (std::jthread& thread : m_threads)
        thread.request_stop();
}

QPixmap ThumbnailService::pixmap(const QString& absolutePath, int edge)
{
    const Key key { absolutePath, storedEdge(edge) };
    if (const QPixmap* found = m_cache.object(key))
        return *found;
    if (m_failed.contains(absolutePath))
        return {};
    if (!m_pending.contains(key)) {
        m_pending.insert(key);
        {
            const std::scoped_lock lock(m_mutex);
            m_queue.push_back(key);
        }
        m_wake.notify_one();
    }
    for (const int other : kEdges) {
        if (const QPixmap* found = m_cache.object({ absolutePath, other }))
            return *found;
    }
    return {};
}

void ThumbnailService::setVisible(const QStringList& absolutePaths)
{
    QHash<QString, qsizetype> order;
    order.reserve(absolutePaths.size());
    for (qsizetype i = 0; i < absolutePaths.size(); ++i)
        order.insert(absolutePaths[i], i);

    const std::scoped_lock lock(m_mutex);
    std::erase_if(m_queue, [&](const Key& key) {
        if (order.contains(key.first))
            return false;
        m_pending.remove(key);
        return true;
    });
    std::stable_sort(m_queue.begin(), m_queue.end(),
        [&](const Key& a, const Key& b) { return order.value(a.first) < order.value(b.first); });
}

void ThumbnailService::clear()
{
    m_cache.clear();
    m_pending.clear();
    m_failed.clear();
    const std::scoped_lock lock(m_mutex);
    m_queue.clear();
    ++m_generation;
}

std::size_t ThumbnailService::queued() const
{
    const std::scoped_lock lock(m_mutex);
    return m_queue.size();
}

void ThumbnailService::work(const std::stop_token& stop)
{
    lowerThreadPriority(kThumbnailNiceness);
    while (true) {
        Key key;
        quint64 generation = 0;
        {
            std::unique_lock lock(m_mutex);
            if (!m_wake.wait(lock, stop, [this] { return !m_queue.empty(); }))
                return;
            key = m_queue.front();
            m_queue.pop_front();
            generation = m_generation;
        }
        if (stop.stop_requested())
            return;
        const QImage image = load(key.first, key.second);
        QMetaObject::invokeMethod(
            this, [this, key, image, generation] { deliver(key, image, generation); },
            Qt::QueuedConnection);
    }
}

void ThumbnailService::deliver(const Key& key, const QImage& image, quint64 generation)
{
    // Only the GUI thread changes it, so that it may be read here without the lock.
    if (generation != m_generation)
        return;
    m_pending.remove(key);
    if (image.isNull())
        m_failed.insert(key.first);
    else
        m_cache.insert(key, new QPixmap(QPixmap::fromImage(image)), image.sizeInBytes());
    Q_EMIT ready(key.first);
}

} // namespace vernier::ui
