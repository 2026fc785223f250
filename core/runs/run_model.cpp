#include "core/runs/run_model.h"

#include "core/base/files.h"
#include "core/runs/run_store.h"
#include "core/weights/model_metadata.h"
#include "core/weights/safetensors.h"

namespace vernier {

Result<RunModel> modelOfRun(const std::filesystem::path& run)
{
    return readRun(run).map([&](RunInfo info) {
        return RunModel { std::move(info.recipe), run / run_files::kBest };
    });
}

Result<std::vector<std::string>> classesOfRun(const std::filesystem::path& run)
{
    const auto file = SafetensorsFile::open(run / run_files::kBest);
    if (!file)
        return tl::unexpected(file.error());
    return modelFromMetadata(file->metadata(), run / run_files::kBest).map([](ModelIdentity model) {
        return std::move(model.description.classes);
    });
}

bool asksForFp32(const std::filesystem::path& folder)
{
    const auto text = readTextFile(folder / run_files::kRecipe, kMaxRunTextBytes);
    const auto recipe
        = text ? recipeFromJson(*text, folder / run_files::kRecipe) : Result<Recipe>(Recipe {});
    return recipe && recipe->precision == Precision::Fp32;
}

} // namespace vernier
