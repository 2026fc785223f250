#pragma once

#include "core/dataset/snapshot.h"

#include <string>

namespace vernier {

/// dataset.json of a run folder; readRunDataset reads it.
std::string datasetToJson(const DatasetSnapshot& dataset);

/// Whether there is one that can be read, wherever its pictures are by now.
bool holdsRunDataset(const std::filesystem::path& folder);

/// Removes what a run that was killed has left of files that were being written. Only for whoever
/// has the folder for himself; files of somebody else's that lie there stay.
void removeTemporaryRunFiles(const std::filesystem::path& folder);

/// Whether a folder holds no more than the recipe of a run that failed as it began, which earlier
/// versions wrote first: a new run may begin there.
bool isBegunOnly(const std::filesystem::path& folder);

} // namespace vernier
