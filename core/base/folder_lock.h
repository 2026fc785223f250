#pragma once

#include "core/base/result.h"

namespace vernier {

/// Holds a folder for one program at a time, until it goes away, by whatever end. A file system
/// without locks lets everybody in.
class FolderLock {
public:
    /// Exists while somebody else holds it, this process included.
    static Result<FolderLock> take(const std::filesystem::path& folder);
    FolderLock(FolderLock&& other) noexcept;
    FolderLock& operator=(FolderLock&&) = delete;
    ~FolderLock();

private:
    explicit FolderLock(int descriptor) : m_descriptor(descriptor) { }
    int m_descriptor = -1;
};

} // namespace vernier
