#pragma once

#include "core/base/progress.h"
#include "core/dataset/folder_index.h"
#include "core/dataset/folder_walk.h"

#include <vector>

namespace vernier {

/// A file that was found, and what is known of it now.
struct CheckedFile {
    std::optional<FileState> state; ///< none: not reached, or what was learnt holds for now only
    std::uint64_t bytes = 0;
    PictureFacts facts;
};

/// Asks the index for each file, and opens those that it does not know; on several threads, since
/// a disk that is asked for many small things at once answers sooner. Progress is told on the
/// calling thread. Private to core/dataset.
std::vector<CheckedFile> checkFiles(const std::filesystem::path& root,
    const std::vector<FoundFile>& files, const FolderIndex& index, std::stop_token stop,
    const ProgressSink& progress);

} // namespace vernier
