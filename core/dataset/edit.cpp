#include "core/dataset/edit.h"

#include "core/base/json_reader.h"
#include "core/base/text.h"

#include <algorithm>
#include <map>
#include <set>

namespace vernier {

namespace {

using Json = nlohmann::ordered_json;
using Read = nlohmann::json;

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

/// The list of them, each as it is written.
Result<Read> editsIn(std::string_view text)
{
    const auto document = parseJson(text, {});
    if (!document)
        return noEdits("it " + document.error().detail);
    if (!document->is_object())
        return noEdits("it is no JSON object");
    if (document->value("version", Read()) != kVersion)
        return noEdits("it was written by another version of Vernier");
    auto edits = document->value("edits", Read());
    if (!edits.is_array())
        return noEdits("\"edits\" is missing");
    return edits;
}

/// The keys in the order in which they are always written.
Json inOrder(const Read& edit)
{
    Json ordered;
    for (const auto* key : { "path", "class", "split" }) {
        if (edit.contains(key))
            ordered[key] = edit[key];
    }
    return ordered;
}

/// Edits that have no place in the dataset: of pictures that are not in it, and with classes that
/// it has not, as another reading of its folders may have.
Json carriedAlong(const DatasetSnapshot& dataset, std::string_view known)
{
    std::set<std::string> present;
    for (const auto& image : dataset.images)
        present.insert(textOf(image.path));
    auto carried = Json::array();
    for (const auto& edit : editsIn(known).value_or(Read::array())) {
        const auto path = edit.is_object() ? edit.value("path", Read()) : Read();
        if (!path.is_string())
            continue;
        if (!present.contains(path.get<std::string>())) {
            carried.push_back(inOrder(edit));
            continue;
        }
        const auto label = edit.value("class", Read());
        if (label.is_string()
            && std::ranges::find(dataset.classes, label.get<std::string>())
                == dataset.classes.end())
            carried.push_back(Json { { "path", path }, { "class", label } });
    }
    return carried;
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
    auto edits = carriedAlong(original, known);
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
    const auto edits = editsIn(json);
    if (!edits)
        return tl::unexpected(edits.error());

    std::map<std::string, std::size_t> byPath;
    for (std::size_t i = 0; i < original->images.size(); ++i)
        byPath.emplace(textOf(original->images[i].path), i);

    auto result = std::make_shared<DatasetSnapshot>(*original);
    std::size_t lost = 0;
    for (const auto& edit : *edits) {
        const auto path = edit.is_object() ? edit.value("path", Read()) : Read();
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
        result->notes.push_back(countOf(lost, "edit") + " could not be applied, and "
            + (lost == 1 ? "is" : "are") + " kept: the picture or the class is not there.");
    return SnapshotPtr(std::move(result));
}

} // namespace vernier
