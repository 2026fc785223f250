#include "core/features/feature_segment.h"

#include <atomic>
#include <chrono>
#include <cstdio>
#include <regex>

#include <unistd.h>

namespace vernier {

namespace {

constexpr std::uint64_t kMostIndexBytes = 64 << 20;

std::filesystem::path fileOf(
    const std::filesystem::path& folder, const std::string& segment, const char* extension)
{
    return folder / (segment + extension);
}

std::string freshName()
{
    static std::atomic<unsigned> counter { 0 };
    const auto time = std::chrono::system_clock::now().time_since_epoch().count();
    std::array<char, 64> name {};
    std::snprintf(name.data(), name.size(), "%016llx-%ld-%u", static_cast<unsigned long long>(time),
        static_cast<long>(::getpid()), counter++);
    return name.data();
}

} // namespace

bool isSegmentFile(const std::filesystem::path& file)
{
    // As freshName() makes them: somebody may keep other things in the folder.
    static const std::regex pattern("[0-9a-f]{16}-[0-9]+-[0-9]+");
    const auto extension = file.extension();
    return (extension == segment_files::kData || extension == segment_files::kIndex)
        && std::regex_match(file.stem().native(), pattern);
}

std::vector<FeatureRecord> readIndex(
    const std::filesystem::path& folder, const std::string& segment, std::uint64_t& from)
{
    const auto index = InputFile::open(fileOf(folder, segment, segment_files::kIndex));
    if (!index || index->size() > kMostIndexBytes || index->size() <= from)
        return {};
    std::vector<std::byte> bytes((index->size() - from) / kIndexEntryBytes * kIndexEntryBytes);
    const auto filled = index->readAt(from, bytes);
    // Opened after the index was read: values are written before their entry.
    const auto data = InputFile::open(fileOf(folder, segment, segment_files::kData));
    if (!filled || !data)
        return {};
    std::vector<FeatureRecord> records;
    for (std::size_t at = 0; at + kIndexEntryBytes <= *filled; at += kIndexEntryBytes) {
        const auto record = fromIndexEntry(std::span(bytes).subspan(at).first<kIndexEntryBytes>());
        if (record && record->bytes <= data->size()
            && record->offset <= data->size() - record->bytes)
            records.push_back(*record);
    }
    from += *filled / kIndexEntryBytes * kIndexEntryBytes;
    return records;
}

Result<SegmentWriter> SegmentWriter::create(const std::filesystem::path& folder)
{
    std::error_code error;
    std::filesystem::create_directories(folder, error);
    if (error)
        return fail(ErrorCode::Unreadable, "cannot be made: " + error.message(), folder);
    auto segment = freshName();
    auto data = AppendFile::create(fileOf(folder, segment, segment_files::kData));
    if (!data)
        return tl::unexpected(data.error());
    auto index = AppendFile::create(fileOf(folder, segment, segment_files::kIndex));
    if (!index) {
        std::filesystem::remove(fileOf(folder, segment, segment_files::kData), error);
        return tl::unexpected(index.error());
    }
    return SegmentWriter(std::move(segment), std::move(*data), std::move(*index));
}

Result<SegmentWriter> SegmentWriter::adopt(
    const std::filesystem::path& folder, const std::string& segment)
{
    auto data = AppendFile::open(fileOf(folder, segment, segment_files::kData));
    if (!data)
        return tl::unexpected(data.error());
    const auto indexFile = fileOf(folder, segment, segment_files::kIndex);
    auto index = AppendFile::open(indexFile);
    if (!index)
        return tl::unexpected(index.error());
    if (index->size() % kIndexEntryBytes != 0 || index->size() > kMostIndexBytes / 2)
        return fail(ErrorCode::Corrupt, "has a length that no index has", indexFile);
    return SegmentWriter(segment, std::move(*data), std::move(*index));
}

SegmentWriter::SegmentWriter(std::string segment, AppendFile data, AppendFile index)
    : m_segment(std::move(segment)), m_data(std::move(data)), m_index(std::move(index))
{
}

Result<FeatureRecord> SegmentWriter::append(
    const ContentHash& key, HalfType type, Shape shape, std::span<const std::byte> values)
{
    const FeatureRecord record { key, type, shape, m_data.size(),
        static_cast<std::uint32_t>(values.size()), checksum(values) };
    if (auto ok = m_data.append(values); !ok)
        return tl::unexpected(ok.error());
    if (auto ok = m_index.append(toIndexEntry(record)); !ok)
        return tl::unexpected(ok.error());
    return record;
}

} // namespace vernier
