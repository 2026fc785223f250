#pragma once

#include "core/base/result.h"

#include <cstdint>
#include <memory>

namespace vernier {

/// Keeps the prefix's output at the cut, so that a changed head, rate, seed or class weight costs
/// no prefix work. Keyed by picture content, view, geometry, normalization, prefix weights, cut and
/// precision, and by nothing else. Thread-safe.
class FeatureCache {
public:
    explicit FeatureCache(std::uint64_t maxBytes = 2ull << 30);
    ~FeatureCache();
    FeatureCache(const FeatureCache&) = delete;
    FeatureCache& operator=(const FeatureCache&) = delete;

    std::uint64_t bytes() const;
    std::uint64_t maxBytes() const;
    void clear();

    /// For core's own use; holds tensors.
    class Store;
    Store& store() { return *m_store; }

private:
    std::unique_ptr<Store> m_store;
};

} // namespace vernier
