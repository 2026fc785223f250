#pragma once

#include "core/base/result.h"
#include "ui/base/job.h"

#include <QElapsedTimer>
#include <QObject>
#include <QString>

#include <array>
#include <functional>
#include <memory>
#include <optional>
#include <vector>

namespace vernier::ui {

/// Work other than training, one at a time of each.
enum class JobKind : std::uint8_t {
    Open,
    Evaluate,
    Predict,
    Model,
    Export,
    Import,
    Views,
    Prepare, ///< asked for by nobody
    Rate
};

/// How far such work is. Shown in the run bar.
struct JobProgress {
    QString title; ///< "Reading pictures"; empty: none runs
    qint64 done = 0;
    qint64 total = 0; ///< 0 unknown
    double secondsLeft = -1;
};

/// The workers of a session, what is under way, and what failed last with a way to try it again.
/// Lives on the GUI thread.
class JobBoard : public QObject {
    Q_OBJECT
public:
    using Retry = std::function<void()>;

    explicit JobBoard(QObject* parent = nullptr);

    /// The worker for such work, to be started at once. What it is at work on is abandoned then.
    Job& begin(JobKind kind, const QString& title);
    bool running(JobKind kind) const;
    void cancel(JobKind kind); ///< its answer still comes
    void abandon(JobKind kind); ///< its answer does not
    void cancelAll();
    void abandonAll();
    void end(); ///< stops and joins them all, for good; nothing is delivered any more
    bool idle() const; ///< none is at work

    std::optional<JobProgress> progress(JobKind kind) const; ///< while it runs
    JobProgress newest() const; ///< of those that run; without a title where none does

    /// Somebody's work failed: failed() follows, but not for what was cancelled. `kind` none: no
    /// job's.
    void report(const Error& error, Retry retry, std::optional<JobKind> kind = {});
    void clearError() { m_error.reset(); }
    /// Of the newest that failed; cleared by the next that begins.
    const std::optional<Error>& error() const { return m_error; }
    std::optional<JobKind> failedKind() const { return m_failedKind; }
    void retry(); ///< what failed last, again
    /// What retry() does now, to be kept: the next failure takes its place. Empty: nothing.
    Retry retrier() const { return m_retry; }

Q_SIGNALS:
    void begun(vernier::ui::JobKind kind);
    void changed(); ///< what runs, or how far it is
    void runningChanged(vernier::ui::JobKind kind);
    void failed(const vernier::Error& error);

private:
    static constexpr std::size_t kKinds = static_cast<std::size_t>(JobKind::Rate) + 1;

    struct Worker {
        std::unique_ptr<Job> job;
        JobProgress progress;
        QElapsedTimer since;
    };

    Worker& worker(JobKind kind) { return m_workers[static_cast<std::size_t>(kind)]; }
    const Worker& worker(JobKind kind) const { return m_workers[static_cast<std::size_t>(kind)]; }
    void watch(JobKind kind);

    std::array<Worker, kKinds> m_workers;
    std::vector<JobKind> m_order; ///< running, the newest last
    std::optional<Error> m_error;
    std::optional<JobKind> m_failedKind;
    Retry m_retry;
};

} // namespace vernier::ui
