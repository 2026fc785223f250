#pragma once

#include "core/model/model_description.h"

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

namespace vernier {

/// "vgg16-imagenet": a backbone with the classifier that it was published with, before any
/// fine-tuning. Predictor::open() takes it in a path's place.
std::string originalNetworkName(const Architecture& architecture);
/// The architecture whose original network is called so; null for any other name.
const Architecture* originalNetworkOf(std::string_view name);

/// The file that its weights are in: fetched, and listed first in the catalogue. NotFound says what
/// to fetch.
Result<std::filesystem::path> originalWeights(const Architecture& architecture);

/// It as a model: the architecture's top as a head, the classes of ImageNet, and the crop that
/// ImageNet is evaluated with. Unsupported where the top is more than a pooling and dense layers,
/// Mismatch where there are not as many names as classes.
Result<ModelDescription> describeOriginal(
    const Architecture& architecture, const std::string& normalization);

} // namespace vernier
