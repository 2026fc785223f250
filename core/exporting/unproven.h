#pragma once

#include "core/base/folder_lock.h"
#include "core/base/result.h"

#include <filesystem>

namespace vernier {

/// A file while it is not proven yet: in a folder of its own beside its final place, which is gone
/// with this object. The folder is held for as long, so that whoever finds one that is not held
/// knows that its program has died.
class Unproven {
public:
    static Result<Unproven> make(const std::filesystem::path& target);
    Unproven(Unproven&& other) noexcept;
    Unproven& operator=(Unproven&&) = delete;
    ~Unproven();

    std::filesystem::path path() const; ///< where to write it
    Status accept() const; ///< gives it its final place

private:
    Unproven(std::filesystem::path target, std::filesystem::path folder, FolderLock lock);
    std::filesystem::path m_target;
    std::filesystem::path m_folder;
    FolderLock m_lock;
};

/// Removes what programs that were killed have left in `folder`: folders of this user's with such a
/// name that nobody holds, and that have nothing inside but such a file. Where the file system has
/// no locks nothing is known, and all stays.
void removeDeadUnproven(const std::filesystem::path& folder);

} // namespace vernier
