#include "core/dataset/journal.h"

#include "core/base/files.h"
#include "core/base/folder_lock.h"
#include "core/base/hash.h"
#include "core/base/json_reader.h"
#include "core/base/text.h"
#include "core/base/user_dirs.h"
#include "core/dataset/edit.h"

#include <algorithm>
#include <map>
#include <set>
#include <thread>

namespace vernier {

namespace {

using Json = nlohmann::ordered_json;

constexpr int kVersion = 1;
constexpr std::uint64_t kMostBytes = 64 << 20;

std::string countOf(std::size_t count, const char* what)
{
    return std::to_string(count) + " " + what + (count == 1 ? "" : "s");
}

tl::unexpected<Error> noEdits(std::string detail)
{
    return fail(ErrorCode::Corrupt, "the list of edits cannot be read: " + std::move(detail));
}

std::map<std::string, std::size_t> placesOf(const DatasetSnapshot& dataset)
{
    std::map<std::string, std::size_t> places;
    for (std::size_t i = 0; i < dataset.images.size(); ++i)
        places.emplace(textOf(dataset.images[i].path), i);
    return places;
}

std::optional<ClassIndex> classOf(const DatasetSnapshot& dataset, const std::string& name)
{
    const auto found = std::ranges::find(dataset.classes, name);
    if (found == dataset.classes.end())
        return std::nullopt;
    return static_cast<ClassIndex>(found - dataset.classes.begin());
}

bool saysNothing(const Edit& edit) { return !edit.label && !edit.split && !edit.right; }

Edit editOf(const DatasetSnapshot& dataset, const ImageEntry& image)
{
    Edit edit { textOf(image.path) };
    const auto& label = dataset.classes[static_cast<std::size_t>(image.label)];
    if (image.found)
        edit.label = label;
    if (image.splitByHand)
        edit.split = image.split;
    if (image.confirmed)
        edit.right = label;
    return edit;
}

/// Takes out of an edit what is about classes that the dataset has not.
Edit takeForeign(Edit& edit, const DatasetSnapshot& dataset)
{
    Edit foreign { edit.path };
    for (const auto part : { &Edit::label, &Edit::right }) {
        if (edit.*part && !classOf(dataset, *(edit.*part)))
            (foreign.*part).swap(edit.*part);
    }
    return foreign;
}

/// False where a class of it is not there.
bool apply(const Edit& edit, const DatasetSnapshot& dataset, ImageEntry& image)
{
    bool placed = true;
    if (edit.label) {
        if (const auto label = classOf(dataset, *edit.label); !label) {
            placed = false;
        } else if (*label != image.label) {
            image.found = image.label;
            image.label = *label;
        }
    }
    if (edit.split) {
        image.split = *edit.split;
        image.splitByHand = true;
    }
    if (edit.right && classOf(dataset, *edit.right) == image.label)
        image.confirmed = true;
    return placed;
}

/// Others hold it for as long as it takes to write a small file.
Result<FolderLock> heldLock(const std::filesystem::path& folder)
{
    constexpr int kTries = 40;
    constexpr std::chrono::milliseconds kPause { 50 };
    for (int tried = 1;; ++tried) {
        auto lock = FolderLock::take(folder);
        if (lock || lock.error().code != ErrorCode::Exists || tried == kTries)
            return lock;
        std::this_thread::sleep_for(kPause);
    }
}

std::map<std::string, Edits> byPicture(const Edits& edits)
{
    std::map<std::string, Edits> pictures;
    for (const auto& edit : edits)
        pictures[edit.path].push_back(edit);
    return pictures;
}

} // namespace

Edits editsOf(const DatasetSnapshot& edited, const Edits& known)
{
    const auto places = placesOf(edited);
    std::set<std::string> placed;
    Edits edits;
    for (auto edit : known) {
        const auto place = places.find(edit.path);
        if (place == places.end()) {
            edits.push_back(std::move(edit));
            continue;
        }
        if (auto foreign = takeForeign(edit, edited); !saysNothing(foreign))
            edits.push_back(std::move(foreign));
        if (!saysNothing(edit) && edit == editOf(edited, edited.images[place->second])
            && placed.insert(edit.path).second)
            edits.push_back(std::move(edit));
    }
    for (const auto& image : edited.images) {
        if (!isEdited(image))
            continue;
        if (auto edit = editOf(edited, image); !placed.contains(edit.path))
            edits.push_back(std::move(edit));
    }
    return edits;
}

Edits editsWithoutPlace(const DatasetSnapshot& dataset, const Edits& edits)
{
    const auto places = placesOf(dataset);
    Edits homeless;
    for (auto edit : edits) {
        if (!places.contains(edit.path))
            homeless.push_back(std::move(edit));
        else if (auto foreign = takeForeign(edit, dataset); !saysNothing(foreign))
            homeless.push_back(std::move(foreign));
    }
    return homeless;
}

SnapshotPtr withEdits(const SnapshotPtr& asFound, const Edits& edits)
{
    const auto places = placesOf(*asFound);
    auto result = std::make_shared<DatasetSnapshot>(*asFound);
    std::size_t lost = 0;
    for (const auto& edit : edits) {
        const auto place = places.find(edit.path);
        if (place == places.end() || !apply(edit, *result, result->images[place->second]))
            ++lost;
    }
    if (lost > 0)
        result->notes.push_back(countOf(lost, "edit") + " could not be applied, and "
            + (lost == 1 ? "is" : "are") + " kept: the picture or the class is not there.");
    return result;
}

Edits merged(const Edits& base, const Edits& ours, const Edits& theirs)
{
    if (theirs == base)
        return ours;
    const auto before = byPicture(base);
    const auto own = byPicture(ours);
    const auto other = byPicture(theirs);
    const auto of = [](const auto& pictures, const std::string& path) {
        const auto found = pictures.find(path);
        return found == pictures.end() ? Edits() : found->second;
    };
    const auto isOurs = [&](const std::string& path) { return of(own, path) != of(before, path); };
    Edits result;
    std::ranges::copy_if(
        theirs, std::back_inserter(result), [&](const Edit& edit) { return !isOurs(edit.path); });
    std::ranges::copy_if(
        ours, std::back_inserter(result), [&](const Edit& edit) { return isOurs(edit.path); });
    return result;
}

Edits withOlder(Edits edits, Edits older)
{
    const auto said = byPicture(edits);
    std::erase_if(older, [&](const Edit& edit) { return said.contains(edit.path); });
    older.insert(older.end(), std::move_iterator(edits.begin()), std::move_iterator(edits.end()));
    return older;
}

std::string toJson(const Edits& edits)
{
    auto list = Json::array();
    for (const auto& edit : edits) {
        Json one { { "path", edit.path } };
        if (edit.label)
            one["class"] = *edit.label;
        if (edit.split)
            one["split"] = name(*edit.split);
        if (edit.right)
            one["right"] = *edit.right;
        list.push_back(std::move(one));
    }
    const Json document { { "version", kVersion }, { "edits", std::move(list) } };
    return document.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

Result<Edits> editsFromJson(std::string_view json)
{
    const auto document = parseJson(json, {});
    if (!document)
        return noEdits("it " + document.error().detail);
    if (!document->is_object())
        return noEdits("it is no JSON object");
    if (document->value("version", nlohmann::json()) != kVersion)
        return noEdits("it was written by another version of Vernier");
    const auto list = document->find("edits");
    if (list == document->end() || !list->is_array())
        return noEdits("\"edits\" is missing");

    Edits edits;
    for (const auto& one : *list) {
        const auto textAt = [&](const char* key) -> const std::string* {
            const auto found = one.find(key);
            return found == one.end() ? nullptr : found->get_ptr<const std::string*>();
        };
        const auto* path = one.is_object() ? textAt("path") : nullptr;
        if (!path)
            return noEdits("an edit names no picture");
        Edit edit { *path };
        for (const auto& [key, part] :
            { std::pair { "class", &Edit::label }, std::pair { "right", &Edit::right } }) {
            if (!one.contains(key))
                continue;
            const auto* label = textAt(key);
            if (!label)
                return noEdits("the class of " + edit.path + " is no text");
            edit.*part = *label;
        }
        if (one.contains("split")) {
            const auto* text = textAt("split");
            if (!text)
                return noEdits("the split of " + edit.path + " is no text");
            const auto split = splitOfPicture(*text);
            if (!split)
                return noEdits(split.error().detail);
            edit.split = *split;
        }
        edits.push_back(std::move(edit));
    }
    return edits;
}

std::filesystem::path defaultJournals()
{
    const auto data = userDataDir();
    // Where the window keeps what it has written, see QStandardPaths::AppDataLocation.
    return data.empty() ? data : data / "vernier" / "edits";
}

std::filesystem::path journalFile(
    const std::filesystem::path& journals, const std::filesystem::path& root)
{
    if (journals.empty())
        return {};
    std::error_code error;
    auto folder = std::filesystem::absolute(root, error).lexically_normal();
    if (!folder.has_filename())
        folder = folder.parent_path();
    const auto name = textOf(folder);
    return journals / (contentHash(std::as_bytes(std::span(name))).hex() + ".json");
}

Result<Edits> readJournal(const std::filesystem::path& file)
{
    const auto json = file.empty() ? Result<std::string>(fail(ErrorCode::NotFound, "", file))
                                   : readTextFile(file, kMostBytes);
    if (!json && json.error().code == ErrorCode::NotFound)
        return Edits {};
    auto edits = json.and_then([](const std::string& text) { return editsFromJson(text); });
    if (!edits)
        edits.error().path = file;
    return edits;
}

Result<Edits> writeJournal(const std::filesystem::path& file, const Edits& base, const Edits& ours)
{
    if (file.empty())
        return fail(ErrorCode::NotFound, "there is no home folder to keep edits in", {},
            "set HOME or XDG_DATA_HOME");
    std::error_code ignored;
    std::filesystem::create_directories(file.parent_path(), ignored);
    const auto lock = heldLock(file.parent_path());
    if (!lock)
        return tl::unexpected(lock.error());
    const auto theirs = readJournal(file);
    if (!theirs)
        return theirs;
    auto edits = merged(base, ours, *theirs);
    return writeFileAtomically(file, toJson(edits)).map([&] { return std::move(edits); });
}

} // namespace vernier
