#include "core/features/feature_store.h"

#include "core/base/user_dirs.h"
#include "core/dataset/folder_index.h"

#include <cstdlib>

namespace vernier {

namespace {

constexpr const char* kPicturesFile = "pictures.table";

/// Row by row, channels innermost: how the network runs, and how they lie on disk.
torch::Tensor inRows(const torch::Tensor& features)
{
    return features.permute({ 1, 2, 0 }).contiguous();
}

torch::Tensor fromDisk(FeatureDisk::Values values, Shape shape)
{
    const auto type = values.type == HalfType::Bf16 ? torch::kBFloat16 : torch::kHalf;
    auto* data = values.data.release();
    return torch::from_blob(
        data, { shape.height, shape.width, shape.channels },
        [](void* bytes) { delete[] static_cast<std::byte*>(bytes); }, torch::TensorOptions(type))
        .permute({ 2, 0, 1 });
}

} // namespace

FeatureCache::Store::Store(const Options& options)
    : m_options(options)
    , m_disk(options.folder.empty() ? nullptr : std::make_unique<FeatureDisk>(options.folder))
    , m_pictures(options.folder.empty() ? std::filesystem::path() : options.folder / kPicturesFile)
{
}

bool FeatureCache::Store::contains(const ContentHash& key)
{
    {
        const std::lock_guard lock(m_mutex);
        if (m_places.contains(key))
            return true;
    }
    return m_disk && m_disk->contains(key);
}

torch::Tensor FeatureCache::Store::find(const ContentHash& key, Shape shape)
{
    {
        const std::lock_guard lock(m_mutex);
        if (const auto found = m_places.find(key); found != m_places.end()) {
            m_entries.splice(m_entries.begin(), m_entries, found->second);
            return found->second->features;
        }
    }
    auto values = m_disk ? m_disk->read(key, shape) : std::nullopt;
    if (!values)
        return {};
    auto features = fromDisk(std::move(*values), shape);
    putInMemory(key, features);
    return features;
}

void FeatureCache::Store::putInMemory(const ContentHash& key, torch::Tensor features)
{
    const std::lock_guard lock(m_mutex);
    if (features.nbytes() > m_options.maxMemoryBytes || m_places.contains(key))
        return;
    m_bytes += features.nbytes();
    m_entries.push_front({ key, std::move(features) });
    m_places[key] = m_entries.begin();
    while (m_bytes > m_options.maxMemoryBytes) {
        m_bytes -= m_entries.back().features.nbytes();
        m_places.erase(m_entries.back().key);
        m_entries.pop_back();
    }
}

void FeatureCache::Store::put(const ContentHash& key, const torch::Tensor& features, Where where)
{
    if (m_disk && where != Where::Memory)
        putOnDisk(key, features);
    // A copy of its own: a part of a batch would keep the whole batch in memory.
    if (where != Where::Disk)
        putInMemory(key, features.clone(at::MemoryFormat::Preserve));
}

void FeatureCache::Store::putOnDisk(const ContentHash& key, const torch::Tensor& features)
{
    const auto rows = inRows(features);
    const Shape shape { static_cast<int>(features.size(0)), static_cast<int>(features.size(1)),
        static_cast<int>(features.size(2)) };
    m_disk->append(key,
        features.scalar_type() == torch::kBFloat16 ? HalfType::Bf16 : HalfType::Fp16, shape,
        { static_cast<const std::byte*>(rows.const_data_ptr()), rows.nbytes() });
}

void FeatureCache::Store::startRun()
{
    if (m_disk)
        m_disk->startRun();
}

void FeatureCache::Store::refresh()
{
    if (m_disk)
        m_disk->refresh();
}

std::optional<Error> FeatureCache::Store::trouble() const
{
    return m_disk ? m_disk->trouble() : std::nullopt;
}

FeatureCache::Info FeatureCache::Store::info()
{
    Info info;
    info.folder = m_options.folder;
    if (m_disk) {
        const auto disk = m_disk->info();
        info.diskBytes = disk.bytes;
        info.diskLimit = disk.limit;
        info.automaticDiskLimit = disk.automaticLimit;
        info.diskLimitIsSet = disk.limitIsSet;
        info.entries = disk.entries;
        if (const auto error = m_disk->trouble())
            info.note = error->text();
        else if (disk.limit == 0)
            info.note = "nothing is kept on disk: the limit is 0";
    } else {
        info.note = "nothing is kept on disk: there is no folder for it";
    }
    const std::lock_guard lock(m_mutex);
    info.memoryBytes = m_bytes;
    return info;
}

Status FeatureCache::Store::setDiskLimit(std::optional<std::uint64_t> bytes)
{
    if (!m_disk)
        return fail(ErrorCode::NotFound, "there is no folder for the cache", {},
            "set VERNIER_CACHE to a folder");
    return m_disk->setLimit(bytes);
}

Status FeatureCache::Store::clear()
{
    {
        const std::lock_guard lock(m_mutex);
        m_places.clear();
        m_entries.clear();
        m_bytes = 0;
    }
    m_pictures.clear();
    if (!m_options.folder.empty())
        FolderIndex::removeAll(m_options.folder);
    return m_disk ? m_disk->clear() : Status();
}

FeatureCache::FeatureCache() : FeatureCache(Options {}) { }

FeatureCache::FeatureCache(const Options& options) : m_store(std::make_unique<Store>(options)) { }

FeatureCache::~FeatureCache() = default;

std::filesystem::path FeatureCache::defaultFolder()
{
    std::error_code error;
    if (const char* own = std::getenv("VERNIER_CACHE"); own && *own)
        return std::filesystem::absolute(own, error);
    const auto caches = userCacheDir();
    return caches.empty() ? caches : caches / "features";
}

FeatureCache::Info FeatureCache::info() { return m_store->info(); }
Status FeatureCache::setDiskLimit(std::optional<std::uint64_t> bytes)
{
    return m_store->setDiskLimit(bytes);
}
Status FeatureCache::clear() { return m_store->clear(); }

} // namespace vernier
