#pragma once

#include "core/base/result.h"

#include <cstdint>
#include <memory>
#include <optional>

namespace vernier {

/// Keeps the prefix's output at the cut, in memory and in a folder that all programs of a user
/// share, so that a changed head, rate, seed or class weight costs no prefix work. Keyed by picture
/// content, view, size, geometry, normalization, prefix weights, cut and precision, and by nothing
/// else. Thread-safe. All but the constructor may read the folder: never on the GUI thread.
class FeatureCache {
public:
    struct Options {
        std::uint64_t maxMemoryBytes = 2ull << 30;
        std::filesystem::path folder; ///< empty: memory only
    };
    struct Info {
        std::uint64_t memoryBytes = 0;
        std::uint64_t diskBytes = 0;
        std::uint64_t diskLimit = 0; ///< 0: nothing is kept on disk
        std::uint64_t automaticDiskLimit = 0; ///< what diskLimit is where none is set
        bool diskLimitIsSet = false; ///< by the user
        std::int64_t entries = 0; ///< on disk
        std::filesystem::path folder;
        std::string note; ///< why nothing is added on disk; empty: it is
    };

    FeatureCache();
    explicit FeatureCache(const Options& options);
    ~FeatureCache();
    FeatureCache(const FeatureCache&) = delete;
    FeatureCache& operator=(const FeatureCache&) = delete;

    /// Where the window and the command line keep theirs: VERNIER_CACHE in the environment, else
    /// vernier/features in the user's cache folder. Empty where the user has none.
    static std::filesystem::path defaultFolder();

    Info info();
    /// Holds for every program that uses the folder. None: the smaller of 8 GB and a quarter of the
    /// free disk. What lies over it is removed, least recently used first.
    Status setDiskLimit(std::optional<std::uint64_t> bytes);
    /// Also what is remembered of pictures and of folders.
    Status clear();

    /// For core's own use; holds tensors.
    class Store;
    Store& store() { return *m_store; }

private:
    std::unique_ptr<Store> m_store;
};

} // namespace vernier
