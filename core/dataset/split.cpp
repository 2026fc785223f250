#include "core/dataset/split.h"

#include "core/base/random.h"
#include "core/base/text.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <iterator>
#include <limits>
#include <string_view>
#include <unordered_map>

namespace vernier {

namespace {

constexpr std::uint64_t kValidationDraw = 0x76616C69; // "vali"
constexpr std::uint64_t kTestDraw = 0x74657374; // "test"
constexpr std::uint64_t kSubsetDraw = 0x73756273; // "subs"

std::uint64_t keyOf(const std::string& text)
{
    const auto hash = contentHash(std::as_bytes(std::span(text)));
    std::uint64_t key = 0;
    std::memcpy(&key, hash.bytes.data(), sizeof key);
    return key;
}

std::size_t drawnFrom(std::size_t count, double fraction)
{
    if (count < 2)
        return 0;
    const auto share = std::llround(static_cast<double>(count) * fraction);
    return std::clamp<std::size_t>(static_cast<std::size_t>(std::max(share, 1LL)), 1, count - 1);
}

/// A split's pictures of each class, in an order that depends on nothing but names and seed: keyed
/// by the class's name and not by its number, so that a class more or less moves no picture of the
/// others.
std::vector<std::vector<std::size_t>> shuffled(
    const DatasetSnapshot& snapshot, Split split, std::uint64_t seed, std::uint64_t purpose)
{
    std::vector<std::vector<std::size_t>> ofClass(snapshot.classes.size());
    for (std::size_t i = 0; i < snapshot.images.size(); ++i) {
        if (snapshot.images[i].split == split)
            ofClass[static_cast<std::size_t>(snapshot.images[i].label)].push_back(i);
    }
    for (std::size_t label = 0; label < ofClass.size(); ++label) {
        auto& members = ofClass[label];
        std::sort(members.begin(), members.end(), [&](std::size_t a, std::size_t b) {
            return snapshot.images[a].path.native() < snapshot.images[b].path.native();
        });
        Random random { seed, purpose, keyOf(snapshot.classes[label]) };
        random.shuffle(members);
    }
    return ofClass;
}

/// Moves a share of each class; gives how many pictures that were.
std::size_t move(DatasetSnapshot& snapshot, Split from, Split to, double fraction,
    std::uint64_t seed, std::uint64_t purpose)
{
    std::size_t moved = 0;
    for (const auto& members : shuffled(snapshot, from, seed, purpose)) {
        auto share = drawnFrom(members.size(), fraction);
        for (std::size_t i = 0; i < members.size() && share > 0; ++i) {
            auto& image = snapshot.images[members[i]];
            if (image.splitByHand)
                continue;
            image.split = to;
            --share;
            ++moved;
        }
    }
    return moved;
}

/// One that the folder has; pictures that a person has moved there make none.
bool hasValidation(const DatasetSnapshot& snapshot)
{
    return std::ranges::any_of(snapshot.images, [](const ImageEntry& image) {
        return image.split == Split::Validation && !image.splitByHand;
    });
}

std::vector<std::int64_t> trainingCounts(const DatasetSnapshot& snapshot)
{
    std::vector<std::int64_t> counts(snapshot.classes.size());
    for (const auto& image : snapshot.images)
        counts[static_cast<std::size_t>(image.label)] += image.split == Split::Train;
    return counts;
}

std::int64_t mostOfClass(const std::vector<std::int64_t>& counts, int perClass)
{
    if (perClass > 0)
        return perClass;
    auto most = std::numeric_limits<std::int64_t>::max();
    for (const auto count : counts) {
        if (perClass == kBalancedClasses && count > 0)
            most = std::min(most, count);
    }
    return most;
}

} // namespace

SnapshotPtr withValidation(SnapshotPtr snapshot, const SplitOptions& options)
{
    if (options.testToTrain > 0 && snapshot->count(Split::Test) > 0) {
        auto more = std::make_shared<DatasetSnapshot>(*snapshot);
        const auto moved
            = move(*more, Split::Test, Split::Train, options.testToTrain, options.seed, kTestDraw);
        more->notes.push_back(counted(static_cast<std::int64_t>(moved), "picture")
            + (moved == 1 ? " of the test split trains instead."
                          : " of the test split train instead."));
        snapshot = std::move(more);
    }
    if (hasValidation(*snapshot))
        return snapshot;

    auto result = std::make_shared<DatasetSnapshot>(*snapshot);
    move(*result, Split::Train, Split::Validation, options.validationFraction, options.seed,
        kValidationDraw);
    result->validationDrawn = true;
    return result;
}

SnapshotPtr withSplitsOf(
    const SnapshotPtr& snapshot, const SplitOptions& options, const DatasetSnapshot& earlier)
{
    std::unordered_map<std::string_view, Split> splits;
    for (const auto& image : earlier.images) {
        if (!image.splitByHand)
            splits.emplace(image.path.native(), image.split);
    }
    const auto drawn = withValidation(snapshot, options);
    auto result = std::make_shared<DatasetSnapshot>(*drawn);
    bool differs = false;
    for (auto& image : result->images) {
        const auto found = splits.find(image.path.native());
        if (found == splits.end() || image.splitByHand || image.split == found->second)
            continue;
        image.split = found->second;
        differs = true;
    }
    return differs ? result : drawn;
}

std::vector<std::size_t> drawnTrainingPictures(
    const DatasetSnapshot& snapshot, int perClass, std::uint64_t seed)
{
    std::vector<std::size_t> drawn;
    if (perClass == kAllOfClass) {
        for (std::size_t i = 0; i < snapshot.images.size(); ++i) {
            if (snapshot.images[i].split == Split::Train)
                drawn.push_back(i);
        }
        return drawn;
    }
    const auto most = mostOfClass(trainingCounts(snapshot), perClass);
    for (const auto& members : shuffled(snapshot, Split::Train, seed, kSubsetDraw)) {
        const auto taken = std::min(most, static_cast<std::int64_t>(members.size()));
        drawn.insert(drawn.end(), members.begin(), members.begin() + taken);
    }
    std::sort(drawn.begin(), drawn.end());
    return drawn;
}

std::vector<std::size_t> surplusTrainingPictures(
    const DatasetSnapshot& snapshot, int perClass, std::uint64_t seed)
{
    const auto all = drawnTrainingPictures(snapshot, kAllOfClass, seed);
    const auto drawn = drawnTrainingPictures(snapshot, perClass, seed);
    std::vector<std::size_t> surplus;
    std::ranges::set_difference(all, drawn, std::back_inserter(surplus));
    return surplus;
}

std::int64_t drawnTrainingCount(const DatasetSnapshot& snapshot, int perClass)
{
    const auto counts = trainingCounts(snapshot);
    const auto most = mostOfClass(counts, perClass);
    std::int64_t drawn = 0;
    for (const auto count : counts)
        drawn += std::min(most, count);
    return drawn;
}

std::vector<double> balancedClassWeights(const std::vector<std::int64_t>& trainCounts)
{
    double total = 0;
    for (const auto count : trainCounts)
        total += static_cast<double>(count);
    std::vector<double> weights;
    for (const auto count : trainCounts)
        weights.push_back(count > 0
                ? total / (static_cast<double>(trainCounts.size()) * static_cast<double>(count))
                : 0);
    return weights;
}

} // namespace vernier
