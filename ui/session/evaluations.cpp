#include "ui/session/evaluations.h"

#include "core/evaluation/split_scores.h"
#include "ui/base/format.h"
#include "ui/session/run_history.h"

namespace vernier::ui {

Evaluations::Evaluations(JobBoard& jobs, CacheKeeper& cache,
    std::function<std::optional<Subject>()> subject, std::function<SnapshotPtr()> judgedOn,
    QObject* parent)
    : QObject(parent)
    , m_jobs(jobs)
    , m_cache(cache)
    , m_subject(std::move(subject))
    , m_judgedOn(std::move(judgedOn))
{
}

void Evaluations::evaluate(Split split)
{
    const auto subject = m_subject();
    if (!subject)
        return;
    m_jobs.begin(JobKind::Evaluate, tr("Evaluating"))
        .start(
            [run = format::path(subject->run), device = subject->device,
                dataset = subject->trainedOn, split,
                cache = m_cache.cache()](std::stop_token stop, const ProgressSink& progress) {
                return scoreSplit(run, *dataset, split, device, *cache, stop, progress)
                    .map([&](SplitScores scores) {
                        Evaluation evaluation = vernier::evaluate(
                            split, *dataset, std::move(scores.logProbabilities));
                        evaluation.epoch = scores.epoch;
                        evaluation.problems = std::move(scores.problems);
                        return evaluation;
                    });
            },
            [this, split](Result<Evaluation> evaluation) {
                if (!evaluation) {
                    m_jobs.report(
                        evaluation.error(), [this, split] { evaluate(split); }, JobKind::Evaluate);
                    return;
                }
                m_scored = std::move(*evaluation);
                followEdits();
            });
}

void Evaluations::followEdits()
{
    if (!m_scored)
        return;
    m_evaluation = rescored(*m_scored, *m_judgedOn());
    Q_EMIT changed();
}

std::optional<JobProgress> Evaluations::job() const { return m_jobs.progress(JobKind::Evaluate); }

void Evaluations::abandon() { m_jobs.abandon(JobKind::Evaluate); }

void Evaluations::forget()
{
    abandon();
    m_scored.reset();
    if (m_evaluation) {
        m_evaluation.reset();
        Q_EMIT changed();
    }
}

} // namespace vernier::ui
