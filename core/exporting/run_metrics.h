#pragma once

#include "core/runs/events.h"

#include <span>
#include <string>

namespace vernier {

/// The figures of every epoch as a table file: a header and one line an epoch, RFC 4180. `best` is
/// the number of the best epoch, or 0.
std::string metricsToCsv(
    std::span<const PhaseStarted> phases, std::span<const EpochDone> epochs, int best);

} // namespace vernier
