#pragma once

#include "core/base/progress.h"
#include "core/dataset/snapshot.h"

namespace vernier {

struct ScanOptions {
    /// A folder in which to remember what was learnt of each file, so that a second scan opens only
    /// what has changed; empty: none.
    std::filesystem::path cache;
    /// Told once, before any file is opened, what there seems to be: the same classes, and every
    /// file that may be a picture, of no size yet, in the order that the answer will have.
    std::function<void(SnapshotPtr)> found;
};

/// Reads a folder of pictures. Three layouts, told apart by the names of the folders:
///  - `class/pictures...`
///  - `train|val|valid|validation|test/class/pictures...`, in any case
///  - Knifey-Spoony's `class/pictures...` with `class/test/pictures...` (and `class/train`,
///  `class/validation`)
/// Deeper folders below a class belong to that class. Hidden files and folders are passed over;
/// links are followed, each real folder once (loops end there). What is a picture is told by
/// content, never by name: every other file of a class is used or a problem, but those that are
/// plainly no pictures by name too (tables, texts, films), which a note counts and names. An empty
/// class is kept and noted. A class that appears in only some splits is kept and noted. Each
/// picture's header is read, and its end checked, but not every pixel: what only fails when decoded
/// is reported by the job that decodes it. A file that cannot be used goes to `problems`, and the
/// rest goes on.
///
/// Fails when the folder does not exist, cannot be read, or holds no class with a usable picture
/// (the message says what a folder should look like). One class only is no failure here (training
/// says it needs two). Synchronous; `stop` is looked at once a file.
Result<SnapshotPtr> scan(const std::filesystem::path& folder, std::stop_token stop = {},
    const ProgressSink& progress = {}, const ScanOptions& options = {});

} // namespace vernier
