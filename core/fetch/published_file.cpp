#include "core/fetch/published_file.h"

#include "core/base/files.h"
#include "core/base/json_reader.h"
#include "core/base/resource_dir.h"
#include "core/base/user_dirs.h"

#include <algorithm>
#include <array>
#include <cstdlib>
#include <limits>

namespace vernier {

namespace {

using Kind = PublishedFile::Kind;

constexpr std::uint64_t kMaxCatalogueBytes = 1 << 20;
constexpr std::size_t kMostEntries = 1000;

std::filesystem::path catalogueFile()
{
    if (const char* own = std::getenv("VERNIER_CATALOGUE"); own && *own)
        return own;
    return resourceDir() / "catalogue.json";
}

/// A name that stays in its folder.
bool isPlain(const std::string& file)
{
    return !file.empty() && file.front() != '.' && file.find('/') == std::string::npos
        && file.find('\0') == std::string::npos;
}

bool isHex(const std::string& text)
{
    return text.find_first_not_of("0123456789abcdef") == std::string::npos;
}

Result<PublishedFile> readEntry(const nlohmann::json& json, Kind kind, const std::string& path,
    const std::filesystem::path& file)
{
    PublishedFile entry;
    entry.kind = kind;
    JsonReader reader(json, path, file);
    reader.require({ "name", "title", "url", "file", "hash_from", "licence", "about" });
    reader.read("name", entry.name);
    reader.read("title", entry.title);
    reader.read("url", entry.url);
    reader.read("file", entry.file);
    reader.read("bytes", entry.bytes);
    reader.read("about_bytes", entry.aboutBytes);
    reader.read("sha256", entry.sha256);
    reader.read("md5", entry.md5);
    reader.read("hash_from", entry.hashFrom);
    reader.read("licence", entry.licence);
    reader.read("about", entry.about);
    if (kind == Kind::Weights) {
        reader.require({ "backbone", "top" });
        reader.read("backbone", entry.backbone);
        reader.read("top", entry.hasTop);
    }
    if (!isPlain(entry.file))
        reader.complain("file", "must be a plain file name");
    const bool protocol = std::ranges::any_of(std::array { "https://", "http://", "file://" },
        [&](const char* start) { return entry.url.starts_with(start); });
    if (!protocol)
        reader.complain("url", "must begin with https://, http:// or file://");
    const auto digits = entry.sha256.size();
    if (!isHex(entry.sha256) || (digits > 0 && digits < 8) || digits > 64)
        reader.complain("sha256", "must be 8 to 64 hexadecimal digits in lower case");
    if (!isHex(entry.md5) || (!entry.md5.empty() && entry.md5.size() != 32))
        reader.complain("md5", "must be 32 hexadecimal digits in lower case");
    if (std::max(entry.bytes, entry.aboutBytes) > std::numeric_limits<std::uint32_t>::max() * 16ull)
        reader.complain("bytes", "is larger than any file that Vernier needs");
    if (entry.bytes == 0 && entry.aboutBytes == 0)
        reader.complain("bytes", "is missing, and so is about_bytes");
    if (auto ok = reader.finish(); !ok)
        return tl::unexpected(ok.error());
    return entry;
}

} // namespace

Result<std::vector<PublishedFile>> publishedFiles()
{
    const auto file = catalogueFile();
    const auto text = readTextFile(file, kMaxCatalogueBytes);
    if (!text)
        return tl::unexpected(text.error());
    const auto json = parseJson(*text, file);
    if (!json)
        return tl::unexpected(json.error());
    std::vector<PublishedFile> files;
    JsonReader reader(*json, {}, file);
    for (const auto& [key, kind] :
        { std::pair("weights", Kind::Weights), std::pair("datasets", Kind::Dataset) }) {
        const auto* list = reader.array(key);
        if (list && list->size() > kMostEntries)
            reader.complain(key, "has too many entries");
        for (std::size_t i = 0; list && i < std::min(list->size(), kMostEntries); ++i) {
            auto entry
                = readEntry((*list)[i], kind, std::string(key) + "." + std::to_string(i), file);
            if (entry)
                files.push_back(std::move(*entry));
            else
                reader.adopt(tl::unexpected(entry.error()));
        }
    }
    if (auto ok = reader.finish(); !ok)
        return tl::unexpected(ok.error());
    return files;
}

Result<PublishedFile> findPublished(Kind kind, std::string_view name)
{
    const auto files = publishedFiles();
    if (!files)
        return tl::unexpected(files.error());
    std::string known;
    for (const auto& file : *files) {
        if (file.kind != kind)
            continue;
        if (file.name == name)
            return file;
        known += (known.empty() ? "" : ", ") + file.name;
    }
    return fail(ErrorCode::NotFound,
        std::string("there are no ") + (kind == Kind::Weights ? "weights" : "pictures")
            + " to fetch by the name \"" + std::string(name) + "\"",
        {}, known.empty() ? "" : "use " + known);
}

std::filesystem::path placeOf(const PublishedFile& weights)
{
    const auto folder = userDataDir();
    return folder.empty() ? folder : folder / "weights" / weights.file;
}

bool isFetched(const PublishedFile& weights)
{
    std::error_code error;
    const auto bytes = std::filesystem::file_size(placeOf(weights), error);
    return !error && (weights.bytes == 0 || bytes == weights.bytes);
}

Result<std::filesystem::path> fetchedWeights(std::string_view backbone, bool withTop)
{
    const auto files = publishedFiles();
    if (!files)
        return tl::unexpected(files.error());
    std::string names;
    for (const auto& file : *files) {
        if (file.kind != Kind::Weights || file.backbone != backbone || (withTop && !file.hasTop))
            continue;
        if (isFetched(file))
            return placeOf(file);
        names += (names.empty() ? "" : " or ") + file.name;
    }
    const auto what = std::string("weights of ") + std::string(backbone)
        + (withTop ? " with its classifier" : "");
    if (names.empty())
        return fail(ErrorCode::NotFound, "nobody publishes " + what);
    return fail(ErrorCode::NotFound, "the " + what + " are not here yet", {},
        "fetch them: vernier-cli weights fetch " + names + ", or File > Weights in the window");
}

std::filesystem::path usualFolderOf(const PublishedFile& dataset)
{
    const auto folder = userDataDir();
    return folder.empty() ? folder : folder / "datasets" / dataset.name;
}

} // namespace vernier
