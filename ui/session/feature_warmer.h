#pragma once

#include "core/dataset/snapshot.h"
#include "core/recipe/recipe.h"
#include "core/training/calibration.h"
#include "ui/session/cache_keeper.h"
#include "ui/session/job_board.h"

#include <QObject>
#include <QString>
#include <QTimer>

#include <functional>
#include <optional>

namespace vernier::ui {

/// Computes what a press of Train needs below the cut, at low priority, whenever nothing else is at
/// work; gives way at once. Off at first.
class FeatureWarmer : public QObject {
    Q_OBJECT
public:
    /// What Train would need.
    struct Subject {
        SnapshotPtr dataset; ///< null: there are no pictures
        Recipe recipe; ///< with the one phase whose features can be prepared
        /// That is the phase which is shown: with its features Train has all that it needs.
        bool isShown = false;
    };

    /// `subject` answers what is so now, `mayRun` whether nothing is at work and Train would
    /// take the recipe.
    FeatureWarmer(JobBoard& jobs, CacheKeeper& cache, std::function<Subject()> subject,
        std::function<bool()> mayRun, QObject* parent = nullptr);

    void setOn(bool on);
    void startSoon(); ///< a person who has just changed something may go on doing so
    void stop();
    void followChange(); ///< of pictures, labels or recipe

    /// Train has all that it needs, for this dataset and the recipe's shown phase. Never so for a
    /// phase that runs on what an earlier one is yet to train; then those of the first are
    /// prepared.
    bool isReady() const;
    /// What this machine reaches with the recipe's network; measured before the first preparation,
    /// and remembered.
    std::optional<ComputeSpeed> speed();

Q_SIGNALS:
    void readyChanged();
    void speedChanged();

private:
    /// What features were computed for: of the recipe, only what they depend on.
    struct PreparedFor {
        SnapshotPtr dataset;
        Recipe recipe;
        bool operator==(const PreparedFor&) const = default;
    };
    static void followLabels(std::optional<PreparedFor>& prepared, const SnapshotPtr& dataset);
    void prepare();

    JobBoard& m_jobs;
    CacheKeeper& m_cache;
    std::function<Subject()> m_subject;
    std::function<bool()> m_mayRun;
    bool m_on = false;
    QTimer m_soon;
    QString m_speedKey; ///< which speed m_speed is
    std::optional<ComputeSpeed> m_speed;
    std::optional<PreparedFor> m_prepared;
    std::optional<PreparedFor> m_notPrepared; ///< it failed, or was cancelled
};

} // namespace vernier::ui
