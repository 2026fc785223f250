#pragma once

#include "core/base/progress.h"
#include "core/dataset/snapshot.h"

#include <optional>

namespace vernier {

/// How a scan took the folders at the top of a dataset.
enum class TopFolders : std::uint8_t {
    AsNamed, ///< classes; or train, validation and test, which those are called
    LookLikeSplits, ///< splits, by names such as Training, which might be classes
    AreClasses, ///< classes, since somebody said so, though they look like splits
    MayBeSplits ///< classes, though they look like splits, since none is there to train on
};
/// From its notes, which it keeps wherever it goes: into a run's folder and back.
TopFolders topFoldersOf(const DatasetSnapshot& dataset);
/// Whether this is the note that says so.
bool isOnTopFolders(std::string_view note);

struct ScanOptions {
    /// A folder in which to remember what was learnt of each file, so that a second scan opens only
    /// what has changed; empty: none.
    std::filesystem::path cache;
    /// Told once, before any file is opened, what there seems to be: the same classes, and every
    /// file that may be a picture, of no size yet, in the order that the answer will have.
    std::function<void(SnapshotPtr)> found;
    /// What somebody said of the folders at the top: classes, even where they look like splits; or
    /// those splits. Nothing: they are taken for what they look like.
    std::optional<bool> foldersAreClasses {};
};

/// Reads a folder of pictures. Three layouts, told apart by the names of the folders:
///  - `class/pictures...`
///  - `train|val|valid|validation|test/class/pictures...`, in any case; or names that look like
///  those (`Training`, `test_set`, `dev`), where all folders at the top have one, one of them is
///  to train on and some hold folders. That is noted, see topFoldersOf(), and so are such names of
///  folders that are read as classes
///  - Knifey-Spoony's `class/pictures...` with `class/test/pictures...` (and `class/train`,
///  `class/validation`)
/// Deeper folders below a class belong to that class. What isPassedOver() names is passed over, and
/// so is the folder of a run, which is noted; a folder that holds runs and no picture is no class.
/// Links are followed, each real folder once (loops end there). What is a picture is told by
/// content, never by name: every other file of a class is used or a problem, but those that are
/// plainly no pictures by name too (tables, texts, films), which a note counts and names. An empty
/// class is kept and noted. A class that appears in only some splits is kept and noted. A picture
/// that is whole but odd (PictureInfo's note) is used and noted. Each picture's header is read, and
/// its end checked, but not every pixel: what only fails when decoded is reported by the job that
/// decodes it. A file that cannot be used goes to `problems`, and the rest goes on.
///
/// Fails when the folder does not exist, cannot be read, or holds no class with a usable picture
/// (the message says what a folder should look like). One class only is no failure here (training
/// says it needs two). Synchronous; `stop` is looked at once a file.
Result<SnapshotPtr> scan(const std::filesystem::path& folder, std::stop_token stop = {},
    const ProgressSink& progress = {}, const ScanOptions& options = {});

} // namespace vernier
