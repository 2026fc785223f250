#pragma once

#include <filesystem>

namespace vernier {

/// What lies among pictures and is neither a class nor a picture, by its name without folders:
/// hidden files and folders, and what systems, network drives and archivers keep for themselves
/// (thumbnails, bins, snapshots, shadows of files). The one list, for files and folders, wherever
/// pictures are looked for. Not for what somebody names himself.
bool isPassedOver(const std::filesystem::path& name);

/// The folder of a run, by its files and whatever it is called; so is one that is only begun. What
/// lies in it is no dataset's.
bool isRunFolder(const std::filesystem::path& folder);
/// A folder that has held runs which were deleted.
bool holdsBinOfRuns(const std::filesystem::path& folder);

} // namespace vernier
