#include "ui/frame/run_status.h"

#include "ui/base/format.h"

#include <algorithm>
#include <cmath>

namespace vernier::ui {
namespace {

const QString kDot = QStringLiteral(" · ");

QString pictures(qint64 n)
{
    return format::plural(n, QStringLiteral("picture"), QStringLiteral("pictures"));
}

QString left(double seconds)
{
    return seconds < 0 ? QString() : format::duration(seconds) + QStringLiteral(" left");
}

QString perSecond(double rate)
{
    if (rate <= 0)
        return {};
    return (rate < 10 ? QString::number(rate, 'f', 1) : format::count(std::llround(rate)))
        + QStringLiteral(" pictures/s");
}

double share(qint64 done, qint64 total)
{
    return std::clamp(static_cast<double>(done) / static_cast<double>(total), 0.0, 1.0);
}

bool isTesting(const RunHistory& history) { return history.step && history.step->testing; }

/// At least those that have begun.
int allPhases(const RunHistory& history)
{
    return std::max(history.phases.back().phases, history.phases.back().phase);
}

QString result(const RunHistory& history)
{
    if (history.bestEpoch == 0)
        return {};
    const auto best = std::find_if(history.epochs.begin(), history.epochs.end(),
        [&](const EpochDone& epoch) { return epoch.epoch == history.bestEpoch; });
    if (best == history.epochs.end() || !best->validationAccuracy)
        return {};
    QString text = QStringLiteral("best ")
        + format::accuracy(*best->validationAccuracy,
            wilsonOfShare(*best->validationAccuracy, best->validationCount), best->validationCount,
            QStringLiteral("validation"));
    if (const auto& finished = history.ended; finished && finished->testAccuracy) {
        text += kDot
            + format::accuracy(*finished->testAccuracy,
                wilsonOfShare(*finished->testAccuracy, finished->testCount), finished->testCount,
                QStringLiteral("test"));
    }
    return text;
}

/// The only phase is told by its plan, one of several by its number.
QString trainingWords(const RunHistory& history)
{
    const QString words = epochWords(history);
    if (history.phases.empty() || isTesting(history) || allPhases(history) > 1)
        return words;
    return QString::fromStdString(describe(history.phases.back().plan)) + kDot + words;
}

/// Of the phase: whole epochs, and the step within the one under way.
double phaseShare(const RunHistory& history)
{
    if (history.phases.empty() || history.phases.back().epochs == 0)
        return 0;
    const PhaseStarted& phase = history.phases.back();
    double done = 0;
    for (const EpochDone& epoch : history.epochs)
        done += epoch.epoch >= phase.firstEpoch ? 1 : 0;
    const int lastDone = history.epochs.empty() ? 0 : history.epochs.back().epoch;
    if (const auto& step = history.step; step && step->steps > 0 && step->epoch > lastDone) {
        // Validating is the short rest of an epoch.
        const double within = static_cast<double>(step->step) / step->steps;
        done += step->validating ? 0.9 + 0.1 * within : 0.9 * within;
    }
    return std::clamp(done / phase.epochs, 0.0, 1.0);
}

void addTraining(RunStatus& status, const RunHistory& history)
{
    status.text = trainingWords(history);
    status.share = phaseShare(history);
    if (history.step) {
        status.left = left(history.step->secondsLeft);
        status.rate = perSecond(history.step->picturesPerSecond);
    }
}

void addJob(RunStatus& status, const JobProgress& job)
{
    status.text = job.title;
    status.left = left(job.secondsLeft);
    if (job.total > 0) {
        status.share = share(job.done, job.total);
        status.text
            += QStringLiteral(" %1 of %2").arg(format::count(job.done), format::count(job.total));
    } else {
        status.share = 0;
        status.indeterminate = true;
    }
}

} // namespace

QString epochWords(const RunHistory& history)
{
    if (history.phases.empty())
        return {};
    if (isTesting(history))
        return QStringLiteral("Testing the best epoch");
    const PhaseStarted& phase = history.phases.back();
    int epoch = phase.firstEpoch;
    if (history.step)
        epoch = history.step->epoch;
    else if (!history.epochs.empty())
        epoch = std::max(epoch, history.epochs.back().epoch);
    const QString words
        = QStringLiteral("epoch %1 of %2")
              .arg(format::count(epoch - phase.firstEpoch + 1), format::count(phase.epochs));
    const int all = allPhases(history);
    if (all == 1)
        return words;
    return QStringLiteral("phase %1 of %2").arg(phase.phase).arg(all) + kDot + words;
}

RunStatus runStatus(RunState state, const RunHistory& history, const JobProgress& job,
    const SnapshotPtr& dataset, const std::optional<Error>& runError, const Mended& mended)
{
    RunStatus status;
    switch (state) {
    case RunState::Starting:
        status.text = QStringLiteral("Loading weights");
        status.share = 0;
        status.indeterminate = true;
        return status;
    case RunState::Preparing: {
        const Preparing preparing = history.preparing.value_or(Preparing {});
        status.share = preparing.total > 0 ? share(preparing.done, preparing.total) : 0.0;
        status.indeterminate = preparing.total == 0;
        status.text = (history.phases.empty() ? QStringLiteral("Reading pictures, %1")
                                              : QStringLiteral("Preparing features, %1"))
                          .arg(format::percent(*status.share, 0));
        status.rate = perSecond(preparing.picturesPerSecond);
        if (preparing.picturesPerSecond > 0 && preparing.done > 0) {
            status.left = left(static_cast<double>(preparing.total - preparing.done)
                / preparing.picturesPerSecond);
        }
        return status;
    }
    case RunState::Training:
        addTraining(status, history);
        return status;
    case RunState::Paused:
        addTraining(status, history);
        status.text = QStringLiteral("Paused") + kDot + status.text;
        status.left.clear();
        status.rate.clear();
        return status;
    case RunState::Stopping:
        addTraining(status, history);
        status.text = QStringLiteral("Stopping after this batch");
        status.left.clear();
        status.rate.clear();
        return status;
    default:
        break;
    }

    if (!job.title.isEmpty()) {
        addJob(status, job);
        return status;
    }
    switch (state) {
    case RunState::NoDataset:
        status.text = QStringLiteral("Open a folder of pictures to begin");
        break;
    case RunState::Ready:
        status.text = QStringLiteral("Ready") + kDot
            + QStringLiteral("%1 to train on").arg(pictures(dataset->count(Split::Train)));
        break;
    case RunState::Finished: {
        const bool stopped = history.ended && history.ended->stopped;
        const QString text = result(history);
        status.text = stopped ? QStringLiteral("Stopped")
            : history.ended   ? QStringLiteral("Finished")
                              : QStringLiteral("Broken off");
        if (!text.isEmpty())
            status.text += kDot + text;
        if (mended.validation)
            status.text
                += kDot + QObject::tr("%1 as mended").arg(format::percent(*mended.validation));
        if (mended.changes > 0)
            status.text += kDot
                + QObject::tr("%1 since")
                      .arg(format::plural(
                          mended.changes, QObject::tr("mend"), QObject::tr("mends")));
        break;
    }
    case RunState::Failed:
        status.failed = true;
        status.text = runError ? format::text(*runError) : QStringLiteral("Training failed.");
        break;
    default:
        break;
    }
    return status;
}

QString picturesDone(const JobProgress& job)
{
    if (job.total <= 0)
        return {};
    const QString done
        = QObject::tr("%1 of %2")
              .arg(format::count(job.done),
                  format::plural(job.total, QObject::tr("picture"), QObject::tr("pictures")));
    return job.secondsLeft < 0
        ? done
        : QObject::tr("%1 · %2 left").arg(done, format::duration(job.secondsLeft));
}

} // namespace vernier::ui
