#include "core/dataset/folder_index.h"

#include "core/base/files.h"
#include "core/base/version.h"
#include "core/image/decode.h"

#include <algorithm>
#include <cstring>
#include <string_view>
#include <vector>

namespace vernier {

namespace fs = std::filesystem;

namespace {

constexpr const char* kFolder = "folders";
constexpr std::string_view kExtension = ".index";
/// Two million pictures; a larger folder is read anew every time.
constexpr std::uint64_t kMostBytes = 128 << 20;
/// Of all folders together.
constexpr std::uint64_t kMostBytesOfAll = 256 << 20;
constexpr std::array<char, 8> kMagic { 'v', 'r', 'n', 'f', 'o', 'l', 'd', '1' };

struct Header {
    std::array<char, 8> magic {};
    std::uint64_t version = 0; ///< of the program: another one may read headers differently
    ContentHash root;
    std::uint64_t rows = 0;
    std::uint64_t textBytes = 0; ///< behind the rows: the problems and notes
    std::uint64_t check = 0; ///< of all of the file, with 0 here
};

struct Row {
    ContentHash path;
    FileState state;
    std::int32_t width = 0; ///< 0: it cannot be used
    std::int32_t height = 0;
    std::uint32_t wordsAt = 0; ///< in the text: why it cannot be used, or the note
    std::uint32_t wordsBytes = 0;
};

static_assert(sizeof(Header) == 56 && std::has_unique_object_representations_v<Header>);
static_assert(sizeof(Row) == 56 && std::has_unique_object_representations_v<Row>);

ContentHash digestOf(const fs::path& path)
{
    return contentHash(std::as_bytes(std::span(path.native())));
}

std::uint64_t programVersion()
{
    const auto version = vernierVersion() + " " + std::to_string(kProbeGeneration);
    return checksum(std::as_bytes(std::span(version)));
}

template <class T> void append(std::vector<std::byte>& bytes, const T& value)
{
    const auto more = std::as_bytes(std::span(&value, 1));
    bytes.insert(bytes.end(), more.begin(), more.end());
}

/// An index, or what a program that was killed left of one.
bool isIndex(const fs::path& file)
{
    const auto name = file.filename().native();
    constexpr std::size_t kDigits = 32;
    return name.size() >= kDigits + kExtension.size()
        && name.find_first_not_of("0123456789abcdef") == kDigits
        && std::string_view(name).substr(kDigits).starts_with(kExtension);
}

std::vector<fs::directory_entry> indexesIn(const fs::path& folder)
{
    std::vector<fs::directory_entry> found;
    std::error_code error;
    for (fs::directory_iterator it(folder, error), end; !error && it != end; it.increment(error)) {
        std::error_code unknown;
        if (isIndex(it->path()) && it->is_regular_file(unknown))
            found.push_back(*it);
    }
    return found;
}

/// Folders that were not opened for longest go first.
void limitAll(const fs::path& folder)
{
    struct Index {
        fs::path file;
        std::uint64_t bytes = 0;
        fs::file_time_type used;
    };
    std::vector<Index> all;
    std::uint64_t bytes = 0;
    for (const auto& entry : indexesIn(folder)) {
        std::error_code error;
        Index index { entry.path(), entry.file_size(error), {} };
        if (!error)
            index.used = entry.last_write_time(error);
        if (error)
            continue;
        bytes += index.bytes;
        all.push_back(std::move(index));
    }
    std::ranges::sort(all, {}, &Index::used);
    for (const auto& index : all) {
        if (bytes <= kMostBytesOfAll)
            return;
        std::error_code error;
        if (fs::remove(index.file, error))
            bytes -= index.bytes;
    }
}

} // namespace

FolderIndex::FolderIndex(const fs::path& cache, const fs::path& root) : m_root(digestOf(root))
{
    if (cache.empty())
        return;
    m_file = cache / kFolder / (m_root.hex() + std::string(kExtension));
    read();
}

void FolderIndex::read()
{
    auto bytes = readFile(m_file, kMostBytes);
    Header header;
    if (!bytes || bytes->size() < sizeof header)
        return;
    std::memcpy(&header, bytes->data(), sizeof header);
    const auto room = bytes->size() - sizeof header;
    if (header.magic != kMagic || header.version != programVersion() || header.root != m_root
        || header.rows > room / sizeof(Row) || header.textBytes != room - header.rows * sizeof(Row))
        return;
    const auto check = std::exchange(header.check, 0);
    std::memcpy(bytes->data(), &header, sizeof header);
    if (checksum(*bytes) != check)
        return;
    const std::string_view text(
        reinterpret_cast<const char*>(bytes->data()) + sizeof header + header.rows * sizeof(Row),
        header.textBytes);
    m_known.reserve(header.rows);
    for (std::uint64_t i = 0; i < header.rows; ++i) {
        Row row;
        std::memcpy(&row, bytes->data() + sizeof header + i * sizeof row, sizeof row);
        if (row.wordsAt > text.size() || row.wordsBytes > text.size() - row.wordsAt)
            continue;
        PictureFacts facts { row.width, row.height, {} };
        const bool usable = row.width > 0 && row.height > 0;
        (usable ? facts.note : facts.problem) = text.substr(row.wordsAt, row.wordsBytes);
        if (!usable && facts.problem.empty())
            continue;
        m_known[row.path] = { row.state, std::move(facts), false };
    }
}

const PictureFacts* FolderIndex::find(const fs::path& file, const FileState& state) const
{
    if (m_known.empty())
        return nullptr;
    const auto known = m_known.find(digestOf(file));
    return known != m_known.end() && known->second.state == state ? &known->second.facts : nullptr;
}

void FolderIndex::keep(const fs::path& file, const FileState& state, PictureFacts facts)
{
    if (m_file.empty())
        return;
    auto& known = m_known[digestOf(file)];
    m_isNew |= known.state != state || known.facts != facts;
    known = { state, std::move(facts), true };
}

void FolderIndex::save(bool complete)
{
    if (complete)
        m_isNew |= std::erase_if(m_known, [](const auto& known) { return !known.second.kept; }) > 0;
    std::error_code error;
    if (m_file.empty())
        return;
    if (!m_isNew) {
        fs::last_write_time(m_file, fs::file_time_type::clock::now(), error);
        return;
    }
    Header header { kMagic, programVersion(), m_root, m_known.size(), 0, 0 };
    std::vector<std::byte> bytes;
    bytes.reserve(sizeof header + m_known.size() * sizeof(Row));
    append(bytes, header);
    std::string text;
    std::unordered_map<std::string_view, std::uint32_t> places; ///< many have the same
    for (const auto& [path, known] : m_known) {
        const auto& facts = known.facts;
        const auto& words = facts.problem.empty() ? facts.note : facts.problem;
        const auto [place, first]
            = places.try_emplace(words, static_cast<std::uint32_t>(text.size()));
        if (first)
            text += words;
        if (bytes.size() + text.size() + sizeof(Row) > kMostBytes)
            return;
        append(bytes,
            Row { path, known.state, facts.width, facts.height, place->second,
                static_cast<std::uint32_t>(words.size()) });
    }
    const auto more = std::as_bytes(std::span(text));
    bytes.insert(bytes.end(), more.begin(), more.end());
    header.textBytes = text.size();
    std::memcpy(bytes.data(), &header, sizeof header);
    header.check = checksum(bytes);
    std::memcpy(bytes.data(), &header, sizeof header);

    fs::create_directories(m_file.parent_path(), error);
    if (writeFileAtomically(m_file, bytes))
        m_isNew = false;
    limitAll(m_file.parent_path());
}

void FolderIndex::removeAll(const fs::path& cache)
{
    for (const auto& entry : indexesIn(cache / kFolder)) {
        std::error_code error;
        fs::remove(entry.path(), error);
    }
}

} // namespace vernier
