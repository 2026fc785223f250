#pragma once

#include "core/dataset/journal.h"
#include "core/recipe/recipe.h"

#include <filesystem>
#include <optional>

namespace vernier {

/// What a person works on, as one file (.vernier) beside the pictures or apart from them.
struct Project {
    std::filesystem::path pictures; ///< folder; it may have moved, see picturesAreThere()
    std::filesystem::path runs; ///< folder where new runs go
    Recipe recipe;
    std::optional<bool> foldersAreClasses {}; ///< what somebody said of them, see ScanOptions
    Edits edits; ///< the project's own journal

    bool picturesAreThere() const;
};

/// Folders are looked for beside the file first, where they were when it was written, so that a
/// project can be moved together with them, and then at their full paths. Unsupported for a file
/// of a later version.
Result<Project> readProject(const std::filesystem::path& file);
/// Atomically.
Status writeProject(const std::filesystem::path& file, const Project& project);

} // namespace vernier
