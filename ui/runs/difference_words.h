#pragma once

#include "core/runs/run_list.h"

#include <QStringList>

namespace vernier::ui {

/// "Dropout"; where there are several phases, "Phase 2: epochs" for one of a phase.
QString settingTitle(const std::string& key, bool severalPhases);
/// Whether a key is of a phase after the first.
bool ofLaterPhase(const RecipeDifference& difference);

/// "Dropout 50 % → 30 %", "Phase 2: head's rate 1e-4 (new)".
QString inWords(const RecipeDifference& difference, bool severalPhases);
/// "Head's rate 1e-3 → 3e-4 in epoch 4, while it trained".
QString inWords(const RateChange& change, bool severalPhases);

/// All that sets a run apart from what it is held against, in a line each. The phases that it went
/// on with are one: "Goes on from epoch 12 of first with block 5 at 1e-5, head at 1e-4, 5 epochs".
QStringList changesInWords(const RunSummary& run);

} // namespace vernier::ui
