#include "core/runs/project.h"

#include "core/base/files.h"
#include "core/base/json_reader.h"
#include "core/recipe/recipe_json.h"

namespace vernier {

namespace {

using nlohmann::json;
using nlohmann::ordered_json;

constexpr std::uint64_t kMaxProjectBytes = 64 << 20; // edits of a million pictures
constexpr int kVersion = 1;
constexpr int kNoVersion = 0;
const std::string kAdvice = "choose a file that Vernier saved as a project";

ordered_json folderToJson(const std::filesystem::path& folder, const std::filesystem::path& base)
{
    const auto absolute = std::filesystem::absolute(folder).lexically_normal();
    ordered_json j;
    // Another drive has no relative path; then only the full one is there.
    if (const auto relative = absolute.lexically_relative(base); !relative.empty())
        j["relative"] = textOf(relative);
    j["absolute"] = textOf(absolute);
    return j;
}

void readFolder(JsonReader& parent, const char* key, const std::filesystem::path& base,
    std::filesystem::path& folder)
{
    const auto* object = parent.object(key);
    if (!object)
        return;
    JsonReader reader(*object, parent.pathOf(key), parent.file());
    reader.require({ "absolute" });
    std::string relative;
    std::string absolute;
    reader.read("relative", relative);
    reader.read("absolute", absolute);
    parent.adopt(reader.finish());
    folder = pathOfText(absolute);
    const auto beside = (base / pathOfText(relative)).lexically_normal();
    std::error_code error;
    if (!relative.empty() && std::filesystem::is_directory(beside, error))
        folder = beside;
}

} // namespace

bool Project::picturesAreThere() const
{
    std::error_code error;
    return std::filesystem::is_directory(pictures, error);
}

Result<Project> readProject(const std::filesystem::path& file)
{
    const auto text = readTextFile(file, kMaxProjectBytes);
    if (!text)
        return tl::unexpected(text.error());
    const auto parsed = parseJson(*text, file);
    if (!parsed)
        return tl::unexpected(parsed.error());
    const auto base = std::filesystem::absolute(file).parent_path();
    Project project;
    JsonReader reader(*parsed, {}, file);
    int version = kNoVersion;
    reader.read("vernier_project", version, 1, 1'000'000);
    if (version > kVersion)
        return fail(ErrorCode::Unsupported, "is a project of a later Vernier", file,
            "open it with that one");
    reader.require({ "vernier_project", "pictures", "runs", "recipe" });
    readFolder(reader, "pictures", base, project.pictures);
    readFolder(reader, "runs", base, project.runs);
    constexpr const char* kFoldersAreClasses = "folders_are_classes";
    if (parsed->is_object() && parsed->contains(kFoldersAreClasses))
        reader.read(kFoldersAreClasses, project.foldersAreClasses.emplace());
    if (const auto* recipe = reader.object("recipe")) {
        if (auto read = recipeFromJson(recipe->dump(), file))
            project.recipe = std::move(*read);
        else
            reader.adopt(tl::unexpected(read.error()));
    }
    if (const auto* edits = reader.object("edits")) {
        if (auto read = editsFromJson(edits->dump()))
            project.edits = std::move(*read);
        else
            reader.adopt(tl::unexpected(read.error()));
    }
    if (auto ok = reader.finish(); !ok) {
        auto error = ok.error();
        error.code = ErrorCode::Corrupt;
        if (error.advice.empty())
            error.advice = kAdvice;
        return tl::unexpected(error);
    }
    return project;
}

Status writeProject(const std::filesystem::path& file, const Project& project)
{
    const auto base = std::filesystem::absolute(file).parent_path().lexically_normal();
    ordered_json j;
    j["vernier_project"] = kVersion;
    j["pictures"] = folderToJson(project.pictures, base);
    j["runs"] = folderToJson(project.runs, base);
    if (project.foldersAreClasses)
        j["folders_are_classes"] = *project.foldersAreClasses;
    j["recipe"] = recipeToJson(project.recipe);
    if (const auto edits = parseJson(toJson(project.edits), {}); edits && !project.edits.empty())
        j["edits"] = *edits;
    return writeFileAtomically(
        file, j.dump(2, ' ', false, ordered_json::error_handler_t::replace) + "\n");
}

} // namespace vernier
