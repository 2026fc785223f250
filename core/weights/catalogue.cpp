#include "core/weights/catalogue.h"

#include "core/base/hash.h"
#include "core/base/resource_dir.h"
#include "core/fetch/published_file.h"

#include <algorithm>
#include <map>
#include <mutex>
#include <tuple>

namespace vernier {

const std::vector<KnownWeights>& knownWeights()
{
    static const std::vector<KnownWeights> known { { "imagenet", "vgg16",
        "vgg16_imagenet_f16.safetensors",
        "3060bc5aa34abc3f07e95cda4aa44d929f8316ebd2e0e5253638335f5d7fdb47", "CC BY 4.0",
        "VGG16 without its classifier, trained on ImageNet; Simonyan and Zisserman, VGG, "
        "Oxford" } };
    return known;
}

Result<std::filesystem::path> builtInWeights(const std::string& name)
{
    const auto& all = knownWeights();
    const auto known = std::ranges::find(all, name, &KnownWeights::name);
    if (known == all.end()) {
        std::string names;
        for (const auto& weights : all)
            names += (names.empty() ? "" : ", ") + weights.name;
        return fail(ErrorCode::NotFound, "there are no built-in weights \"" + name + "\"", {},
            "use " + names);
    }
    const auto resources = resourceDir();
    if (resources.empty())
        return fail(ErrorCode::NotFound, "the folder with Vernier's resources was not found", {},
            "install Vernier again, or set VERNIER_RESOURCE_DIR");
    const auto path = resources / "weights" / known->file;

    std::error_code error;
    const auto size = std::filesystem::file_size(path, error);
    if (error)
        return fail(
            ErrorCode::NotFound, "the built-in weights are missing", path, "install Vernier again");
    const auto changed = std::filesystem::last_write_time(path, error);

    using State
        = std::tuple<std::filesystem::path, std::uintmax_t, std::filesystem::file_time_type>;
    static std::mutex mutex;
    static std::map<State, std::string> digests;
    const std::lock_guard lock(mutex);
    auto& digest = digests[{ path, size, changed }];
    if (digest.empty()) {
        auto computed = sha256OfFile(path);
        if (!computed)
            return tl::unexpected(computed.error());
        digest = std::move(*computed);
    }
    if (digest != known->sha256)
        return fail(ErrorCode::Corrupt,
            "the built-in weights are damaged: their SHA-256 is not the expected one", path,
            "install Vernier again");
    return path;
}

bool hasBuiltInWeights(const std::string& backbone)
{
    return std::ranges::find(knownWeights(), backbone, &KnownWeights::backbone)
        != knownWeights().end();
}

Result<std::filesystem::path> imagenetWeights(const std::string& backbone)
{
    return hasBuiltInWeights(backbone) ? builtInWeights("imagenet")
                                       : fetchedWeights(backbone, false);
}

} // namespace vernier
