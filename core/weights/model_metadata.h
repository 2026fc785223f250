#pragma once

#include "core/model/model_description.h"

#include <map>
#include <string>

namespace vernier {

/// Keys that every model file of Vernier's carries beside its numbers, whatever its format.
namespace metadata_keys {
inline constexpr const char* kDescription = "vernier"; ///< ModelDescription as JSON
inline constexpr const char* kClasses = "classes"; ///< JSON list, for readers that know no Vernier
inline constexpr const char* kGeometry = "geometry";
inline constexpr const char* kBackbone = "backbone";
inline constexpr const char* kEpoch = "epoch"; ///< of the run that the weights are of
inline constexpr const char* kNormalization = "normalization"; ///< of weights without a description
} // namespace metadata_keys

/// The model in a run folder that evaluation, prediction and export use.
inline constexpr const char* kBestModelFile = "best.safetensors";

/// The value of kClasses.
std::string classesText(const std::vector<std::string>& classes);

std::map<std::string, std::string> modelMetadata(const ModelDescription& model, int epoch);

struct ModelIdentity {
    ModelDescription description;
    int epoch = 0; ///< 0: unknown
};
/// Unsupported when the file does not say that Vernier wrote it, Mismatch when two keys disagree.
Result<ModelIdentity> modelFromMetadata(
    const std::map<std::string, std::string>& metadata, const std::filesystem::path& file);

} // namespace vernier
