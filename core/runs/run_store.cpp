#include "core/runs/run_store.h"

#include "core/base/files.h"
#include "core/base/json_reader.h"
#include "core/base/temporary_name.h"
#include "core/base/text.h"
#include "core/dataset/data_changes.h"
#include "core/dataset/edit.h"
#include "core/runs/run_files.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdint>
#include <ctime>
#include <limits>
#include <unordered_map>
#include <unordered_set>

namespace vernier {

namespace {

using nlohmann::json;
using nlohmann::ordered_json;

/// Of dataset.json. The first had rows without names, and no version.
constexpr int kDatasetVersion = 2;
const std::string kKeptSuffix = ".safetensors";
/// Pixels; no picture that is read has a longer one.
constexpr std::int64_t kLargestEdge = std::numeric_limits<std::int32_t>::max();

/// A file without which a folder is none of a run.
Result<std::string> readRunText(const std::filesystem::path& folder, const std::string& file)
{
    auto text = readTextFile(folder / file, kMaxRunTextBytes);
    if (!text && text.error().code == ErrorCode::NotFound)
        return fail(ErrorCode::NotFound, "is not the folder of a run (it has no " + file + ")",
            folder, "choose a folder that holds a run");
    return text;
}

Status readSize(const json& bytesOf, const json& widthOf, const json& heightOf,
    const std::filesystem::path& file, ImageEntry& image)
{
    const auto bytes = wholeNumber(bytesOf, 0, INT64_MAX);
    const auto width = wholeNumber(widthOf, 0, kLargestEdge);
    const auto height = wholeNumber(heightOf, 0, kLargestEdge);
    if (!bytes || !width || !height)
        return fail(ErrorCode::Corrupt, "has a picture of a size that none has", file);
    image.bytes = static_cast<std::uint64_t>(*bytes);
    image.width = static_cast<int>(*width);
    image.height = static_cast<int>(*height);
    return {};
}

tl::unexpected<Error> unknownClassOrSplit(const std::filesystem::path& file)
{
    return fail(ErrorCode::Corrupt, "has a picture with an unknown class or split", file);
}

/// Throws for what is missing or of a wrong type.
Result<ImageEntry> imageOf(const json& row, const std::filesystem::path& file,
    const std::unordered_map<std::string, ClassIndex>& labels)
{
    const auto labelAt = [&](const char* key) -> std::optional<ClassIndex> {
        const auto found = labels.find(row.at(key).get_ref<const std::string&>());
        return found == labels.end() ? std::nullopt : std::optional(found->second);
    };
    ImageEntry image;
    image.path = pathOfText(row.at("path").get_ref<const std::string&>());
    const auto label = labelAt("class");
    const auto split = splitOfPicture(row.at("split").get_ref<const std::string&>());
    if (!split || !label)
        return unknownClassOrSplit(file);
    image.label = *label;
    image.split = *split;
    // The folder's class may be gone by now.
    if (row.contains("found"))
        image.found = labelAt("found");
    image.splitByHand = row.value("by_hand", false);
    image.confirmed = row.value("right", false);
    return readSize(row.at("bytes"), row.at("width"), row.at("height"), file, image).map([&] {
        return std::move(image);
    });
}

/// As rows stood before they had names.
Result<ImageEntry> imageOfFirstVersion(
    const json& row, const std::filesystem::path& file, std::size_t classes)
{
    ImageEntry image;
    image.path = pathOfText(row.at(0).get<std::string>());
    const auto label = wholeNumber(row.at(1), 0, static_cast<std::int64_t>(classes) - 1);
    const auto split = splitOfPicture(row.at(2).get<std::string>());
    if (!split || !label)
        return unknownClassOrSplit(file);
    image.label = static_cast<ClassIndex>(*label);
    image.split = *split;
    // The oldest runs do not tell.
    image.splitByHand = row.size() > 6 && row[6].get<bool>();
    return readSize(row.at(3), row.at(4), row.at(5), file, image).map([&] {
        return std::move(image);
    });
}

/// dataset.json, wherever the pictures are by now.
Result<DatasetSnapshot> recordedDataset(const std::filesystem::path& folder)
{
    const auto file = folder / run_files::kDataset;
    const auto text = readRunText(folder, run_files::kDataset);
    if (!text)
        return tl::unexpected(text.error());
    const auto parsed = parseJson(*text, file);
    if (!parsed)
        return tl::unexpected(parsed.error());
    DatasetSnapshot dataset;
    try {
        const auto& j = *parsed;
        if (j.value("version", 1) > kDatasetVersion)
            return fail(ErrorCode::Unsupported, "was written by a later Vernier", file,
                "open the run with that one");
        dataset.root = pathOfText(j.at("root").get<std::string>());
        dataset.classes = j.at("classes").get<std::vector<std::string>>();
        dataset.validationDrawn = j.at("validation_drawn").get<bool>();
        std::unordered_map<std::string, ClassIndex> labels;
        for (const auto& name : dataset.classes) {
            if (!labels.emplace(name, static_cast<ClassIndex>(labels.size())).second)
                return fail(ErrorCode::Corrupt, "has two classes of one name", file);
        }
        for (const auto& row : j.at("images")) {
            auto image = row.is_array() ? imageOfFirstVersion(row, file, dataset.classes.size())
                                        : imageOf(row, file, labels);
            if (!image)
                return tl::unexpected(image.error());
            dataset.images.push_back(std::move(*image));
        }
        // Runs of before these were kept have neither.
        for (const auto& row : j.value("problems", json::array())) {
            const bool first = row.is_array();
            dataset.problems.push_back(
                { pathOfText((first ? row.at(0) : row.at("path")).get<std::string>()),
                    (first ? row.at(1) : row.at("reason")).get<std::string>() });
        }
        dataset.notes = j.value("notes", dataset.notes);
    } catch (const json::exception& e) {
        return fail(ErrorCode::Corrupt, "is no dataset of a run: " + excerpt(e.what()), file);
    }
    return dataset;
}

std::vector<ScanProblem> gonePictures(const DatasetSnapshot& dataset)
{
    std::vector<ScanProblem> gone;
    std::error_code error;
    for (const auto& image : dataset.images) {
        if (image.split != Split::LeftOut
            && !std::filesystem::exists(dataset.absolute(image), error))
            gone.push_back({ image.path, "the picture is gone" });
    }
    return gone;
}

/// As a scan names a root: absolute, without a slash at its end.
std::filesystem::path asRoot(const std::filesystem::path& folder)
{
    std::error_code error;
    const auto root = std::filesystem::absolute(folder, error).lexically_normal();
    return root.has_filename() ? root : root.parent_path();
}

/// A name alone tells nothing: a 1.jpg is in many folders.
bool holdsOneOf(const std::filesystem::path& folder, const DatasetSnapshot& dataset)
{
    return std::ranges::any_of(dataset.images, [&](const ImageEntry& image) {
        std::error_code error;
        const auto bytes = std::filesystem::file_size(folder / image.path, error);
        return !error && bytes == image.bytes;
    });
}

} // namespace

std::string datasetToJson(const DatasetSnapshot& dataset)
{
    ordered_json j;
    // First: a list of runs reads no further.
    j["root"] = textOf(dataset.root);
    j["version"] = kDatasetVersion;
    j["classes"] = dataset.classes;
    j["validation_drawn"] = dataset.validationDrawn;
    auto& images = j["images"] = ordered_json::array();
    for (const auto& image : dataset.images) {
        const auto className = [&](ClassIndex label) -> const std::string& {
            return dataset.classes[static_cast<std::size_t>(label)];
        };
        ordered_json row { { "path", textOf(image.path) }, { "class", className(image.label) } };
        if (image.found)
            row["found"] = className(*image.found);
        row["split"] = name(image.split);
        if (image.splitByHand)
            row["by_hand"] = true;
        if (image.confirmed)
            row["right"] = true;
        row["bytes"] = image.bytes;
        row["width"] = image.width;
        row["height"] = image.height;
        images.push_back(std::move(row));
    }
    std::unordered_set<std::string_view> ofTheRun;
    for (const auto& image : dataset.images)
        ofTheRun.insert(image.path.native());
    auto& problems = j["problems"] = ordered_json::array();
    for (const auto& problem : dataset.problems) {
        // A picture of the run that is missing now is found out anew by whoever reads it.
        if (!ofTheRun.contains(problem.path.native()))
            problems.push_back({ { "path", textOf(problem.path) }, { "reason", problem.reason } });
    }
    j["notes"] = dataset.notes;
    // Classes are UTF-8 already, see DatasetSnapshot.
    return j.dump() + "\n";
}

Result<SnapshotPtr> readRunDataset(const std::filesystem::path& folder, const MovedPictures& moved)
{
    auto recorded = recordedDataset(folder);
    if (!recorded) {
        if (recorded.error().code == ErrorCode::Corrupt)
            recorded.error().advice = "put a copy of the file in its place, or train a new run";
        return tl::unexpected(recorded.error());
    }
    auto dataset = std::make_shared<DatasetSnapshot>(std::move(*recorded));
    const auto elsewhere = moved.folder.empty() ? std::filesystem::path() : asRoot(moved.folder);
    const bool looksThereOnly = moved.only && elsewhere != dataset->root;
    auto gone = gonePictures(*dataset);
    const auto used
        = dataset->images.size() - static_cast<std::size_t>(dataset->count(Split::LeftOut));
    if (looksThereOnly || (used > 0 && gone.size() == used)) {
        if (elsewhere.empty() || !holdsOneOf(elsewhere, *dataset))
            return fail(ErrorCode::NotFound, "holds none of the pictures of this run",
                looksThereOnly ? elsewhere : dataset->root, moved.advice);
        dataset->root = elsewhere;
        gone = gonePictures(*dataset);
    }
    dataset->problems.insert(dataset->problems.begin(), gone.begin(), gone.end());
    return SnapshotPtr(std::move(dataset));
}

namespace {

/// What a person has said of a run's pictures: the journal of their folder. Runs had edits of their
/// own once, which count where the journal says nothing.
Result<Edits> editsFor(const std::filesystem::path& folder, const DatasetSnapshot& dataset,
    const std::filesystem::path& journals)
{
    auto journal = readJournal(journalFile(journals, dataset.root));
    if (!journal) {
        journal.error().advice = "open the folder of pictures in the window, which puts the file "
                                 "aside, or delete it";
        return journal;
    }
    auto own = readJournal(folder / run_files::kEdits);
    if (!own) {
        own.error().advice = "open the run in the window, which puts the file aside, or delete it";
        return own;
    }
    return withOlder(std::move(*journal), std::move(*own));
}

} // namespace

Result<SnapshotPtr> readMendedRunDataset(const std::filesystem::path& folder,
    const MovedPictures& moved, const std::filesystem::path& journals)
{
    return readRunDataset(folder, moved).and_then([&](const SnapshotPtr& dataset) {
        return editsFor(folder, *dataset, journals).map([&](const Edits& edits) {
            return withEdits(withoutEdits(dataset), edits);
        });
    });
}

Result<SnapshotPtr> readJudgedRunDataset(const std::filesystem::path& folder,
    const MovedPictures& moved, const std::filesystem::path& journals)
{
    return readRunDataset(folder, moved).and_then([&](const SnapshotPtr& dataset) {
        return editsFor(folder, *dataset, journals).map([&](const Edits& edits) {
            return judgedBy(dataset, *withEdits(withoutEdits(dataset), edits));
        });
    });
}

void removeTemporaryRunFiles(const std::filesystem::path& folder)
{
    // Whoever names it may do so by a link.
    std::error_code error;
    const auto own = std::filesystem::canonical(folder, error);
    if (!error)
        removeTemporaryFiles(own, run_files::kAll);
}

Result<DatasetSnapshot> readRecordedDataset(const std::filesystem::path& folder)
{
    return recordedDataset(folder);
}

bool holdsRunDataset(const std::filesystem::path& folder)
{
    return recordedDataset(folder).has_value();
}

bool isBegunOnly(const std::filesystem::path& folder)
{
    std::error_code error;
    bool hasRecipe = false;
    std::filesystem::directory_iterator it(folder, error);
    for (; !error && it != std::filesystem::directory_iterator(); it.increment(error)) {
        const auto name = it->path().filename().native();
        const bool isRecipe = name == run_files::kRecipe;
        if (!isRecipe && !isTemporaryName(name, run_files::kDataset))
            return false;
        hasRecipe = hasRecipe || isRecipe;
    }
    return !error && hasRecipe;
}

Result<RunInfo> readRun(const std::filesystem::path& folder)
{
    RunInfo run;
    run.folder = folder;
    const auto recipeFile = folder / run_files::kRecipe;
    const auto recipeText = readRunText(folder, run_files::kRecipe);
    if (!recipeText)
        return tl::unexpected(recipeText.error());
    auto recipe = recipeFromJson(*recipeText, recipeFile);
    if (!recipe)
        return tl::unexpected(recipe.error());
    run.recipe = std::move(*recipe);

    const auto eventsFile = folder / run_files::kEvents;
    const auto text = readTextFile(eventsFile, kMaxRunTextBytes);
    if (!text) {
        if (text.error().code == ErrorCode::NotFound)
            return run;
        return tl::unexpected(text.error());
    }
    std::string_view rest = *text;
    while (!rest.empty()) {
        const auto end = rest.find('\n');
        // A killed process may have left the last line without its end, and a machine that lost its
        // power zeros where the last lines were to be; what they told happens again.
        if (end == std::string_view::npos
            || rest.substr(0, end).find('\0') != std::string_view::npos)
            break;
        auto event = eventFromJson(rest.substr(0, end));
        rest.remove_prefix(end + 1);
        if (!event) {
            auto error = event.error();
            error.path = eventsFile;
            return tl::unexpected(error);
        }
        append(run, *event);
        run.finished = false;
        if (const auto* finished = std::get_if<Finished>(&*event))
            run.finished = !finished->stopped;
        run.events.push_back(std::move(*event));
    }
    return run;
}

std::filesystem::path keptEpochFile(const std::filesystem::path& run, int epoch)
{
    return run / run_files::kKept / (std::to_string(epoch) + kKeptSuffix);
}

std::vector<int> keptEpochs(const std::filesystem::path& run)
{
    std::vector<int> epochs;
    std::error_code error;
    std::filesystem::directory_iterator it(run / run_files::kKept, error);
    for (; !error && it != std::filesystem::directory_iterator(); it.increment(error)) {
        const auto name = it->path().stem().native();
        int epoch = 0;
        const auto* end = name.data() + name.size();
        const auto [rest, wrong] = std::from_chars(name.data(), end, epoch);
        if (wrong == std::errc() && rest == end && epoch > 0
            && it->path() == keptEpochFile(run, epoch))
            epochs.push_back(epoch);
    }
    std::sort(epochs.begin(), epochs.end());
    return epochs;
}

std::filesystem::path freshRunFolder(
    const std::filesystem::path& parent, const DatasetSnapshot& dataset)
{
    const std::time_t now = std::time(nullptr);
    std::tm local {};
    localtime_r(&now, &local);
    std::array<char, 64> stamp {};
    std::strftime(stamp.data(), stamp.size(), "%Y-%m-%d %H.%M.%S", &local);
    return freshFolder(parent, std::string(stamp.data()) + " " + utf8(dataset.root.filename()));
}

std::filesystem::path freshFolder(const std::filesystem::path& parent, const std::string& name)
{
    auto folder = parent / name;
    std::error_code error;
    for (int i = 2; std::filesystem::exists(folder, error); ++i)
        folder = parent / (name + " " + std::to_string(i));
    return folder;
}

} // namespace vernier
