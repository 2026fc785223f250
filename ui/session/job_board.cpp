#include "ui/session/job_board.h"

#include <algorithm>
#include <utility>

namespace vernier::ui {

JobBoard::JobBoard(QObject* parent) : QObject(parent)
{
    for (std::size_t i = 0; i < kKinds; ++i)
        watch(static_cast<JobKind>(i));
}

void JobBoard::watch(JobKind kind)
{
    Worker& watched = worker(kind);
    watched.job = std::make_unique<Job>();
    connect(watched.job.get(), &Job::progressed, this,
        [this, &watched](const QString&, qint64 done, qint64 total) {
            watched.progress.done = done;
            watched.progress.total = total;
            const auto seconds = static_cast<double>(watched.since.elapsed()) / 1000;
            watched.progress.secondsLeft = done > 0 && total >= done && seconds > 1
                ? seconds / static_cast<double>(done) * static_cast<double>(total - done)
                : -1;
            Q_EMIT changed();
        });
    connect(watched.job.get(), &Job::runningChanged, this, [this, kind] {
        std::erase(m_order, kind);
        if (running(kind))
            m_order.push_back(kind);
        Q_EMIT changed();
        Q_EMIT runningChanged(kind);
    });
}

Job& JobBoard::begin(JobKind kind, const QString& title)
{
    Worker& chosen = worker(kind);
    chosen.progress = { title, 0, 0, -1 };
    chosen.since.start();
    // What nobody has asked for leaves the last failure and its retry as they are.
    if (kind != JobKind::Prepare)
        m_error.reset();
    Q_EMIT begun(kind);
    return *chosen.job;
}

bool JobBoard::running(JobKind kind) const { return worker(kind).job->running(); }

void JobBoard::cancel(JobKind kind) { worker(kind).job->cancel(); }

void JobBoard::abandon(JobKind kind) { worker(kind).job->abandon(); }

void JobBoard::cancelAll()
{
    for (Worker& each : m_workers)
        each.job->cancel();
}

void JobBoard::abandonAll()
{
    for (Worker& each : m_workers)
        each.job->abandon();
}

void JobBoard::end()
{
    for (Worker& each : m_workers)
        each.job.reset();
}

bool JobBoard::idle() const
{
    return std::none_of(
        m_workers.begin(), m_workers.end(), [](const Worker& each) { return each.job->running(); });
}

std::optional<JobProgress> JobBoard::progress(JobKind kind) const
{
    return running(kind) ? std::optional(worker(kind).progress) : std::nullopt;
}

JobProgress JobBoard::newest() const
{
    return m_order.empty() ? JobProgress() : worker(m_order.back()).progress;
}

void JobBoard::report(const Error& error, Retry retry, std::optional<JobKind> kind)
{
    if (error.code == ErrorCode::Cancelled)
        return;
    m_error = error;
    m_failedKind = kind;
    m_retry = std::move(retry);
    Q_EMIT failed(error);
}

void JobBoard::retry()
{
    if (const Retry again = std::exchange(m_retry, {}))
        again();
}

} // namespace vernier::ui
