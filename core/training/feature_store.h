#pragma once

// Private to core: includes LibTorch.

#include "core/base/hash.h"
#include "core/training/feature_cache.h"

#include <list>
#include <map>
#include <mutex>
#include <unordered_map>

#include <torch/torch.h>

namespace vernier {

/// FeatureCache's inside: tensors by key, the least recently used go first. Thread-safe.
class FeatureCache::Store {
public:
    explicit Store(std::uint64_t maxBytes);

    /// One sample's features (no batch dimension), or an undefined tensor.
    torch::Tensor find(const ContentHash& key);
    /// Kept unless it alone is over the limit.
    void put(const ContentHash& key, torch::Tensor features);
    std::uint64_t bytes() const;
    std::uint64_t maxBytes() const { return m_maxBytes; }
    void clear();

    /// Content hash of a picture file, read once for each path, size and time of change.
    Result<ContentHash> contentOf(const std::filesystem::path& picture);

private:
    struct Hasher {
        std::size_t operator()(const ContentHash& key) const;
    };
    struct Entry {
        ContentHash key;
        torch::Tensor features;
    };
    struct KnownFile {
        std::uint64_t size = 0;
        std::filesystem::file_time_type changed;
        ContentHash content;
    };

    const std::uint64_t m_maxBytes;
    mutable std::mutex m_mutex;
    std::list<Entry> m_entries; ///< most recently used first
    std::unordered_map<ContentHash, std::list<Entry>::iterator, Hasher> m_places;
    std::uint64_t m_bytes = 0;
    std::map<std::filesystem::path, KnownFile> m_files;
};

} // namespace vernier
