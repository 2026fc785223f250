#include "ui/session/evaluations.h"

#include "core/evaluation/split_scores.h"
#include "ui/base/format.h"

#include <algorithm>
#include <iterator>

namespace vernier::ui {
namespace {

/// The same evaluation under the labels and splits that the dataset has now: a picture that was
/// relabelled counts for its new class, one that was moved away no longer counts.
Evaluation rescored(const Evaluation& evaluation, const DatasetSnapshot& dataset)
{
    std::vector<ScoredImage> images;
    images.reserve(evaluation.images.size());
    for (ScoredImage scored : evaluation.images) {
        if (scored.image >= dataset.images.size())
            continue;
        const ImageEntry& entry = dataset.images[scored.image];
        const auto label = static_cast<std::size_t>(entry.label);
        if (entry.split != evaluation.split || label >= scored.logProbabilities.size())
            continue;
        if (entry.label != scored.label)
            scored.judgeAs(entry.label);
        images.push_back(std::move(scored));
    }
    Evaluation result = evaluate(evaluation.split, evaluation.classes, std::move(images));
    result.epoch = evaluation.epoch;
    std::ranges::copy_if(
        evaluation.problems, std::back_inserter(result.problems), [&](const ScanProblem& problem) {
            const auto found = std::ranges::find(dataset.images, problem.path, &ImageEntry::path);
            return found == dataset.images.end() || found->split == evaluation.split;
        });
    return result;
}

} // namespace

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
                        return vernier::evaluate(split, *dataset, std::move(scores));
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
