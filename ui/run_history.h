#pragma once

#include "ui/session.h"

namespace vernier::ui {

/// Adds what an event tells to the history.
void append(RunHistory& history, const TrainingEvent& event);

/// The same evaluation under the labels and splits that the dataset has now: a picture that was
/// relabelled counts for its new class, one that was moved away no longer counts.
Evaluation rescored(const Evaluation& evaluation, const DatasetSnapshot& dataset);

} // namespace vernier::ui
