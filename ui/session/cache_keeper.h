#pragma once

#include "core/features/feature_cache.h"
#include "ui/base/job.h"

#include <QObject>

#include <deque>
#include <functional>
#include <memory>
#include <optional>

namespace vernier::ui {

/// The cache of features on disk, which all programs of the user share: what is in it, and what a
/// person does to it. On a worker, one after the other, also while training; changed() follows
/// each.
class CacheKeeper : public QObject {
    Q_OBJECT
public:
    explicit CacheKeeper(QObject* parent = nullptr);
    ~CacheKeeper() override;

    const std::shared_ptr<FeatureCache>& cache(); ///< made when it is first asked for

    void read();
    void setLimit(std::optional<quint64> bytes); ///< none: what the program chooses
    void clear();
    const std::optional<FeatureCache::Info>& info() const { return m_info; }
    const std::optional<Error>& error() const { return m_error; } ///< of the last change

Q_SIGNALS:
    void changed();
    /// About to happen: who fills it gives way.
    void limiting();
    void clearing();

private:
    using Change = std::function<Status(FeatureCache&)>;
    void change(Change change);
    void startNext();

    std::shared_ptr<FeatureCache> m_cache;
    std::optional<FeatureCache::Info> m_info;
    std::optional<Error> m_error;
    std::deque<Change> m_changes; ///< that wait for the one under way
    Job m_job;
};

} // namespace vernier::ui
