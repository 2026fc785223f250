#include "core/dataset/split.h"

#include "core/base/random.h"

#include <algorithm>
#include <cmath>
#include <cstring>

namespace vernier {

namespace {

constexpr std::uint64_t kValidationDraw = 0x76616C69; // "vali"

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

} // namespace

SnapshotPtr withValidation(SnapshotPtr snapshot, const SplitOptions& options)
{
    if (snapshot->count(Split::Validation) > 0)
        return snapshot;

    auto result = std::make_shared<DatasetSnapshot>(*snapshot);
    std::vector<std::vector<std::size_t>> ofClass(snapshot->classes.size());
    for (std::size_t i = 0; i < result->images.size(); ++i) {
        if (result->images[i].split == Split::Train)
            ofClass[static_cast<std::size_t>(result->images[i].label)].push_back(i);
    }
    for (std::size_t label = 0; label < ofClass.size(); ++label) {
        auto& members = ofClass[label];
        std::sort(members.begin(), members.end(), [&](std::size_t a, std::size_t b) {
            return result->images[a].path.native() < result->images[b].path.native();
        });
        // Keyed by the class's name and not by its number, so that a class more or less moves no
        // picture of the others.
        Random random { options.seed, kValidationDraw, keyOf(result->classes[label]) };
        random.shuffle(members);
        const auto share = drawnFrom(members.size(), options.validationFraction);
        for (std::size_t i = 0; i < share; ++i)
            result->images[members[i]].split = Split::Validation;
    }
    result->validationDrawn = true;
    return result;
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
