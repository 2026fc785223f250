#pragma once

#include "core/base/result.h"

#include <cstdint>

namespace vernier {

/// By what a regular file is known again without being read. Inodes are left out: some network file
/// systems number anew at every mount, and a file that takes another's place has changed later.
struct FileState {
    std::uint64_t size = 0;
    std::int64_t modified = 0; ///< nanoseconds since 1970
    std::int64_t changed = 0; ///< the same, of the file's attributes: cannot be set back
    bool operator==(const FileState&) const = default;

    static Result<FileState> of(const std::filesystem::path& file);
    /// False where the file could have changed since `time` without its state telling: within the
    /// clock's coarsest tick.
    bool isSettledAt(std::int64_t time) const;
};

/// Nanoseconds since 1970.
std::int64_t clockTime();

} // namespace vernier
