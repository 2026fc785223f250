#include "ui/runs/run_words.h"

#include "core/evaluation/metrics.h"
#include "ui/base/format.h"

#include <QCoreApplication>

namespace vernier::ui {

namespace {
QString tr(const char* text) { return QCoreApplication::translate("RunWords", text); }
} // namespace

QString accuracyText(const RunSummary& run)
{
    const EpochDone* best = run.problem ? nullptr : run.best();
    if (!best || !best->validationAccuracy)
        return kDash;
    return format::percent(*best->validationAccuracy,
               wilsonOfShare(*best->validationAccuracy, best->validationCount))
        + tr(" of %1").arg(format::count(best->validationCount));
}

QString timeText(const QDateTime& time)
{
    return time.isValid() ? time.toString(QStringLiteral("yyyy-MM-dd HH:mm")) : QString(kDash);
}

QVariant accuracyValue(const RunSummary& run)
{
    const EpochDone* best = run.best();
    return best && best->validationAccuracy ? QVariant(*best->validationAccuracy) : QVariant();
}

QDateTime localTime(const std::string& stamp)
{
    return QDateTime::fromString(QString::fromStdString(stamp), Qt::ISODate).toLocalTime();
}

QVariant timeValue(const QDateTime& time)
{
    return time.isValid() ? QVariant(static_cast<double>(time.toMSecsSinceEpoch())) : QVariant();
}

} // namespace vernier::ui
