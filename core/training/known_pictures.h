#pragma once

#include "core/base/file_state.h"
#include "core/base/hash.h"

#include <mutex>
#include <unordered_map>
#include <vector>

namespace vernier {

/// Content hashes of picture files, each read once for its path, size and times of change; kept in
/// a table on disk, so that the next program need not read them again. A table that is damaged or
/// cannot be written costs time and nothing else. Thread-safe.
class KnownPictures {
public:
    /// `table` empty: nothing is kept on disk.
    explicit KnownPictures(std::filesystem::path table);

    Result<ContentHash> contentOf(const std::filesystem::path& picture);
    /// Adds what was learnt since the last call to the table.
    void save();
    /// Forgets all, the table too.
    void clear();

private:
    struct Known {
        FileState state;
        ContentHash content;
    };
    struct Row;

    void load();

    const std::filesystem::path m_table;
    std::mutex m_mutex;
    bool m_loaded = false;
    std::unordered_map<ContentHash, Known, ContentHasher> m_known; ///< by the digest of the path
    std::vector<ContentHash> m_unsaved;
};

} // namespace vernier
