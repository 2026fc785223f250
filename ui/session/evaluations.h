#pragma once

#include "core/dataset/snapshot.h"
#include "core/evaluation/metrics.h"
#include "ui/session/cache_keeper.h"
#include "ui/session/job_board.h"

#include <QObject>
#include <QString>

#include <functional>
#include <optional>
#include <string>

namespace vernier::ui {

/// By which labels a run is judged.
enum class JudgedBy {
    TodaysLabels, ///< with what was mended since: those of the pictures that are open
    OwnLabels ///< as it was trained
};

/// How good the current run's best weights are, on the pictures of a split. Images and classes are
/// told by their places in the pictures that are open, whatever the run's own were; classes that
/// only the run knows stand behind those.
class Evaluations : public QObject {
    Q_OBJECT
public:
    struct Subject {
        QString run;
        SnapshotPtr trainedOn; ///< its splits and labels, as the run's folder has them
        std::string device;
    };

    /// `subject` answers what is so now; nothing: there is no run to judge. `pictures`: those that
    /// are open; only asked for where there was a subject.
    Evaluations(JobBoard& jobs, CacheKeeper& cache, std::function<std::optional<Subject>()> subject,
        std::function<SnapshotPtr()> pictures, QObject* parent = nullptr);

    /// By the labels that are chosen.
    const std::optional<Evaluation>& current() const { return by(m_judgedBy); }
    const std::optional<Evaluation>& by(JudgedBy labels) const;
    /// What was mended since counts: the two differ.
    bool wasMended() const { return m_mended; }
    /// By today's labels, where that is another figure than what the run has told; a share, 0..1.
    std::optional<double> mendedValidation() const;
    JudgedBy judgedBy() const { return m_judgedBy; }
    void judgeBy(JudgedBy labels); ///< changed() follows where that is another
    std::optional<JobProgress> job() const; ///< while one is being made
    void evaluate(Split split); ///< asynchronous
    void followEdits(); ///< the same answers, for the pictures that are open now
    void abandon(); ///< the one under way is about other weights
    void forget();

Q_SIGNALS:
    void changed();

private:
    JobBoard& m_jobs;
    CacheKeeper& m_cache;
    std::function<std::optional<Subject>()> m_subject;
    std::function<SnapshotPtr()> m_pictures;
    SnapshotPtr m_scoredOn; ///< what m_scored tells the places in
    std::optional<Evaluation> m_scored;
    std::optional<Evaluation> m_asTrained;
    std::optional<Evaluation> m_asMended;
    bool m_mended = false;
    JudgedBy m_judgedBy = JudgedBy::TodaysLabels;
};

} // namespace vernier::ui
