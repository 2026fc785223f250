#pragma once

// Private to core: includes LibTorch.

#include "core/features/feature_cache.h"
#include "core/features/feature_disk.h"
#include "core/features/known_pictures.h"

#include <list>
#include <mutex>
#include <unordered_map>

#include "core/base/torch.h"

namespace vernier {

/// FeatureCache's inside: one sample's features (channels, height, width; 16 bits, channels-last,
/// on the CPU) by key. In memory the least recently used go first. Thread-safe.
class FeatureCache::Store {
public:
    explicit Store(const Options& options);

    bool contains(const ContentHash& key);
    /// Undefined where they are not there with this shape.
    torch::Tensor find(const ContentHash& key, Shape shape);
    enum class Where { Memory, Disk, Both };
    /// In memory unless they alone are over its limit; on disk where there is one.
    void put(const ContentHash& key, const torch::Tensor& features, Where where);

    /// Once a run, before anything is looked for.
    void startRun();
    /// Once a pass: sees what other programs have added.
    void refresh();
    /// Why nothing is added on disk, if so.
    std::optional<Error> trouble() const;

    Info info();
    Status setDiskLimit(std::optional<std::uint64_t> bytes);
    Status clear();

    KnownPictures& pictures() { return m_pictures; }

private:
    struct Entry {
        ContentHash key;
        torch::Tensor features;
    };

    void putInMemory(const ContentHash& key, torch::Tensor features);
    void putOnDisk(const ContentHash& key, const torch::Tensor& features);

    const Options m_options;
    std::unique_ptr<FeatureDisk> m_disk; ///< null: memory only
    KnownPictures m_pictures;
    mutable std::mutex m_mutex;
    std::list<Entry> m_entries; ///< most recently used first
    std::unordered_map<ContentHash, std::list<Entry>::iterator, ContentHasher> m_places;
    std::uint64_t m_bytes = 0;
};

} // namespace vernier
