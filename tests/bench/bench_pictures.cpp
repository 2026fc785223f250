#include "tests/bench/bench_pictures.h"

#include "core/dataset/scan.h"

#include <algorithm>
#include <optional>

#include <nlohmann/json.hpp>

namespace vernier::bench {

namespace {

/// Indices of a snapshot's pictures of some splits, one of each class by turns; the splits' order
/// counts first.
std::vector<std::size_t> byTurns(const DatasetSnapshot& pictures, std::vector<Split> splits)
{
    std::vector<std::size_t> order;
    for (const auto split : splits) {
        std::vector<std::vector<std::size_t>> ofClass(pictures.classes.size());
        for (std::size_t i = 0; i < pictures.images.size(); ++i) {
            if (pictures.images[i].split == split)
                ofClass[static_cast<std::size_t>(pictures.images[i].label)].push_back(i);
        }
        std::size_t most = 0;
        for (const auto& own : ofClass)
            most = std::max(most, own.size());
        for (std::size_t turn = 0; turn < most; ++turn) {
            for (const auto& own : ofClass) {
                if (turn < own.size())
                    order.push_back(own[turn]);
            }
        }
    }
    return order;
}

SnapshotPtr withSplits(const DatasetSnapshot& all, const std::vector<std::size_t>& train,
    const std::vector<std::size_t>& validation)
{
    std::vector<std::optional<Split>> splitOf(all.images.size());
    for (const auto i : train)
        splitOf[i] = Split::Train;
    for (const auto i : validation)
        splitOf[i] = Split::Validation;
    auto chosen = std::make_shared<DatasetSnapshot>();
    chosen->root = all.root;
    chosen->classes = all.classes;
    for (std::size_t i = 0; i < all.images.size(); ++i) {
        if (!splitOf[i])
            continue;
        chosen->images.push_back(all.images[i]);
        chosen->images.back().split = *splitOf[i];
    }
    return chosen;
}

} // namespace

Result<SnapshotPtr> chosenPictures(
    const std::filesystem::path& folder, std::size_t train, std::size_t validation)
{
    const auto all = scan(folder);
    if (!all)
        return all;
    auto forTraining = byTurns(**all, { Split::Train });
    auto forValidation = byTurns(**all, { Split::Validation, Split::Test });
    if (forTraining.size() > train && forValidation.size() < validation)
        forValidation.insert(forValidation.end(),
            forTraining.begin() + static_cast<std::ptrdiff_t>(train), forTraining.end());
    if (forTraining.size() < train || forValidation.size() < validation)
        return fail(ErrorCode::Invalid,
            "has too few pictures to measure on: " + std::to_string(train) + " for training and "
                + std::to_string(validation) + " for validation are needed",
            folder, "give a larger folder, or smaller numbers with --train and --validation");
    forTraining.resize(train);
    forValidation.resize(validation);
    return withSplits(**all, forTraining, forValidation);
}

SnapshotPtr fewer(const SnapshotPtr& pictures, std::size_t train, std::size_t validation)
{
    auto forTraining = byTurns(*pictures, { Split::Train });
    auto forValidation = byTurns(*pictures, { Split::Validation });
    forTraining.resize(std::min(forTraining.size(), train));
    forValidation.resize(std::min(forValidation.size(), validation));
    return withSplits(*pictures, forTraining, forValidation);
}

std::string listOf(const DatasetSnapshot& pictures)
{
    const auto of = [&](Split split) {
        auto rows = nlohmann::json::array();
        for (const auto i : byTurns(pictures, { split })) {
            const auto& image = pictures.images[i];
            rows.push_back({ utf8(pictures.absolute(image)), image.label });
        }
        return rows;
    };
    return nlohmann::json {
        { "classes", pictures.classes.size() }, { "train", of(Split::Train) },
        { "validation", of(Split::Validation) }
    }.dump();
}

} // namespace vernier::bench
