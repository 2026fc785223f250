#pragma once

#include <QCache>
#include <QObject>
#include <QPixmap>
#include <QSet>
#include <QString>
#include <QStringList>

#include <condition_variable>
#include <cstdint>
#include <deque>
#include <mutex>
#include <thread>
#include <utility>
#include <vector>

namespace vernier::ui {

/// Square thumbnails, decoded on threads of its own and kept up to a bound. One for the whole
/// window. All members are called on the GUI thread.
class ThumbnailService : public QObject {
    Q_OBJECT
public:
    static constexpr std::int64_t kMaxBytes = 256ll << 20;

    explicit ThumbnailService(QObject* parent = nullptr);
    ~ThumbnailService() override; ///< stops and joins

    /// A thumbnail about as large as `edge` (not scaled to it: draw it into a square), asked for
    /// when it is not there; null until ready(). While a sharper one is loading, the one there is.
    QPixmap pixmap(const QString& absolutePath, int edge);
    bool hasFailed(const QString& absolutePath) const { return m_failed.contains(absolutePath); }
    /// These first, in this order; requests for others are discarded, and made again when they are
    /// painted.
    void setVisible(const QStringList& absolutePaths);
    void clear(); ///< forgets everything: the files may have changed

    std::int64_t bytes() const { return m_cache.totalCost(); }
    std::size_t queued() const;

Q_SIGNALS:
    void ready(const QString& absolutePath); ///< loaded, or found unreadable

private:
    using Key = std::pair<QString, int>; ///< path, edge in device pixels

    void work(const std::stop_token& stop);
    void deliver(const Key& key, const QImage& image, quint64 generation);

    QCache<Key, QPixmap> m_cache { kMaxBytes };
    QSet<Key> m_pending;
    QSet<QString> m_failed;

    mutable std::mutex m_mutex;
    std::condition_variable_any m_wake;
    std::deque<Key> m_queue;
    quint64 m_generation = 0; ///< grows with clear()
    std::vector<std::jthread> m_threads; ///< last: joined before what they use goes
};

} // namespace vernier::ui
