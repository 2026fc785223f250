#pragma once

#include "core/dataset/snapshot.h"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace vernier {

/// What a person says of one picture: there is one journal of that for a folder of pictures (a
/// project has its own), whatever run is open, and it is the only truth on labels, splits set by
/// hand and pictures left out. It is applied to a fresh scan or draw.
struct Edit {
    std::string path; ///< of the picture, relative to the folder of pictures, see textOf()
    std::optional<std::string> label {}; ///< the class's name
    /// Chosen by hand, an edit even where a draw chose the same, since the next one may not.
    std::optional<Split> split {};
    std::optional<std::string> right {}; ///< the class that is right as it is
    bool operator==(const Edit&) const = default;
};
/// What was said first stands first. A picture may have several: those with classes that the
/// dataset has not belong to another reading of its folders.
using Edits = std::vector<Edit>;

/// Those that the snapshot holds. Of those `known` before, the ones that have not changed keep
/// their places; those whose pictures or classes are not in the dataset are carried along: they may
/// come back, be it with another reading of its folders.
Edits editsOf(const DatasetSnapshot& edited, const Edits& known = {});
/// What has no place in the dataset is told in a note.
SnapshotPtr withEdits(const SnapshotPtr& asFound, const Edits& edits);
/// Those, or parts of them, whose pictures or classes are not in the dataset.
Edits editsWithoutPlace(const DatasetSnapshot& dataset, const Edits& edits);
/// Where two have changed the same `base`: picture by picture, what `ours` has not changed is as
/// `theirs` has it.
Edits merged(const Edits& base, const Edits& ours, const Edits& theirs);
/// `edits`, and before them what `older` says of other pictures.
Edits withOlder(Edits edits, Edits older);

std::string toJson(const Edits& edits);
/// Corrupt for what is no such text. "" is no list of edits either.
Result<Edits> editsFromJson(std::string_view json);

/// Where the window and the command line keep the journals of folders: the folder of pictures
/// itself is never written to. Empty where there is no home.
std::filesystem::path defaultJournals();
/// The file of one.
std::filesystem::path journalFile(
    const std::filesystem::path& journals, const std::filesystem::path& root);
/// None where there is no such file.
Result<Edits> readJournal(const std::filesystem::path& file);
/// Atomically, and together with what another program has written there since `base` was read:
/// gives what the file holds then. Exists where another program goes on writing.
Result<Edits> writeJournal(const std::filesystem::path& file, const Edits& base, const Edits& ours);

} // namespace vernier
