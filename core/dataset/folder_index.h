#pragma once

#include "core/base/file_state.h"
#include "core/base/hash.h"

#include <optional>
#include <unordered_map>

namespace vernier {

/// What a scan learns of a file by opening it.
struct PictureFacts {
    int width = 0; ///< pixels, after the EXIF orientation is applied
    int height = 0;
    std::string problem; ///< why it cannot be used; empty: it can
    std::string note {}; ///< as PictureInfo's; empty where it cannot be used
    bool operator==(const PictureFacts&) const = default;
};

/// What was learnt of the files of a dataset's folder, kept in one file in the cache, so that
/// opening the folder again opens no picture. A file that was touched is not known any more. An
/// index that is damaged, cut, foreign or of another version counts as empty, and one that cannot
/// be written costs time and nothing else; several programs may keep one for the same folder, the
/// last one's stays. Private to core.
class FolderIndex {
public:
    /// Reads it. `cache` empty: nothing is kept.
    FolderIndex(const std::filesystem::path& cache, const std::filesystem::path& root);

    /// Files are named relative to the root. Threads may ask at once, as long as nobody changes it.
    const PictureFacts* find(const std::filesystem::path& file, const FileState& state) const;
    /// The file is there, and this is what is known of it.
    void keep(const std::filesystem::path& file, const FileState& state, PictureFacts facts);
    /// Writes it where something is new. `complete`: what was not kept since it was read is of
    /// files that are gone.
    void save(bool complete);

    /// Of every folder.
    static void removeAll(const std::filesystem::path& cache);

private:
    struct Known {
        FileState state;
        PictureFacts facts;
        bool kept = false;
    };

    void read();

    std::filesystem::path m_file; ///< empty: nothing is kept
    ContentHash m_root;
    std::unordered_map<ContentHash, Known, ContentHasher> m_known; ///< by the digest of the path
    bool m_isNew = false;
};

} // namespace vernier
