#pragma once

#include "core/base/descriptor.h"
#include "core/base/result.h"

namespace vernier {

/// Holds a folder for one program at a time, until it goes away, by whatever end. A file system
/// without locks lets everybody in.
class FolderLock {
public:
    /// Exists while somebody else holds it, this process included.
    static Result<FolderLock> take(const std::filesystem::path& folder);

private:
    explicit FolderLock(Descriptor descriptor) : m_descriptor(std::move(descriptor)) { }
    Descriptor m_descriptor;
};

} // namespace vernier
