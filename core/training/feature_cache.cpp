#include "core/base/files.h"
#include "core/image/decode.h"
#include "core/training/feature_store.h"

#include <cstring>

namespace vernier {

std::size_t FeatureCache::Store::Hasher::operator()(const ContentHash& key) const
{
    std::size_t value = 0;
    std::memcpy(&value, key.bytes.data(), sizeof value);
    return value;
}

FeatureCache::Store::Store(std::uint64_t maxBytes) : m_maxBytes(maxBytes) { }

torch::Tensor FeatureCache::Store::find(const ContentHash& key)
{
    const std::lock_guard lock(m_mutex);
    const auto found = m_places.find(key);
    if (found == m_places.end())
        return {};
    m_entries.splice(m_entries.begin(), m_entries, found->second);
    return found->second->features;
}

void FeatureCache::Store::put(const ContentHash& key, torch::Tensor features)
{
    const std::lock_guard lock(m_mutex);
    if (features.nbytes() > m_maxBytes || m_places.contains(key))
        return;
    m_bytes += features.nbytes();
    m_entries.push_front({ key, std::move(features) });
    m_places[key] = m_entries.begin();
    while (m_bytes > m_maxBytes) {
        m_bytes -= m_entries.back().features.nbytes();
        m_places.erase(m_entries.back().key);
        m_entries.pop_back();
    }
}

std::uint64_t FeatureCache::Store::bytes() const
{
    const std::lock_guard lock(m_mutex);
    return m_bytes;
}

void FeatureCache::Store::clear()
{
    const std::lock_guard lock(m_mutex);
    m_places.clear();
    m_entries.clear();
    m_bytes = 0;
}

Result<ContentHash> FeatureCache::Store::contentOf(const std::filesystem::path& picture)
{
    std::error_code error;
    const auto size = std::filesystem::file_size(picture, error);
    const auto changed = error ? std::filesystem::file_time_type {}
                               : std::filesystem::last_write_time(picture, error);
    if (error)
        return fail(ErrorCode::NotFound, "cannot be read: " + error.message(), picture);
    {
        const std::lock_guard lock(m_mutex);
        const auto known = m_files.find(picture);
        if (known != m_files.end() && known->second.size == size
            && known->second.changed == changed)
            return known->second.content;
    }
    const auto bytes = readFile(picture, kMaxPictureBytes);
    if (!bytes)
        return tl::unexpected(bytes.error());
    const auto content = contentHash(*bytes);
    const std::lock_guard lock(m_mutex);
    m_files[picture] = { size, changed, content };
    return content;
}

FeatureCache::FeatureCache(std::uint64_t maxBytes) : m_store(std::make_unique<Store>(maxBytes)) { }

FeatureCache::~FeatureCache() = default;

std::uint64_t FeatureCache::bytes() const { return m_store->bytes(); }
std::uint64_t FeatureCache::maxBytes() const { return m_store->maxBytes(); }
void FeatureCache::clear() { m_store->clear(); }

} // namespace vernier
