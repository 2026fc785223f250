#include "ui/session/cache_keeper.h"

namespace vernier::ui {

CacheKeeper::CacheKeeper(QObject* parent) : QObject(parent) { }

CacheKeeper::~CacheKeeper() = default;

const std::shared_ptr<FeatureCache>& CacheKeeper::cache()
{
    if (!m_cache)
        m_cache = std::make_shared<FeatureCache>(
            FeatureCache::Options { .folder = FeatureCache::defaultFolder() });
    return m_cache;
}

void CacheKeeper::read()
{
    // An answer is on its way.
    if (!m_job.running())
        change({});
}

void CacheKeeper::setLimit(std::optional<quint64> bytes)
{
    Q_EMIT limiting();
    change([bytes](FeatureCache& cache) { return cache.setDiskLimit(bytes); });
}

void CacheKeeper::clear()
{
    Q_EMIT clearing();
    change([](FeatureCache& cache) { return cache.clear(); });
}

void CacheKeeper::change(Change change)
{
    m_changes.push_back(std::move(change));
    if (!m_job.running())
        startNext();
}

void CacheKeeper::startNext()
{
    if (m_changes.empty())
        return;
    const Change change = std::move(m_changes.front());
    m_changes.pop_front();
    struct Answer {
        std::optional<Error> error;
        FeatureCache::Info info;
    };
    m_job.start(
        [cache = cache(), change](std::stop_token, const ProgressSink&) -> Result<Answer> {
            const Status changed = change ? change(*cache) : Status();
            return Answer { changed ? std::nullopt : std::optional(changed.error()),
                cache->info() };
        },
        [this, isChange = change != nullptr](Result<Answer> answer) {
            if (answer)
                m_info = answer->info;
            if (!answer || isChange)
                m_error = answer ? answer->error : answer.error();
            Q_EMIT changed();
            startNext();
        });
}

} // namespace vernier::ui
