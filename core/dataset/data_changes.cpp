#include "core/dataset/data_changes.h"

#include <algorithm>
#include <string_view>
#include <unordered_map>

namespace vernier {

namespace {

using ByPath = std::unordered_map<std::string_view, const ImageEntry*>;

/// As long as the snapshot lives.
ByPath byPath(const DatasetSnapshot& dataset)
{
    ByPath images;
    images.reserve(dataset.images.size());
    for (const auto& image : dataset.images)
        images.emplace(image.path.native(), &image);
    return images;
}

const std::string& className(const DatasetSnapshot& dataset, const ImageEntry& image)
{
    return dataset.classes[static_cast<std::size_t>(image.label)];
}

} // namespace

DataChanges changesBetween(const DatasetSnapshot& earlier, const DatasetSnapshot& later)
{
    const auto before = byPath(earlier);
    DataChanges changes;
    std::int64_t both = 0;
    for (const auto& image : later.images) {
        const auto found = before.find(image.path.native());
        if (found == before.end()) {
            ++changes.added;
            continue;
        }
        ++both;
        const auto& was = *found->second;
        if (was.split != Split::LeftOut && image.split == Split::LeftOut)
            ++changes.leftOut;
        else if (was.split == Split::LeftOut && image.split != Split::LeftOut)
            ++changes.takenIn;
        else if (className(earlier, was) != className(later, image))
            ++changes.relabelled;
        else if (was.split != image.split)
            ++changes.moved;
    }
    changes.gone = static_cast<std::int64_t>(earlier.images.size()) - both;
    return changes;
}

SnapshotPtr judgedBy(const SnapshotPtr& run, const DatasetSnapshot& today)
{
    // Of today's classes in the run's order.
    std::vector<std::optional<ClassIndex>> ofRun;
    for (const auto& name : today.classes) {
        const auto found = std::ranges::find(run->classes, name);
        ofRun.push_back(found == run->classes.end()
                ? std::nullopt
                : std::optional(static_cast<ClassIndex>(found - run->classes.begin())));
    }
    const auto now = byPath(today);
    auto judged = std::make_shared<DatasetSnapshot>(*run);
    for (auto& image : judged->images) {
        const auto found = now.find(image.path.native());
        const auto* picture = found == now.end() ? nullptr : found->second;
        const auto label = picture ? ofRun[static_cast<std::size_t>(picture->label)] : std::nullopt;
        if (!label || (picture->splitByHand && picture->split != image.split)) {
            image.split = Split::LeftOut;
            continue;
        }
        image.label = *label;
        image.found
            = picture->found ? ofRun[static_cast<std::size_t>(*picture->found)] : picture->found;
        image.confirmed = picture->confirmed;
    }
    return judged;
}

SnapshotPtr withoutSeen(const SnapshotPtr& today, const DatasetSnapshot& trained)
{
    const auto then = byPath(trained);
    auto result = std::make_shared<DatasetSnapshot>(*today);
    bool any = false;
    for (auto& image : result->images) {
        if (image.split != Split::Validation && image.split != Split::Test)
            continue;
        const auto found = then.find(image.path.native());
        if (found == then.end() || found->second->split == image.split)
            continue;
        image.split = Split::LeftOut;
        image.splitByHand = true;
        any = true;
    }
    return any ? result : today;
}

} // namespace vernier
