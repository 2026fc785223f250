#pragma once

#include "core/base/progress.h"
#include "core/dataset/snapshot.h"

namespace vernier {

/// Reads a folder of pictures. Three layouts, told apart by the names of the folders:
///  - `class/pictures...`
///  - `train|val|valid|validation|test/class/pictures...`, in any case
///  - Knifey-Spoony's `class/pictures...` with `class/test/pictures...` (and `class/train`,
///  `class/validation`)
/// Deeper folders below a class belong to that class. Hidden files and folders are passed over;
/// links are followed, each real folder once (loops end there). An empty class is kept and noted. A
/// class that appears in only some splits is kept and noted. Each picture's header is read, and its
/// end checked, but not every pixel: what only fails when decoded is reported by the job that
/// decodes it. A file that cannot be used goes to `problems`, and the rest goes on.
///
/// Fails when the folder does not exist, cannot be read, or holds no class with a usable picture
/// (the message says what a folder should look like). One class only is no failure here (training
/// says it needs two). `cache`: a folder in which to remember what was learnt of each file, so that
/// a second scan opens only what has changed; empty: none. Synchronous; `stop` is looked at once a
/// file.
Result<SnapshotPtr> scan(const std::filesystem::path& folder, std::stop_token stop = {},
    const ProgressSink& progress = {}, const std::filesystem::path& cache = {});

} // namespace vernier
