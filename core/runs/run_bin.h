#pragma once

#include "core/runs/run_list.h"

#include <vector>

namespace vernier {

/// Where deleted runs lie until somebody empties it: a hidden folder beside the runs, which lists
/// of runs pass over. In all that follows `runs` is the folder whose bin it is.
std::filesystem::path binOf(const std::filesystem::path& runs);

/// Moves a run into the bin of its folder, at one stroke, and gives where it lies then. Exists
/// while it is being trained.
Result<std::filesystem::path> moveToBin(const std::filesystem::path& run);
/// Back to where it was. Exists where there is something else by now, NotFound when it has left the
/// bin.
Status takeBack(const std::filesystem::path& binned, const std::filesystem::path& run);

/// A run in the bin, as lists show it.
struct BinnedRun {
    RunSummary run; ///< held against no other
    std::string deleted; ///< when, or when its folder changed after that; as Sitting::started
    std::uint64_t bytes = 0; ///< of its files
};
/// Every folder in the bin, by name; what is left of a run too. Links are passed over.
Result<std::vector<BinnedRun>> readBin(
    const std::filesystem::path& runs, std::stop_token stop = {});
/// Whether that would list any.
bool holdsDeleted(const std::filesystem::path& runs);

/// Moves runs of the bin back among the others, under the names that they have there or, where one
/// is taken, with a number behind it. What cannot be moved keeps no other from it; the first
/// problem is told: Invalid for what is not in the bin, or a link.
Status takeOut(const std::filesystem::path& runs, const std::vector<std::filesystem::path>& binned,
    std::stop_token stop = {});
/// Removes them from the disk in the same manner; Exists for one that is in use. Stopped, it has
/// ended with a whole run. No link is followed.
Status removeForGood(const std::filesystem::path& runs,
    const std::vector<std::filesystem::path>& binned, std::stop_token stop = {});

} // namespace vernier
