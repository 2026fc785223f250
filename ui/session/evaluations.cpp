#include "ui/session/evaluations.h"

#include "core/evaluation/split_scores.h"
#include "ui/base/format.h"

#include <algorithm>
#include <iterator>
#include <limits>
#include <string_view>
#include <unordered_map>
#include <utility>

namespace vernier::ui {
namespace {

/// Where what a run calls by number is in the pictures that are open.
class Places {
public:
    Places(const DatasetSnapshot& run, const DatasetSnapshot& today) : m_run(run), m_today(today)
    {
        m_classes = today.classes;
        for (const std::string& name : run.classes) {
            const auto known = std::ranges::find(m_classes, name);
            m_labels.push_back(static_cast<ClassIndex>(known - m_classes.begin()));
            if (known == m_classes.end())
                m_classes.push_back(name);
        }
    }

    const std::vector<std::string>& classes() const { return m_classes; }
    ClassIndex label(ClassIndex ofRun) const { return m_labels[static_cast<std::size_t>(ofRun)]; }
    bool runKnows(ClassIndex label) const
    {
        return std::ranges::find(m_labels, label) != m_labels.end();
    }
    /// Nothing: the file is gone.
    std::optional<std::size_t> image(std::size_t ofRun)
    {
        const std::filesystem::path& path = m_run.images[ofRun].path;
        // They are the same files, but for what has come and gone.
        if (ofRun < m_today.images.size() && m_today.images[ofRun].path == path)
            return ofRun;
        if (m_byPath.empty()) {
            for (std::size_t i = 0; i < m_today.images.size(); ++i)
                m_byPath.emplace(m_today.images[i].path.native(), i);
        }
        const auto found = m_byPath.find(path.native());
        return found == m_byPath.end() ? std::nullopt : std::optional(found->second);
    }
    /// One a class; classes that the run does not know are impossible to it.
    std::vector<float> logProbabilities(const std::vector<float>& ofRun) const
    {
        if (m_classes == m_run.classes)
            return ofRun;
        std::vector<float> result(m_classes.size(), -std::numeric_limits<float>::infinity());
        for (std::size_t i = 0; i < std::min(ofRun.size(), m_labels.size()); ++i)
            result[static_cast<std::size_t>(m_labels[i])] = ofRun[i];
        return result;
    }

private:
    const DatasetSnapshot& m_run;
    const DatasetSnapshot& m_today;
    std::vector<std::string> m_classes;
    std::vector<ClassIndex> m_labels; ///< of the run's, among m_classes
    std::unordered_map<std::string_view, std::size_t> m_byPath;
};

/// What a run answered, judged by one or the other's labels. What it was trained on is no
/// validation because it is called so later: a picture that was moved away since counts no more.
Evaluation judged(const Evaluation& evaluation, const DatasetSnapshot& run,
    const DatasetSnapshot& today, JudgedBy labels)
{
    Places places(run, today);
    std::vector<ScoredImage> images;
    images.reserve(evaluation.images.size());
    for (const ScoredImage& scored : evaluation.images) {
        const std::optional<std::size_t> place = places.image(scored.image);
        if (!place)
            continue;
        const ImageEntry& now = today.images[*place];
        const ImageEntry& then = run.images[scored.image];
        const bool own = labels == JudgedBy::OwnLabels;
        const ClassIndex label = own ? places.label(scored.label) : now.label;
        if (!own && ((now.splitByHand && now.split != then.split) || !places.runKnows(label)))
            continue;
        ScoredImage image = scored;
        image.image = *place;
        image.predicted = places.label(scored.predicted);
        image.logProbabilities = places.logProbabilities(scored.logProbabilities);
        image.judgeAs(label);
        images.push_back(std::move(image));
    }
    Evaluation result = evaluate(evaluation.split, places.classes(), std::move(images));
    result.epoch = evaluation.epoch;
    std::ranges::copy_if(
        evaluation.problems, std::back_inserter(result.problems), [&](const ScanProblem& problem) {
            const auto found = std::ranges::find(today.images, problem.path, &ImageEntry::path);
            return found == today.images.end() || found->split != Split::LeftOut;
        });
    return result;
}

bool sameJudgement(const Evaluation& a, const Evaluation& b)
{
    return std::ranges::equal(
        a.images, b.images, [](const ScoredImage& one, const ScoredImage& other) {
            return one.image == other.image && one.label == other.label;
        });
}

} // namespace

Evaluations::Evaluations(JobBoard& jobs, CacheKeeper& cache,
    std::function<std::optional<Subject>()> subject, std::function<SnapshotPtr()> pictures,
    QObject* parent)
    : QObject(parent)
    , m_jobs(jobs)
    , m_cache(cache)
    , m_subject(std::move(subject))
    , m_pictures(std::move(pictures))
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
            [this, split, dataset = subject->trainedOn](Result<Evaluation> evaluation) {
                if (!evaluation) {
                    m_jobs.report(
                        evaluation.error(), [this, split] { evaluate(split); }, JobKind::Evaluate);
                    return;
                }
                m_scored = std::move(*evaluation);
                m_scoredOn = dataset;
                followEdits();
            });
}

void Evaluations::followEdits()
{
    const SnapshotPtr today = m_scored ? m_pictures() : nullptr;
    if (!today)
        return;
    m_asTrained = judged(*m_scored, *m_scoredOn, *today, JudgedBy::OwnLabels);
    m_asMended = judged(*m_scored, *m_scoredOn, *today, JudgedBy::TodaysLabels);
    m_mended = !sameJudgement(*m_asTrained, *m_asMended);
    Q_EMIT changed();
}

const std::optional<Evaluation>& Evaluations::by(JudgedBy labels) const
{
    return labels == JudgedBy::OwnLabels ? m_asTrained : m_asMended;
}

std::optional<double> Evaluations::mendedValidation() const
{
    if (!m_mended || !m_asMended || m_asMended->split != Split::Validation
        || m_asMended->images.empty())
        return std::nullopt;
    return m_asMended->accuracy;
}

void Evaluations::judgeBy(JudgedBy labels)
{
    if (std::exchange(m_judgedBy, labels) != labels)
        Q_EMIT changed();
}

std::optional<JobProgress> Evaluations::job() const { return m_jobs.progress(JobKind::Evaluate); }

void Evaluations::abandon() { m_jobs.abandon(JobKind::Evaluate); }

void Evaluations::forget()
{
    abandon();
    m_scored.reset();
    m_scoredOn.reset();
    m_mended = false;
    m_judgedBy = JudgedBy::TodaysLabels;
    m_asTrained.reset();
    if (m_asMended) {
        m_asMended.reset();
        Q_EMIT changed();
    }
}

} // namespace vernier::ui
