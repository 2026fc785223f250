#include "core/dataset/class_match.h"

#include <algorithm>
#include <map>

namespace vernier {

namespace {

constexpr std::size_t kMostNamed = 5;

std::string named(const std::vector<std::string>& classes)
{
    std::string text;
    for (std::size_t i = 0; i < std::min(classes.size(), kMostNamed); ++i)
        text += (i == 0 ? "" : ", ") + classes[i];
    return classes.size() > kMostNamed ? text + " ..." : text;
}

} // namespace

Result<MatchedClasses> withClassesOf(
    const SnapshotPtr& pictures, const std::vector<std::string>& modelClasses)
{
    if (pictures->classes == modelClasses)
        return MatchedClasses { pictures, {} };
    std::map<std::string_view, ClassIndex> ofModel;
    for (std::size_t i = 0; i < modelClasses.size(); ++i)
        ofModel.emplace(modelClasses[i], static_cast<ClassIndex>(i));

    constexpr ClassIndex kUnknown = -1;
    std::vector<ClassIndex> labels;
    for (const auto& name : pictures->classes) {
        const auto found = ofModel.find(name);
        labels.push_back(found == ofModel.end() ? kUnknown : found->second);
    }
    if (std::ranges::all_of(labels, [](ClassIndex label) { return label == kUnknown; }))
        return fail(ErrorCode::Mismatch,
            "none of its classes (" + named(pictures->classes) + ") is one of the model's ("
                + named(modelClasses) + ")",
            pictures->root, "name the folders as the model's classes are called");

    auto matched = std::make_shared<DatasetSnapshot>(*pictures);
    matched->classes = modelClasses;
    matched->images.clear();
    std::vector<std::int64_t> leftAway(labels.size());
    for (auto image : pictures->images) {
        const auto label = static_cast<std::size_t>(image.label);
        if (labels[label] == kUnknown) {
            ++leftAway[label];
            continue;
        }
        image.label = labels[label];
        if (image.found) {
            const auto found = labels[static_cast<std::size_t>(*image.found)];
            image.found = found == kUnknown ? std::nullopt : std::optional(found);
        }
        matched->images.push_back(std::move(image));
    }
    std::ranges::stable_sort(matched->images, {}, &ImageEntry::label);
    MatchedClasses result { std::move(matched), {} };
    for (std::size_t i = 0; i < labels.size(); ++i) {
        if (labels[i] == kUnknown)
            result.unknown.push_back({ pictures->classes[i], leftAway[i] });
    }
    return result;
}

} // namespace vernier
