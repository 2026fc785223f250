#include "core/dataset/edit.h"

namespace vernier {

namespace {

template <class Change>
SnapshotPtr changed(
    const SnapshotPtr& snapshot, const std::vector<std::size_t>& images, const Change& change)
{
    auto result = std::make_shared<DatasetSnapshot>(*snapshot);
    for (const auto index : images)
        change(result->images.at(index));
    return result;
}

} // namespace

SnapshotPtr relabelled(
    const SnapshotPtr& snapshot, const std::vector<std::size_t>& images, ClassIndex label)
{
    return changed(snapshot, images, [label](ImageEntry& image) {
        if (image.label == label)
            return;
        const auto found = image.found.value_or(image.label);
        image.found = label == found ? std::nullopt : std::optional(found);
        image.label = label;
        image.confirmed = false;
    });
}

SnapshotPtr moved(
    const SnapshotPtr& snapshot, const std::vector<std::size_t>& images, Split split, bool byHand)
{
    return changed(snapshot, images, [split, byHand](ImageEntry& image) {
        image.split = split;
        image.splitByHand = byHand;
    });
}

SnapshotPtr confirmed(
    const SnapshotPtr& snapshot, const std::vector<std::size_t>& images, bool right)
{
    return changed(snapshot, images, [right](ImageEntry& image) { image.confirmed = right; });
}

SnapshotPtr withoutEdits(const SnapshotPtr& snapshot)
{
    auto result = std::make_shared<DatasetSnapshot>(*snapshot);
    for (auto& image : result->images) {
        image.label = image.found.value_or(image.label);
        image.found.reset();
        image.splitByHand = false;
        image.confirmed = false;
    }
    return result;
}

bool isEdited(const ImageEntry& image)
{
    return image.found || image.splitByHand || image.confirmed;
}

} // namespace vernier
