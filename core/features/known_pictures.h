#pragma once

#include "core/base/file_state.h"
#include "core/base/hash.h"
#include "core/base/progress.h"

#include <mutex>
#include <stop_token>
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

    Result<ContentHash> contentOf(
        const std::filesystem::path& picture, const std::stop_token& stop = {});
    /// Asks for many at once, on `threads` threads, so that contentOf() knows them; why one cannot
    /// be read, that says again. Cancelled once `stop` is requested, within a picture too; what was
    /// learnt by then stays. Progress counts pictures.
    Status learn(const std::vector<std::filesystem::path>& pictures, int threads,
        const std::stop_token& stop, const ProgressSink& progress);
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
