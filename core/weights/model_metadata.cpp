#include "core/weights/model_metadata.h"

#include <charconv>

#include <nlohmann/json.hpp>

namespace vernier {

namespace {

// 10,000 classes of the longest names that folders have take less.
constexpr std::size_t kMostDescriptionBytes = 16 << 20;

} // namespace

std::string classesText(const std::vector<std::string>& classes)
{
    return nlohmann::json(classes).dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

std::map<std::string, std::string> modelMetadata(const ModelDescription& model, int epoch)
{
    return { { metadata_keys::kDescription, toJson(model) },
        { metadata_keys::kClasses, classesText(model.classes) },
        { metadata_keys::kGeometry, std::string(name(model.geometry)) },
        { metadata_keys::kBackbone, model.backbone },
        { metadata_keys::kEpoch, std::to_string(epoch) } };
}

Result<ModelIdentity> modelFromMetadata(
    const std::map<std::string, std::string>& metadata, const std::filesystem::path& file)
{
    const auto described = metadata.find(metadata_keys::kDescription);
    if (described == metadata.end())
        return fail(ErrorCode::Unsupported,
            "is no model of Vernier's: it does not say which classes it knows", file,
            "choose a run or a model that Vernier exported");
    if (described->second.size() > kMostDescriptionBytes)
        return fail(ErrorCode::TooLarge,
            "describes itself in " + std::to_string(described->second.size())
                + " bytes, more than any model needs",
            file, "export the model again");
    auto description = modelDescriptionFromJson(described->second, file);
    if (!description)
        return tl::unexpected(description.error());

    const auto expected = modelMetadata(*description, 0);
    for (const auto* key :
        { metadata_keys::kClasses, metadata_keys::kGeometry, metadata_keys::kBackbone }) {
        const auto found = metadata.find(key);
        if (found != metadata.end() && found->second != expected.at(key))
            return fail(ErrorCode::Mismatch, std::string("says two different things of its ") + key,
                file, "export the model again");
    }

    ModelIdentity identity { std::move(*description), 0 };
    if (const auto epoch = metadata.find(metadata_keys::kEpoch); epoch != metadata.end()) {
        const auto& text = epoch->second;
        const auto [end, error]
            = std::from_chars(text.data(), text.data() + text.size(), identity.epoch);
        if (error != std::errc() || end != text.data() + text.size() || identity.epoch < 0)
            return fail(ErrorCode::Corrupt, "its epoch is no number", file);
    }
    return identity;
}

} // namespace vernier
