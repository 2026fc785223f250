#include "core/dataset/passed_over.h"

#include "core/base/text.h"
#include "core/image/decode.h"

#include <algorithm>
#include <array>
#include <string_view>

namespace vernier {

namespace fs = std::filesystem;

namespace {

/// In lower case; what begins with a point needs no place here.
constexpr std::array<std::string_view, 19> kNames {
    "$recycle.bin", // Windows
    "system volume information", "thumbs.db", "ehthumbs.db", "desktop.ini",
    "lost+found", // Linux
    "__macosx", // the Mac: its archiver leaves a folder of shadows beside the real one
    "network trash folder", "icon\r",
    "@eadir", // Synology
    "@tmp", "@sharesnap", "#recycle", "#snapshot",
    "@recycle", // QNAP
    "@recently-snapshot", "@snapshot", "@transcode",
    "~snapshot", // NetApp
};
/// The bin of older Windows; in small letters it may be a class of somebody who sorts waste.
constexpr std::string_view kOldBin = "RECYCLER";

/// FOUND.000: what Windows makes of a damaged disk.
bool isFoundByCheckDisk(std::string_view name)
{
    constexpr std::string_view kFound = "FOUND.";
    return name.size() == kFound.size() + 3 && name.starts_with(kFound)
        && name.find_first_not_of("0123456789", kFound.size()) == std::string_view::npos;
}

constexpr const char* kBin = ".bin";
constexpr const char* kRecipe = "recipe.json";
constexpr std::array kBesideTheRecipe { "dataset.json", "events.jsonl", "run.json",
    "best.safetensors", "last.safetensors", "resume.safetensors" };

bool hasFile(const fs::path& folder, const char* name)
{
    std::error_code error;
    return fs::is_regular_file(folder / name, error);
}

/// A training that was ended within its first moments leaves no more.
bool hasNothingButRecipe(const fs::path& folder)
{
    std::error_code error;
    for (fs::directory_iterator it(folder, error), end; !error && it != end; it.increment(error)) {
        if (!it->path().filename().native().starts_with(kRecipe))
            return false;
    }
    return !error;
}

/// A class folder that a run was written into stays one.
bool holdsPictures(const fs::path& folder)
{
    std::error_code error;
    for (fs::directory_iterator it(folder, error), end; !error && it != end; it.increment(error)) {
        if (looksLikePicture(it->path()))
            return true;
    }
    return false;
}

} // namespace

bool isPassedOver(const fs::path& name)
{
    const auto& text = name.native();
    return text.starts_with('.') || text == kOldBin || isFoundByCheckDisk(text)
        || std::ranges::find(kNames, lowered(text)) != kNames.end();
}

bool isRunFolder(const fs::path& folder)
{
    return hasFile(folder, kRecipe)
        && (std::ranges::any_of(
                kBesideTheRecipe, [&](const char* name) { return hasFile(folder, name); })
            || hasNothingButRecipe(folder))
        && !holdsPictures(folder);
}

bool holdsBinOfRuns(const fs::path& folder)
{
    std::error_code error;
    for (fs::directory_iterator it(folder / kBin, error), end; !error && it != end;
         it.increment(error)) {
        if (isRunFolder(it->path()))
            return true;
    }
    return false;
}

} // namespace vernier
