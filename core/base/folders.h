#pragma once

#include "core/base/result.h"

#include <string_view>

namespace vernier {

/// Makes a folder and those above it that are missing, so that they outlast a crash of the machine.
/// One that is there, or a link to one, is taken as it is.
Status makeFolders(const std::filesystem::path& folder);

/// Makes a folder inside one that Vernier keeps, or takes the one that is there. Invalid for a link
/// in its place: whoever planted it would have us write elsewhere.
Status makeOwnFolder(const std::filesystem::path& folder);
/// Whether that would take it: NotFound where there is nothing, Invalid for a link or a file.
Status checkOwnFolder(const std::filesystem::path& folder);

/// Waits until the names in a folder are on the disk. A file system that cannot tell is no failure.
Status syncFolder(const std::filesystem::path& folder);

/// Renames within a folder or between folders of one disk, and waits until that is on the disk.
/// What was called `to` is replaced.
Status renameOnDisk(const std::filesystem::path& from, const std::filesystem::path& to);

/// `path` with `suffix` and eight digits behind it that nobody can tell beforehand.
std::filesystem::path drawnName(const std::filesystem::path& path, std::string_view suffix);

} // namespace vernier
