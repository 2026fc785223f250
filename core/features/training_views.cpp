#include "core/features/training_views.h"

#include "core/base/files.h"
#include "core/base/text.h"
#include "core/features/views.h"
#include "core/image/decode.h"
#include "core/image/geometry.h"

#include <set>
#include <system_error>

namespace vernier {

namespace {

Status makeEmptyFolder(const std::filesystem::path& folder)
{
    std::error_code error;
    std::filesystem::create_directories(folder, error);
    const bool empty = !error && std::filesystem::is_empty(folder, error);
    if (error)
        return fail(ErrorCode::Unreadable, "the folder cannot be made: " + error.message(), folder,
            "choose another folder");
    if (!empty)
        return fail(ErrorCode::Exists, "there is something in the folder already", folder,
            "choose an empty or a new folder");
    return {};
}

/// NAME, or NAME with a number where another picture of the class has that name.
std::string uniqueName(const std::filesystem::path& picture, std::set<std::string>& taken)
{
    const auto name = picture.filename().native();
    auto unique = name;
    for (int n = 2; !taken.insert(unique).second; ++n)
        unique = name + " (" + std::to_string(n) + ")";
    return unique;
}

} // namespace

Result<std::vector<Picture>> TrainingViews::of(
    std::size_t image, int first, int count, std::stop_token stop) const
{
    const auto path = dataset.absolute(dataset.images[image]);
    const auto picture = decodeFitted(path, rules.size, rules.geometry);
    if (!picture)
        return tl::unexpected(picture.error());
    std::vector<Picture> views;
    for (int epoch = first; epoch < first + count; ++epoch) {
        if (stop.stop_requested())
            return cancelled();
        const auto draw = viewInEpoch(
            rules, image, [&] { return known.contentOf(path); }, epoch);
        views.push_back(draw ? augmented(*picture, *draw, rules.augmentation.fill) : *picture);
    }
    return views;
}

Result<SavedViews> saveTrainingViews(const TrainingViews& views,
    const std::vector<std::size_t>& images, int count, const std::filesystem::path& folder,
    std::stop_token stop, const ProgressSink& progress)
{
    if (auto ok = makeEmptyFolder(folder); !ok)
        return tl::unexpected(ok.error());
    const auto& dataset = views.dataset;
    SavedViews saved;
    std::vector<std::set<std::string>> taken(dataset.classes.size());
    std::int64_t done = 0;
    for (const auto i : images) {
        const auto& image = dataset.images[i];
        if (progress)
            progress({ "writing pictures", done++, static_cast<std::int64_t>(images.size()) });
        const auto drawn = views.of(i, 0, count, stop);
        if (!drawn) {
            if (drawn.error().code == ErrorCode::Cancelled)
                return tl::unexpected(drawn.error());
            saved.problems.push_back({ image.path, drawn.error().detail });
            continue;
        }
        const auto label = static_cast<std::size_t>(image.label);
        const auto place = folder / dataset.classes[label];
        std::error_code error;
        std::filesystem::create_directory(place, error);
        const auto name = uniqueName(image.path, taken[label]);
        for (std::size_t n = 0; n < drawn->size(); ++n) {
            const auto png = encodePng((*drawn)[n]);
            if (!png)
                return tl::unexpected(png.error());
            const auto file = place / (name + " " + std::to_string(n + 1) + ".png");
            if (auto ok = writeFileAtomically(file, *png); !ok)
                return tl::unexpected(ok.error());
            ++saved.files;
        }
    }
    return saved;
}

} // namespace vernier
