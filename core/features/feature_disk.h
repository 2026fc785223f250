#pragma once

#include "core/features/feature_segment.h"

#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <unordered_map>

namespace vernier {

/// The feature cache's part on disk: a folder of segments that several programs use at once.
/// Nothing is touched before the first call; what is damaged, cut or foreign is not found, and
/// reading goes through pread, so that no file that shrinks or cannot be read ends the program as a
/// mapped one would. Where the disk or the limit is full or the folder cannot be written, what is
/// there is still found, and trouble() says why nothing is added. Thread-safe.
class FeatureDisk {
public:
    explicit FeatureDisk(std::filesystem::path folder);
    ~FeatureDisk();
    FeatureDisk(const FeatureDisk&) = delete;
    FeatureDisk& operator=(const FeatureDisk&) = delete;

    struct Values {
        HalfType type = HalfType::Fp16;
        std::size_t bytes = 0;
        std::unique_ptr<std::byte[]> data;
    };
    struct Info {
        std::uint64_t bytes = 0;
        std::uint64_t limit = 0;
        std::uint64_t automaticLimit = 0; ///< what the limit is where none is set
        bool limitIsSet = false; ///< by the user
        std::int64_t entries = 0;
    };

    bool contains(const ContentHash& key);
    /// Nothing where they are not there, are damaged or have another shape.
    std::optional<Values> read(const ContentHash& key, Shape shape);
    /// Does nothing where the key is there or there has been trouble since the run began.
    void append(
        const ContentHash& key, HalfType type, Shape shape, std::span<const std::byte> values);

    /// Looks at what other programs have added and removed since; a few system calls a segment.
    void refresh();
    /// What is used from now on is not removed to make room, so that a run whose features do not
    /// all fit keeps those it has. Tries again to write where that failed.
    void startRun();
    std::optional<Error> trouble() const;

    Info info();
    /// For all programs that use the folder: for this one now, for others from their next run on.
    /// None: the smaller of 8 GB and a quarter of the free disk. 0 turns the disk off. What is over
    /// it is removed now, and where there was no room, it is tried again.
    Status setLimit(std::optional<std::uint64_t> bytes);
    /// Removes everything but the limit.
    Status clear();

private:
    struct Segment {
        std::uint64_t indexRead = 0;
        std::uint64_t bytes = 0; ///< of both files
        std::filesystem::file_time_type used = std::filesystem::file_time_type::min();
        std::filesystem::file_time_type touched = used; ///< as `used` stands on disk
    };
    using Segments = std::map<std::string, Segment>;
    struct Entry {
        Segments::iterator segment;
        FeatureRecord record;
    };

    void open();
    void readLimit();
    void look();
    void use(Segments::iterator segment);
    void drop(Segments::iterator segment);
    Status remove(Segments::iterator segment);
    bool makeRoom(std::uint64_t bytes, std::filesystem::file_time_type usedBefore);
    bool readyToWrite(std::uint64_t bytes);
    bool startWriter(std::uint64_t bytes);
    std::uint64_t segmentBytes() const;
    std::optional<Values> valuesOf(const std::string& segment, const FeatureRecord& record) const;

    const std::filesystem::path m_folder;
    mutable std::mutex m_mutex;
    bool m_opened = false;
    std::uint64_t m_limit = 0;
    std::uint64_t m_automaticLimit = 0;
    bool m_limitIsSet = false; ///< by the user
    std::uint64_t m_bytes = 0; ///< of all segments
    Segments m_segments; ///< by name
    /// Several of one key where two programs computed them at once, or the first was damaged.
    std::unordered_multimap<ContentHash, Entry, ContentHasher> m_places;
    std::unique_ptr<SegmentWriter> m_writer;
    std::filesystem::file_time_type m_runStart;
    std::optional<Error> m_trouble;
};

} // namespace vernier
