#include "ui/session/rate_trial.h"

#include "ui/base/format.h"

namespace vernier::ui {

RateTrial::RateTrial(JobBoard& jobs, CacheKeeper& cache,
    std::function<std::optional<Subject>()> subject, QObject* parent)
    : QObject(parent), m_jobs(jobs), m_cache(cache), m_subject(std::move(subject))
{
}

QString RateTrial::run() const
{
    const auto subject = m_subject();
    return subject ? subject->run : QString();
}

void RateTrial::find()
{
    const auto subject = m_subject();
    if (!subject)
        return;
    m_sweep.reset();
    m_error.reset();
    m_jobs.begin(JobKind::Rate, tr("Trying learning rates"))
        .start(
            [dataset = subject->dataset, recipe = subject->recipe, phase = subject->phase,
                run = format::path(subject->run),
                cache = m_cache.cache()](std::stop_token stop, const ProgressSink& progress) {
                return findRate(*dataset, recipe, phase, run, *cache, {}, stop, progress);
            },
            [this](Result<RateSweep> sweep) {
                if (sweep)
                    m_sweep = std::move(*sweep);
                else
                    m_error = sweep.error();
                Q_EMIT changed();
            });
    Q_EMIT changed();
}

void RateTrial::cancel() { m_jobs.cancel(JobKind::Rate); }

std::optional<JobProgress> RateTrial::job() const { return m_jobs.progress(JobKind::Rate); }

} // namespace vernier::ui
