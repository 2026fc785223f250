#include "core/features/feature_disk.h"

#include "core/base/json_reader.h"

#include <algorithm>
#include <set>
#include <vector>

namespace vernier {

namespace fs = std::filesystem;
using FileClock = fs::file_time_type::clock;

namespace {

constexpr const char* kLimitFile = "limit.json";
constexpr const char* kLimitKey = "limit_bytes";
constexpr std::uint64_t kMostLimitBytes = 1 << 12;
constexpr std::uint64_t kDefaultLimit = 8'000'000'000;
constexpr std::uint64_t kLargestSegment = 256 << 20;
constexpr std::uint64_t kSmallestSegment = 64 << 10;
/// A segment's last use is written to disk this often at most.
constexpr auto kTouchEvery = std::chrono::seconds(30);

std::uint64_t sizeOf(const fs::path& file)
{
    std::error_code error;
    const auto size = fs::file_size(file, error);
    return error ? 0 : size;
}

} // namespace

FeatureDisk::FeatureDisk(fs::path folder) : m_folder(std::move(folder)) { }

FeatureDisk::~FeatureDisk() = default;

void FeatureDisk::open()
{
    if (std::exchange(m_opened, true))
        return;
    m_runStart = FileClock::now();
    look();
    readLimit();
}

void FeatureDisk::readLimit()
{
    std::error_code error;
    auto existing = m_folder;
    while (!fs::exists(existing, error) && existing.has_relative_path())
        existing = existing.parent_path();
    const auto space = fs::space(existing, error);
    m_limitIsSet = false;
    m_automaticLimit
        = error ? kDefaultLimit : std::min(kDefaultLimit, (space.available + m_bytes) / 4);
    m_limit = m_automaticLimit;

    const auto file = m_folder / kLimitFile;
    const auto text = readTextFile(file, kMostLimitBytes);
    if (!text)
        return;
    const auto parsed = parseJson(*text, file);
    if (!parsed)
        return;
    std::uint64_t limit = m_limit;
    JsonReader reader(*parsed, {}, file);
    reader.read(kLimitKey, limit);
    if (reader.finish() && parsed->contains(kLimitKey)) {
        m_limit = limit;
        m_limitIsSet = true;
    }
}

void FeatureDisk::look()
{
    std::set<std::string> seen;
    std::error_code error;
    for (fs::directory_iterator entry(m_folder, error), end; !error && entry != end;
         entry.increment(error)) {
        if (isSegmentFile(entry->path()))
            seen.insert(entry->path().stem());
    }
    for (auto segment = m_segments.begin(); segment != m_segments.end();) {
        const auto next = std::next(segment);
        if (!seen.contains(segment->first))
            drop(segment);
        segment = next;
    }
    for (const auto& name : seen) {
        const auto [segment, isNew] = m_segments.try_emplace(name);
        auto& s = segment->second;
        const auto data = m_folder / (name + segment_files::kData);
        const auto bytes = sizeOf(data) + sizeOf(m_folder / (name + segment_files::kIndex));
        m_bytes += bytes - s.bytes;
        s.bytes = bytes;
        const auto written = fs::last_write_time(data, error);
        if (!error && (isNew || written > s.used))
            s.used = s.touched = written;
        for (const auto& record : readIndex(m_folder, name, s.indexRead))
            m_places.emplace(record.key, Entry { segment, record });
    }
}

void FeatureDisk::use(Segments::iterator segment)
{
    auto& s = segment->second;
    s.used = FileClock::now();
    if (s.used - s.touched < kTouchEvery)
        return;
    // What others go by; where it cannot be written, it only ages too early.
    std::error_code error;
    fs::last_write_time(m_folder / (segment->first + segment_files::kData), s.used, error);
    s.touched = s.used;
}

void FeatureDisk::drop(Segments::iterator segment)
{
    if (m_writer && m_writer->segment() == segment->first)
        m_writer.reset();
    std::erase_if(m_places, [&](const auto& place) { return place.second.segment == segment; });
    m_bytes -= segment->second.bytes;
    m_segments.erase(segment);
}

Status FeatureDisk::remove(Segments::iterator segment)
{
    // The index first: without it nobody looks at the data.
    for (const auto* extension : { segment_files::kIndex, segment_files::kData }) {
        const auto file = m_folder / (segment->first + extension);
        std::error_code error;
        fs::remove(file, error);
        if (error)
            return fail(ErrorCode::Unreadable, "cannot be removed: " + error.message(), file);
    }
    drop(segment);
    return {};
}

bool FeatureDisk::makeRoom(std::uint64_t bytes, fs::file_time_type usedBefore)
{
    if (m_bytes + bytes <= m_limit)
        return true;
    look();
    std::vector<Segments::iterator> oldestFirst;
    for (auto segment = m_segments.begin(); segment != m_segments.end(); ++segment) {
        if (segment->second.used < usedBefore)
            oldestFirst.push_back(segment);
    }
    std::ranges::sort(oldestFirst, {}, [](const auto& segment) { return segment->second.used; });
    for (const auto segment : oldestFirst) {
        if (m_bytes + bytes <= m_limit)
            break;
        // One that cannot be removed does not keep the others.
        [[maybe_unused]] const auto removed = remove(segment);
    }
    return m_bytes + bytes <= m_limit;
}

std::uint64_t FeatureDisk::segmentBytes() const
{
    // So many that removing one does not cost much of what is kept.
    return std::clamp(m_limit / 16, kSmallestSegment, kLargestSegment);
}

bool FeatureDisk::readyToWrite(std::uint64_t bytes)
{
    if (m_writer && m_writer->removed()) {
        m_writer.reset();
        look();
    }
    if (!makeRoom(bytes, m_runStart)) {
        m_trouble = Error { ErrorCode::NoSpace,
            "there is no room for more below the limit of " + byteCount(m_limit), m_folder,
            m_limitIsSet ? "raise it (Edit > Feature cache, or vernier-cli cache limit)"
                         : "free some space on the disk" };
        return false;
    }
    if (m_writer && m_writer->dataBytes() > 0 && m_writer->dataBytes() + bytes > segmentBytes())
        m_writer.reset();
    return m_writer || startWriter(bytes);
}

bool FeatureDisk::startWriter(std::uint64_t bytes)
{
    for (auto segment = m_segments.rbegin(); segment != m_segments.rend(); ++segment) {
        // So that small runs do not leave a file each, while what is kept longest unused does not
        // stay young by what comes behind it.
        if (segment->second.bytes + bytes > segmentBytes() / 2)
            continue;
        if (auto adopted = SegmentWriter::adopt(m_folder, segment->first)) {
            m_writer = std::make_unique<SegmentWriter>(std::move(*adopted));
            // What its last writer has added, before more comes behind it.
            look();
            return m_writer != nullptr;
        }
    }
    auto created = SegmentWriter::create(m_folder);
    if (!created) {
        m_trouble = created.error();
        return false;
    }
    m_writer = std::make_unique<SegmentWriter>(std::move(*created));
    m_segments.try_emplace(m_writer->segment());
    return true;
}

std::optional<FeatureDisk::Values> FeatureDisk::valuesOf(
    const std::string& segment, const FeatureRecord& record) const
{
    const auto file = InputFile::open(m_folder / (segment + segment_files::kData));
    if (!file)
        return std::nullopt;
    Values values { record.type, record.bytes,
        std::make_unique_for_overwrite<std::byte[]>(record.bytes) };
    const std::span buffer(values.data.get(), values.bytes);
    const auto filled = file->readAt(record.offset, buffer);
    if (!filled || *filled != values.bytes || checksum(buffer) != record.checksum)
        return std::nullopt;
    return values;
}

bool FeatureDisk::contains(const ContentHash& key)
{
    const std::lock_guard lock(m_mutex);
    open();
    return m_places.contains(key);
}

std::optional<FeatureDisk::Values> FeatureDisk::read(const ContentHash& key, Shape shape)
{
    const std::lock_guard lock(m_mutex);
    open();
    for (auto place = m_places.find(key); place != m_places.end(); place = m_places.find(key)) {
        const auto& [segment, record] = place->second;
        if (auto values = record.shape == shape ? valuesOf(segment->first, record) : std::nullopt) {
            use(segment);
            return values;
        }
        m_places.erase(place);
    }
    return std::nullopt;
}

void FeatureDisk::append(
    const ContentHash& key, HalfType type, Shape shape, std::span<const std::byte> values)
{
    const std::lock_guard lock(m_mutex);
    open();
    const auto bytes = values.size() + kIndexEntryBytes;
    const bool isTurnedOff = m_limitIsSet && m_limit == 0;
    if (isTurnedOff || m_trouble || m_places.contains(key) || values.size() != halfBytes(shape)
        || !readyToWrite(bytes))
        return;
    const auto record = m_writer->append(key, type, shape, values);
    if (!record) {
        m_trouble = record.error();
        m_writer.reset();
        return;
    }
    const auto segment = m_segments.find(m_writer->segment());
    auto& s = segment->second;
    s.used = FileClock::now();
    s.bytes += bytes;
    s.indexRead = m_writer->indexBytes();
    m_bytes += bytes;
    m_places.emplace(key, Entry { segment, *record });
}

void FeatureDisk::refresh()
{
    const std::lock_guard lock(m_mutex);
    if (m_opened)
        look();
    else
        open();
}

void FeatureDisk::startRun()
{
    const std::lock_guard lock(m_mutex);
    open();
    look();
    readLimit();
    m_runStart = FileClock::now();
    m_trouble.reset();
}

std::optional<Error> FeatureDisk::trouble() const
{
    const std::lock_guard lock(m_mutex);
    return m_trouble;
}

FeatureDisk::Info FeatureDisk::info()
{
    const std::lock_guard lock(m_mutex);
    open();
    look();
    readLimit();
    Info info { m_bytes, m_limit, m_automaticLimit, m_limitIsSet, 0 };
    for (auto place = m_places.begin(); place != m_places.end();
         place = m_places.equal_range(place->first).second)
        ++info.entries;
    return info;
}

Status FeatureDisk::setLimit(std::optional<std::uint64_t> bytes)
{
    const std::lock_guard lock(m_mutex);
    open();
    std::error_code error;
    fs::create_directories(m_folder, error);
    const auto file = m_folder / kLimitFile;
    if (bytes) {
        const nlohmann::json limit { { kLimitKey, *bytes } };
        if (auto ok = writeFileAtomically(file, limit.dump() + "\n"); !ok)
            return ok;
    } else if (fs::remove(file, error); error) {
        return fail(ErrorCode::Unreadable, "cannot be removed: " + error.message(), file);
    }
    look();
    readLimit();
    makeRoom(0, fs::file_time_type::max());
    m_trouble.reset();
    return {};
}

Status FeatureDisk::clear()
{
    const std::lock_guard lock(m_mutex);
    open();
    look();
    m_trouble.reset();
    Status all;
    for (auto segment = m_segments.begin(); segment != m_segments.end();) {
        const auto next = std::next(segment);
        if (auto ok = remove(segment); !ok && all)
            all = ok;
        segment = next;
    }
    return all;
}

} // namespace vernier
