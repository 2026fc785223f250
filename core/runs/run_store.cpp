#include "core/runs/run_store.h"

#include "core/base/files.h"
#include "core/base/json_reader.h"
#include "core/base/temporary_name.h"
#include "core/base/text.h"
#include "core/dataset/edit.h"
#include "core/runs/run_files.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdint>
#include <ctime>
#include <limits>
#include <unordered_set>

namespace vernier {

namespace {

using nlohmann::json;
using nlohmann::ordered_json;

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
        dataset.root = pathOfText(j.at("root").get<std::string>());
        dataset.classes = j.at("classes").get<std::vector<std::string>>();
        dataset.validationDrawn = j.at("validation_drawn").get<bool>();
        for (const auto& row : j.at("images")) {
            ImageEntry image;
            image.path = pathOfText(row.at(0).get<std::string>());
            const auto label
                = wholeNumber(row.at(1), 0, static_cast<std::int64_t>(dataset.classes.size()) - 1);
            const auto split = splitOfPicture(row.at(2).get<std::string>());
            if (!split || !label)
                return fail(
                    ErrorCode::Corrupt, "has a picture with an unknown class or split", file);
            image.label = static_cast<ClassIndex>(*label);
            image.split = *split;
            const auto bytes = wholeNumber(row.at(3), 0, INT64_MAX);
            const auto width = wholeNumber(row.at(4), 0, kLargestEdge);
            const auto height = wholeNumber(row.at(5), 0, kLargestEdge);
            if (!bytes || !width || !height)
                return fail(ErrorCode::Corrupt, "has a picture of a size that none has", file);
            image.bytes = static_cast<std::uint64_t>(*bytes);
            image.width = static_cast<int>(*width);
            image.height = static_cast<int>(*height);
            // Older runs do not tell.
            image.splitByHand = row.size() > 6 && row[6].get<bool>();
            dataset.images.push_back(std::move(image));
        }
        // Runs of before these were kept have neither.
        for (const auto& row : j.value("problems", json::array()))
            dataset.problems.push_back(
                { pathOfText(row.at(0).get<std::string>()), row.at(1).get<std::string>() });
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
    j["root"] = textOf(dataset.root);
    j["classes"] = dataset.classes;
    j["validation_drawn"] = dataset.validationDrawn;
    auto& images = j["images"] = ordered_json::array();
    for (const auto& image : dataset.images)
        images.push_back({ textOf(image.path), image.label, name(image.split), image.bytes,
            image.width, image.height, image.splitByHand });
    std::unordered_set<std::string_view> ofTheRun;
    for (const auto& image : dataset.images)
        ofTheRun.insert(image.path.native());
    auto& problems = j["problems"] = ordered_json::array();
    for (const auto& problem : dataset.problems) {
        // A picture of the run that is missing now is found out anew by whoever reads it.
        if (!ofTheRun.contains(problem.path.native()))
            problems.push_back({ textOf(problem.path), problem.reason });
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

/// A person's edits of a run's pictures.
Result<SnapshotPtr> mended(const std::filesystem::path& folder, const SnapshotPtr& dataset)
{
    const auto file = folder / run_files::kEdits;
    const auto edits = readTextFile(file, kMaxRunTextBytes);
    if (!edits && edits.error().code == ErrorCode::NotFound)
        return dataset;
    auto edited = edits.and_then([&](const std::string& text) { return withEdits(dataset, text); });
    if (!edited) {
        edited.error().path = file;
        edited.error().advice
            = "open the run in the window, which puts the file aside, or delete it";
    }
    return edited;
}

} // namespace

Result<SnapshotPtr> readMendedRunDataset(
    const std::filesystem::path& folder, const MovedPictures& moved)
{
    return readRunDataset(folder, moved).and_then([&](const SnapshotPtr& dataset) {
        return mended(folder, dataset);
    });
}

Result<SnapshotPtr> readJudgedRunDataset(
    const std::filesystem::path& folder, const MovedPictures& moved)
{
    const auto dataset = readRunDataset(folder, moved);
    if (!dataset)
        return dataset;
    const auto edited = mended(folder, *dataset);
    if (!edited || *edited == *dataset)
        return edited;
    auto judged = std::make_shared<DatasetSnapshot>(**edited);
    for (std::size_t i = 0; i < judged->images.size(); ++i) {
        if (judged->images[i].split != (*dataset)->images[i].split)
            judged->images[i].split = Split::LeftOut;
    }
    return SnapshotPtr(std::move(judged));
}

void removeTemporaryRunFiles(const std::filesystem::path& folder)
{
    // Whoever names it may do so by a link.
    std::error_code error;
    const auto own = std::filesystem::canonical(folder, error);
    if (!error)
        removeTemporaryFiles(own, run_files::kAll);
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
