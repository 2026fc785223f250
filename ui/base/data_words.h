#pragma once

#include "core/dataset/data_changes.h"

#include <QString>

namespace vernier::ui {

/// "2 labels changed, 1 left out"; "nothing changed".
QString inWords(const DataChanges& changes);

} // namespace vernier::ui
