// Apart from the catalogue, so that whoever only reads that needs no downloader.

#include "core/base/folder_lock.h"
#include "core/base/folders.h"
#include "core/base/hash.h"
#include "core/fetch/published_file.h"

#include <algorithm>
#include <optional>

#include <sys/stat.h>

namespace vernier {

namespace {

/// How much of a file is taken whose length nobody states.
constexpr std::uint64_t kMostPerGuess = 4;

Download downloadOf(const PublishedFile& file, std::filesystem::path to)
{
    Download request;
    request.url = file.url;
    request.to = std::move(to);
    request.bytes = file.bytes;
    request.most = std::max(file.bytes, kMostPerGuess * file.aboutBytes);
    request.sha256 = file.sha256;
    request.md5 = file.md5;
    return request;
}

bool isMountPoint(const std::filesystem::path& folder)
{
    struct stat own { };
    struct stat above { };
    return ::stat(folder.c_str(), &own) == 0 && ::stat((folder / "..").c_str(), &above) == 0
        && own.st_dev != above.st_dev;
}

tl::unexpected<Error> noHome()
{
    return fail(ErrorCode::NotFound, "there is no home folder to keep files in", {},
        "set VERNIER_DATA to a folder");
}

/// The folder to unpack to, whatever way it is written; nothing may be in it.
Result<std::filesystem::path> targetOf(const std::filesystem::path& to)
{
    std::error_code error;
    auto target = std::filesystem::weakly_canonical(std::filesystem::absolute(to, error), error);
    if (error || to.empty())
        return fail(ErrorCode::Invalid, "is no place for a folder", to, "choose another folder");
    if (!target.has_filename())
        target = target.parent_path();
    const auto status = std::filesystem::symlink_status(target, error);
    if (!std::filesystem::exists(status))
        return target;
    if (!std::filesystem::is_directory(status) || !std::filesystem::is_empty(target, error))
        return fail(ErrorCode::Exists, "is there already", to,
            "choose another folder, or remove this one first");
    if (isMountPoint(target))
        return fail(ErrorCode::Unsupported, "is where a disk begins, which cannot be replaced", to,
            "choose a new folder in it");
    return target;
}

/// Where the archive comes, and waits for being unpacked: a folder of its own beside the target,
/// since what lies there may have the archive's name. Its place is the same for the next try.
std::filesystem::path fetchingFolder(std::filesystem::path target)
{
    target += ".fetching";
    return target;
}

/// An archive that had come when an earlier try ended.
std::optional<Downloaded> keptArchive(
    const PublishedFile& dataset, const std::filesystem::path& archive)
{
    std::error_code error;
    const auto bytes = std::filesystem::file_size(archive, error);
    if (error || (dataset.bytes > 0 && bytes != dataset.bytes))
        return std::nullopt;
    auto digest = sha256OfFile(archive);
    if (!digest || !digest->starts_with(dataset.sha256))
        return std::nullopt;
    if (!dataset.md5.empty() && md5OfFile(archive) != dataset.md5)
        return std::nullopt;
    return Downloaded { bytes, std::move(*digest), true };
}

Result<FetchedDataset> fetchInto(const PublishedFile& dataset, const std::filesystem::path& archive,
    const std::filesystem::path& target, const std::stop_token& stop, const ProgressSink& progress)
{
    auto archived = keptArchive(dataset, archive);
    if (!archived) {
        auto got = download(downloadOf(dataset, archive), stop, progress);
        if (!got)
            return tl::unexpected(got.error());
        archived = std::move(*got);
    }
    auto unpacked = unpack(archive, target, {}, stop, progress);
    if (!unpacked)
        return tl::unexpected(unpacked.error());
    return FetchedDataset { std::move(*archived), std::move(*unpacked) };
}

} // namespace

Result<Downloaded> fetchWeights(
    const PublishedFile& weights, std::stop_token stop, const ProgressSink& progress)
{
    auto place = placeOf(weights);
    if (place.empty())
        return noHome();
    return download(downloadOf(weights, std::move(place)), std::move(stop), progress);
}

Status removeFetched(const PublishedFile& weights)
{
    const auto place = placeOf(weights);
    for (const auto* ending : { "", ".part", ".part-of" }) {
        auto path = place;
        path += ending;
        std::error_code error;
        std::filesystem::remove(path, error);
        if (error)
            return fail(ErrorCode::Unreadable, "cannot be removed: " + error.message(), path);
    }
    return {};
}

Result<FetchedDataset> fetchDataset(const PublishedFile& dataset, const std::filesystem::path& to,
    std::stop_token stop, const ProgressSink& progress)
{
    const auto target = targetOf(to);
    if (!target)
        return tl::unexpected(target.error());
    const auto folder = fetchingFolder(*target);
    auto made = makeFolders(target->parent_path()).and_then([&] { return makeOwnFolder(folder); });
    if (!made)
        return tl::unexpected(std::move(made.error()));
    const auto lock = FolderLock::take(folder);
    if (!lock)
        return tl::unexpected(lock.error());
    const auto archive = folder / dataset.file;
    std::error_code ignored;
    auto fetched = fetchInto(dataset, archive, *target, stop, progress);
    // What cannot be unpacked would not be mended by being kept; a full disk can.
    if (fetched || fetched.error().code == ErrorCode::Corrupt
        || fetched.error().code == ErrorCode::TooLarge)
        std::filesystem::remove(archive, ignored);
    // Unless something is left to go on from.
    std::filesystem::remove(folder, ignored);
    return fetched;
}

} // namespace vernier
