#pragma once

#include "core/dataset/snapshot.h"

#include <string>

namespace vernier {

/// dataset.json of a run folder; readRunDataset reads it.
std::string datasetToJson(const DatasetSnapshot& dataset);

} // namespace vernier
