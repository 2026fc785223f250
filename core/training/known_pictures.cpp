#include "core/training/known_pictures.h"

#include "core/base/files.h"
#include "core/image/decode.h"

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <cstring>
#include <system_error>
#include <utility>

#include <sys/stat.h>

namespace vernier {

namespace {

/// Half a million pictures; a table that grows beyond is begun anew.
constexpr std::uint64_t kMostTableBytes = 32 << 20;
constexpr std::uint64_t kVersion = 1;

std::int64_t nanoseconds(const timespec& time)
{
    // Some file systems have times beyond 2262, where 64 bits end.
    constexpr std::int64_t furthest = 9'000'000'000;
    return std::clamp(std::int64_t { time.tv_sec }, -furthest, furthest) * 1'000'000'000
        + time.tv_nsec;
}

std::int64_t now()
{
    const auto time = std::chrono::system_clock::now().time_since_epoch();
    return std::chrono::duration_cast<std::chrono::nanoseconds>(time).count();
}

} // namespace

struct KnownPictures::Row {
    ContentHash path;
    State state;
    ContentHash content;
    std::uint64_t check = 0;

    std::uint64_t expectedCheck() const
    {
        auto copy = *this;
        copy.check = kVersion;
        return checksum(std::as_bytes(std::span(&copy, 1)));
    }
};

KnownPictures::KnownPictures(std::filesystem::path table) : m_table(std::move(table)) { }

void KnownPictures::load()
{
    static_assert(sizeof(Row) == 64 && std::has_unique_object_representations_v<Row>);
    if (std::exchange(m_loaded, true) || m_table.empty())
        return;
    const auto table = readFile(m_table, kMostTableBytes);
    if (!table)
        return;
    for (std::size_t at = 0; at + sizeof(Row) <= table->size(); at += sizeof(Row)) {
        Row row;
        std::memcpy(&row, table->data() + at, sizeof row);
        if (row.check == row.expectedCheck())
            m_known[row.path] = { row.state, row.content };
    }
}

Result<ContentHash> KnownPictures::contentOf(const std::filesystem::path& picture)
{
    struct stat info { };
    if (::stat(picture.c_str(), &info) != 0)
        return fail(errno == ENOENT ? ErrorCode::NotFound : ErrorCode::Unreadable,
            "cannot be read: " + std::generic_category().message(errno), picture);
    const State state { static_cast<std::uint64_t>(info.st_size), nanoseconds(info.st_mtim),
        nanoseconds(info.st_ctim) };
    const auto path = contentHash(std::as_bytes(std::span(picture.native())));
    {
        const std::lock_guard lock(m_mutex);
        load();
        const auto known = m_known.find(path);
        if (known != m_known.end() && known->second.state == state)
            return known->second.content;
    }
    const auto asked = now();
    const auto bytes = readFile(picture, kMaxPictureBytes);
    if (!bytes)
        return tl::unexpected(bytes.error());
    const auto content = contentHash(*bytes);
    // Within the clock's coarsest tick (2 s on some file systems) a file can change twice without
    // its times telling.
    constexpr std::int64_t kTick = 2'000'000'000;
    const auto isNow
        = [&](std::int64_t time) { return time > asked - kTick && time < asked + kTick; };
    if (!isNow(state.changed) && !isNow(state.modified)) {
        const std::lock_guard lock(m_mutex);
        m_known[path] = { state, content };
        if (!m_table.empty())
            m_unsaved.push_back(path);
    }
    return content;
}

void KnownPictures::save()
{
    const std::lock_guard lock(m_mutex);
    if (m_unsaved.empty())
        return;
    std::vector<Row> rows;
    for (const auto& path : m_unsaved) {
        const auto& known = m_known.at(path);
        Row row { path, known.state, known.content };
        row.check = row.expectedCheck();
        rows.push_back(row);
    }
    const auto bytes = std::as_bytes(std::span(rows));
    std::error_code error;
    std::filesystem::create_directories(m_table.parent_path(), error);
    auto table = std::filesystem::exists(m_table, error) ? AppendFile::open(m_table)
                                                         : AppendFile::create(m_table);
    // A table that another program is writing to is tried again next time.
    if (!table)
        return;
    // Whole rows, or what follows would be read askew.
    const bool fits
        = table->size() % sizeof(Row) == 0 && table->size() + bytes.size() <= kMostTableBytes;
    if (fits ? table->append(bytes) : writeFileAtomically(m_table, bytes))
        m_unsaved.clear();
}

void KnownPictures::clear()
{
    const std::lock_guard lock(m_mutex);
    m_known.clear();
    m_unsaved.clear();
    m_loaded = true;
    std::error_code error;
    if (!m_table.empty())
        std::filesystem::remove(m_table, error);
}

} // namespace vernier
