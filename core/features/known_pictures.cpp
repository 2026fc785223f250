#include "core/features/known_pictures.h"

#include "core/base/file_hash.h"
#include "core/base/files.h"
#include "core/base/parallel.h"
#include "core/image/decode.h"

#include <algorithm>
#include <cstring>
#include <system_error>
#include <utility>

namespace vernier {

namespace {

/// Half a million pictures; a table that grows beyond is begun anew.
constexpr std::uint64_t kMostTableBytes = 32 << 20;
constexpr std::uint64_t kVersion = 1;

} // namespace

struct KnownPictures::Row {
    ContentHash path;
    FileState state;
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

Result<ContentHash> KnownPictures::contentOf(
    const std::filesystem::path& picture, const std::stop_token& stop)
{
    const auto state = FileState::of(picture);
    if (!state)
        return tl::unexpected(state.error());
    const auto path = contentHash(std::as_bytes(std::span(picture.native())));
    {
        const std::lock_guard lock(m_mutex);
        load();
        const auto known = m_known.find(path);
        if (known != m_known.end() && known->second.state == *state)
            return known->second.content;
    }
    const auto asked = clockTime();
    const auto read = contentHashOfFile(picture, kMaxPictureBytes, stop);
    if (!read)
        return read;
    const auto& content = *read;
    if (state->isSettledAt(asked)) {
        const std::lock_guard lock(m_mutex);
        m_known[path] = { *state, content };
        if (!m_table.empty())
            m_unsaved.push_back(path);
    }
    return content;
}

Status KnownPictures::learn(const std::vector<std::filesystem::path>& pictures, int threads,
    const std::stop_token& stop, const ProgressSink& progress)
{
    forEachIndex(
        pictures.size(), static_cast<std::size_t>(std::max(threads, 1)), stop,
        [&](std::size_t i) { (void)contentOf(pictures[i], stop); },
        [&](std::size_t done) {
            if (progress)
                progress({ "reading pictures", static_cast<std::int64_t>(done),
                    static_cast<std::int64_t>(pictures.size()) });
        });
    save();
    return stop.stop_requested() ? Status(cancelled()) : Status();
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
