// Apart from the catalogue, so that whoever only reads that needs no downloader.

#include "core/base/published_file.h"

#include <algorithm>

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

tl::unexpected<Error> noHome()
{
    return fail(ErrorCode::NotFound, "there is no home folder to keep files in", {},
        "set VERNIER_DATA to a folder");
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
    std::error_code error;
    if (std::filesystem::exists(to, error) && !std::filesystem::is_empty(to, error))
        return fail(ErrorCode::Exists, "is there already", to,
            "choose another folder, or remove this one first");
    auto archive = to.parent_path() / dataset.file;
    auto got = download(downloadOf(dataset, archive), stop, progress);
    if (!got)
        return tl::unexpected(got.error());
    auto unpacked = unpack(archive, to, {}, stop, progress);
    if (!unpacked && unpacked.error().code == ErrorCode::Cancelled)
        return tl::unexpected(unpacked.error());
    // What cannot be unpacked would not be mended by being kept.
    std::filesystem::remove(archive, error);
    if (!unpacked)
        return tl::unexpected(unpacked.error());
    return FetchedDataset { std::move(*got), std::move(*unpacked) };
}

} // namespace vernier
