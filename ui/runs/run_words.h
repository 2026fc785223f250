#pragma once

#include "core/runs/run_list.h"

#include <QDateTime>
#include <QString>
#include <QVariant>

namespace vernier::ui {

/// What stands in a cell that has nothing to say.
inline constexpr QChar kDash(0x2013);

/// A run's texts as every list of runs has them.
QString accuracyText(const RunSummary& run); ///< "93.5 % (88.5 to 96.4) of 153", or a dash
QString timeText(const QDateTime& time); ///< "2026-11-24 14:05", or a dash

/// And what they are sorted by. Invalid where there is none.
QVariant accuracyValue(const RunSummary& run);
QDateTime localTime(const std::string& stamp); ///< Sitting::started and its like
QVariant timeValue(const QDateTime& time);

} // namespace vernier::ui
