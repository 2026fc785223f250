#include "core/dataset/edit.h"

#include "core/base/text.h"

#include <algorithm>
#include <map>
#include <set>

#include <nlohmann/json.hpp>

namespace vernier {

namespace {

using Json = nlohmann::ordered_json;

constexpr int kVersion = 1;

template <class Change>
SnapshotPtr changed(
    const SnapshotPtr& snapshot, const std::vector<std::size_t>& images, const Change& change)
{
    auto result = std::make_shared<DatasetSnapshot>(*snapshot);
    for (const auto index : images)
        change(result->images.at(index));
    return result;
}

std::string countOf(std::size_t count, const char* what)
{
    return std::to_string(count) + " " + what + (count == 1 ? "" : "s");
}

tl::unexpected<Error> noEdits(std::string detail)
{
    return fail(ErrorCode::Corrupt, "the list of edits cannot be read: " + std::move(detail));
}

} // namespace

SnapshotPtr relabelled(
    const SnapshotPtr& snapshot, const std::vector<std::size_t>& images, ClassIndex label)
{
    return changed(snapshot, images, [label](ImageEntry& image) { image.label = label; });
}

SnapshotPtr moved(
    const SnapshotPtr& snapshot, const std::vector<std::size_t>& images, Split split, bool byHand)
{
    return changed(snapshot, images, [split, byHand](ImageEntry& image) {
        image.split = split;
        image.splitByHand = byHand;
    });
}

std::string editsToJson(
    const DatasetSnapshot& original, const DatasetSnapshot& edited, std::string_view known)
{
    auto edits = Json::array();
    std::set<std::string> present;
    for (const auto& image : original.images)
        present.insert(textOf(image.path));
    const auto document = Json::parse(known, nullptr, false);
    const auto earlier = document.is_object() ? document.value("edits", Json()) : Json();
    for (const auto& edit : earlier.is_array() ? earlier : Json::array()) {
        const auto path = edit.is_object() ? edit.value("path", Json()) : Json();
        if (path.is_string() && !present.contains(path.get<std::string>()))
            edits.push_back(edit);
    }
    const auto count = std::min(original.images.size(), edited.images.size());
    for (std::size_t i = 0; i < count; ++i) {
        const auto& before = original.images[i];
        const auto& after = edited.images[i];
        Json edit { { "path", textOf(after.path) } };
        if (after.label != before.label)
            edit["class"] = edited.classes[static_cast<std::size_t>(after.label)];
        const bool chosen = after.splitByHand && !before.splitByHand;
        // By hand too, where it takes back what was chosen before.
        const bool changed
            = after.split != before.split && (after.splitByHand || before.splitByHand);
        if (chosen || changed)
            edit["split"] = name(after.split);
        if (edit.size() > 1)
            edits.push_back(std::move(edit));
    }
    return Json { { "version", kVersion }, { "edits", std::move(edits) } }.dump(2) + "\n";
}

Result<SnapshotPtr> withEdits(const SnapshotPtr& original, std::string_view json)
{
    const auto document = Json::parse(json, nullptr, false);
    if (!document.is_object())
        return noEdits("it is no JSON object");
    if (document.value("version", Json()) != kVersion)
        return noEdits("it was written by another version of Vernier");
    const auto edits = document.value("edits", Json());
    if (!edits.is_array())
        return noEdits("\"edits\" is missing");

    std::map<std::string, std::size_t> byPath;
    for (std::size_t i = 0; i < original->images.size(); ++i)
        byPath.emplace(textOf(original->images[i].path), i);

    auto result = std::make_shared<DatasetSnapshot>(*original);
    std::size_t lost = 0;
    for (const auto& edit : edits) {
        const auto path = edit.is_object() ? edit.value("path", Json()) : Json();
        if (!path.is_string())
            return noEdits("an edit names no picture");
        const auto found = byPath.find(path.get<std::string>());
        if (found == byPath.end()) {
            ++lost;
            continue;
        }
        auto& image = result->images[found->second];
        if (edit.contains("class")) {
            if (!edit["class"].is_string())
                return noEdits("the class of " + found->first + " is no text");
            const auto label = std::find(
                result->classes.begin(), result->classes.end(), edit["class"].get<std::string>());
            if (label == result->classes.end())
                ++lost;
            else
                image.label = static_cast<ClassIndex>(label - result->classes.begin());
        }
        if (edit.contains("split")) {
            if (!edit["split"].is_string())
                return noEdits("the split of " + found->first + " is no text");
            const auto split = splitOfPicture(edit["split"].get<std::string>());
            if (!split)
                return noEdits(split.error().detail);
            image.split = *split;
            image.splitByHand = true;
        }
    }
    if (lost > 0)
        result->notes.push_back(countOf(lost, "edit")
            + " could not be applied: the picture or the class is no longer there.");
    return SnapshotPtr(std::move(result));
}

} // namespace vernier
