#pragma once

#include "app/vernier_cli/console.h"
#include "core/dataset/journal.h"

#include <optional>
#include <string>
#include <vector>

namespace CLI {
class App;
}

namespace vernier::cli {

/// What a command line says of how a folder of pictures is to be read.
struct ScanChoice {
    std::optional<bool> classesAreSplits; ///< none: as the folders look
};
/// --classes-are-splits.
void addScanOptions(CLI::App& command, ScanChoice& choice);

/// The pictures in a folder. Says on stderr what the folders were taken for, where they might be
/// meant otherwise.
Result<SnapshotPtr> scanPictures(const std::filesystem::path& folder, const ScanChoice& choice,
    Interrupt& interrupt, ProgressLine& progress);

/// The same; without a choice the folders are read in the way in which one of these classes is
/// among theirs.
Result<SnapshotPtr> scanPicturesFor(const std::vector<std::string>& classes,
    const std::filesystem::path& folder, const ScanChoice& choice, Interrupt& interrupt,
    ProgressLine& progress);

/// --as-found.
void addMendOption(CLI::App& command, bool& asFound);
/// What was said of the pictures of a folder, in the window or with `mend`; none with --as-found.
/// Says on stderr how much counts.
Result<Edits> editsOfFolder(const std::filesystem::path& root, bool asFound);

/// Invalid where a run would lie among the pictures, in which other programs find it.
Status checkRunLiesApart(const std::filesystem::path& run, const std::filesystem::path& pictures);

} // namespace vernier::cli
