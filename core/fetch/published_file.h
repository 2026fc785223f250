#pragma once

#include "core/fetch/download.h"
#include "core/fetch/unpack.h"

#include <string>
#include <string_view>
#include <vector>

namespace vernier {

/// A file that somebody publishes, which Vernier can fetch by name.
struct PublishedFile {
    enum class Kind : std::uint8_t { Weights, Dataset };
    Kind kind = Kind::Weights;
    std::string name; ///< "vgg16-keras"
    std::string title; ///< for people
    std::string backbone; ///< of weights
    bool hasTop = false; ///< weights with the original classifier
    std::string url;
    std::string file; ///< its name on disk
    std::uint64_t bytes = 0; ///< 0: not published
    std::uint64_t aboutBytes = 0; ///< where `bytes` is 0
    std::string sha256; ///< empty: not published
    std::string md5;
    std::string hashFrom; ///< who says so, or that nobody does
    std::string licence;
    std::string about; ///< what it is for
};

/// resources/catalogue.json, or the file that VERNIER_CATALOGUE in the environment names (a mirror
/// of one's own). Read anew each time.
Result<std::vector<PublishedFile>> publishedFiles();
/// NotFound names those there are.
Result<PublishedFile> findPublished(PublishedFile::Kind kind, std::string_view name);

/// Where fetched weights lie: below userDataDir(). Empty where there is no home.
std::filesystem::path placeOf(const PublishedFile& weights);
/// They are there, and as long as they should be.
bool isFetched(const PublishedFile& weights);
/// The first in the catalogue of those that are fetched for a backbone, `withTop`: with the
/// original classifier. NotFound says what to fetch.
Result<std::filesystem::path> fetchedWeights(std::string_view backbone, bool withTop);
/// To placeOf(), checked against all that is known of it.
Result<Downloaded> fetchWeights(
    const PublishedFile& weights, std::stop_token stop = {}, const ProgressSink& progress = {});
/// What was fetched, and what came of it so far.
Status removeFetched(const PublishedFile& weights);

struct FetchedDataset {
    Downloaded download;
    Unpacked unpacked;
};
/// Downloads and unpacks into the folder `to`, which must not exist or be empty; that and whether
/// it can be written to is found out first. What has come lies in TO.fetching meanwhile, and stays
/// there after a break, a cancel or a full disk, while unpacking too: the next call goes on from
/// it. Exists when another program is fetching to the same place.
Result<FetchedDataset> fetchDataset(const PublishedFile& dataset, const std::filesystem::path& to,
    std::stop_token stop = {}, const ProgressSink& progress = {});
/// Below userDataDir().
std::filesystem::path usualFolderOf(const PublishedFile& dataset);

} // namespace vernier
