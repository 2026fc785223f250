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

/// How good the current run's best weights are, on the pictures of a split.
class Evaluations : public QObject {
    Q_OBJECT
public:
    struct Subject {
        QString run;
        SnapshotPtr trainedOn; ///< its splits and labels, as the run's folder has them
        std::string device;
    };

    /// `subject` answers what is so now; nothing: there is no run to judge. `judgedOn`: the same
    /// pictures with the labels and splits that count now; only asked for where there was a
    /// subject.
    Evaluations(JobBoard& jobs, CacheKeeper& cache, std::function<std::optional<Subject>()> subject,
        std::function<SnapshotPtr()> judgedOn, QObject* parent = nullptr);

    const std::optional<Evaluation>& current() const { return m_evaluation; }
    std::optional<JobProgress> job() const; ///< while one is being made
    void evaluate(Split split); ///< asynchronous
    void followEdits(); ///< the same answers under the labels and splits of now
    void abandon(); ///< the one under way is about other weights
    void forget();

Q_SIGNALS:
    void changed();

private:
    JobBoard& m_jobs;
    CacheKeeper& m_cache;
    std::function<std::optional<Subject>()> m_subject;
    std::function<SnapshotPtr()> m_judgedOn;
    std::optional<Evaluation> m_scored; ///< of all pictures that were scored
    std::optional<Evaluation> m_evaluation; ///< the same, with what was edited since
};

} // namespace vernier::ui
