#pragma once

#include "core/dataset/snapshot.h"
#include "core/training/rate_finder.h"
#include "ui/session/cache_keeper.h"
#include "ui/session/job_board.h"

#include <QObject>
#include <QString>

#include <functional>
#include <optional>

namespace vernier::ui {

/// A learning rate, found by trying.
class RateTrial : public QObject {
    Q_OBJECT
public:
    /// What it would be tried on.
    struct Subject {
        SnapshotPtr dataset;
        Recipe recipe;
        std::size_t phase = 0; ///< whose rate
        QString run; ///< from whose weights it starts; empty: as the recipe does
    };

    /// `subject` answers what is so now; nothing: no rate can be tried.
    RateTrial(JobBoard& jobs, CacheKeeper& cache, std::function<std::optional<Subject>()> subject,
        QObject* parent = nullptr);

    bool canFind() const { return m_subject().has_value(); }
    QString run() const; ///< from whose weights find() starts; empty: as the recipe does
    void find(); ///< changed() follows when it ends, however it does
    void cancel();
    std::optional<JobProgress> job() const; ///< while rates are being tried
    const std::optional<RateSweep>& sweep() const { return m_sweep; } ///< of the last try
    const std::optional<Error>& error() const { return m_error; } ///< of the last try

Q_SIGNALS:
    void changed();

private:
    JobBoard& m_jobs;
    CacheKeeper& m_cache;
    std::function<std::optional<Subject>()> m_subject;
    std::optional<RateSweep> m_sweep;
    std::optional<Error> m_error;
};

} // namespace vernier::ui
