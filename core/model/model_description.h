#pragma once

#include "core/image/geometry.h"
#include "core/model/architecture.h"
#include "core/model/normalization.h"

#include <string>
#include <vector>

namespace vernier {

/// Everything but the numbers: what a weight file must say about itself so that a picture gets the
/// same answer anywhere. It is written into every checkpoint and export, and class order is never
/// inferred again.
struct ModelDescription {
    std::string backbone = "vgg16";
    std::string transferLayer = "block5_pool"; ///< its output feeds the head
    HeadSpec head;
    std::vector<std::string> classes; ///< UTF-8; index = ClassIndex
    Geometry geometry = Geometry::Stretch;
    Normalization normalization;
    int inputSize = 224; ///< edge, pixels; see isInputSize()

    Shape inputShape() const { return { 3, inputSize, inputSize }; }
    bool operator==(const ModelDescription&) const = default;
};

/// The backbone's layers up to the transfer layer, then the head's: all that the model runs, in
/// order.
Result<std::vector<Layer>> allLayers(const ModelDescription& model);

/// JSON object with keys backbone, transfer_layer, head, classes, geometry, normalization,
/// input_size, vernier.
std::string toJson(const ModelDescription& model);
/// Checks every key and bound (1..10000 classes, known backbone ...); `file` is named in the
/// errors.
Result<ModelDescription> modelDescriptionFromJson(
    std::string_view json, const std::filesystem::path& file);

} // namespace vernier
