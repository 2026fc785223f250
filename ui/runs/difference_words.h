#pragma once

#include "core/training/recipe_difference.h"

#include <QString>

namespace vernier::ui {

/// "Dropout"; where there are several phases, "Phase 2: epochs" for one of a phase.
QString settingTitle(const std::string& key, bool severalPhases);
/// Whether a key is of a phase after the first.
bool ofLaterPhase(const RecipeDifference& difference);

/// "Dropout 50 % → 30 %", "Phase 2: head's rate 1e-4 (new)".
QString inWords(const RecipeDifference& difference, bool severalPhases);

} // namespace vernier::ui
