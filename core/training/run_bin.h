#pragma once

#include "core/base/result.h"

#include <filesystem>

namespace vernier {

/// Where deleted runs lie until somebody empties it: a hidden folder beside the runs, which lists
/// of runs pass over.
std::filesystem::path binOf(const std::filesystem::path& runs);

/// Moves a run into the bin of its folder, at one stroke, and gives where it lies then. Exists
/// while it is being trained.
Result<std::filesystem::path> moveToBin(const std::filesystem::path& run);
/// Back to where it was. Exists where there is something else by now.
Status takeBack(const std::filesystem::path& binned, const std::filesystem::path& run);

} // namespace vernier
