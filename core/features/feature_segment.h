#pragma once

#include "core/base/files.h"
#include "core/features/feature_record.h"

#include <filesystem>
#include <string>
#include <vector>

namespace vernier {

/// A segment is two files: NAME.features holds values one after the other, NAME.index an entry for
/// each, written after the values are. Both only grow, and one program at a time adds to them.
namespace segment_files {
inline constexpr const char* kData = ".features";
inline constexpr const char* kIndex = ".index";
} // namespace segment_files

/// Whether a file is one of a segment's, going by its whole name.
bool isSegmentFile(const std::filesystem::path& file);

/// The entries of an index from byte `from` on that are whole and whose values the data file holds;
/// `from` moves behind what was read. An index that is longer than any of ours gives none.
std::vector<FeatureRecord> readIndex(
    const std::filesystem::path& folder, const std::string& segment, std::uint64_t& from);

/// Adds to one segment; nobody else does while it lives.
class SegmentWriter {
public:
    /// A new segment under a name that nobody else uses. Makes the folder.
    static Result<SegmentWriter> create(const std::filesystem::path& folder);
    /// Goes on with a segment that is there; fails while somebody else does.
    static Result<SegmentWriter> adopt(
        const std::filesystem::path& folder, const std::string& segment);

    const std::string& segment() const { return m_segment; }
    std::uint64_t dataBytes() const { return m_data.size(); }
    std::uint64_t indexBytes() const { return m_index.size(); }
    /// Somebody has removed the segment.
    bool removed() const { return m_data.removed() || m_index.removed(); }

    Result<FeatureRecord> append(
        const ContentHash& key, HalfType type, Shape shape, std::span<const std::byte> values);

private:
    SegmentWriter(std::string segment, AppendFile data, AppendFile index);
    std::string m_segment;
    AppendFile m_data;
    AppendFile m_index;
};

} // namespace vernier
