#pragma once

#include "core/model/architecture.h"

#include <nlohmann/json.hpp>

namespace vernier {

/// The head as it stands in model descriptions and in recipes.
nlohmann::ordered_json headToJson(const HeadSpec& head);
Result<HeadSpec> headFromJson(
    const nlohmann::json& json, const std::string& path, const std::filesystem::path& file);

} // namespace vernier
