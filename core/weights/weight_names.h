#pragma once

#include "core/model/architecture.h"
#include "core/weights/weight_file.h"

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace vernier {

/// Whose names a file has for a network's layers, which also says what its weights expect.
enum class Naming : std::uint8_t {
    Keras, ///< "block1_conv1.weight": Keras's for VGG, and our own
    Torchvision, ///< "features.0.weight", "classifier.0.weight"; "layer1.0.conv1.weight",
                 ///< "fc.weight"
    Timm ///< "features.0.weight", "pre_logits.fc1.weight", "head.fc.weight"; ResNets as
         ///< torchvision's
};
std::string_view name(Naming naming); ///< "Keras", "torchvision", "timm"

/// A tensor of ours, and what a file calls it.
struct ParameterName {
    std::string ours; ///< "block1_conv1.weight"
    std::string theirs;
    Layer layer; ///< that has it; no residual unit
    Shape input; ///< of the layer; of a dense one behind a flattening: before that
    std::vector<std::int64_t> shape; ///< ours
};

/// The tensors of consecutive layers, counted from the network's first on, in layer order. In a
/// VGG's trunk torchvision counts every operation (convolution, normalization, ReLU, pooling); in
/// its classifier ("top") dense, ReLU and dropout. A ResNet's layers carry their names themselves.
std::vector<ParameterName> parameterNames(
    std::span<const Layer> layers, Shape input, Naming naming);

/// Which names a file has; Mismatch, saying what was looked for and what is there, when it has
/// none of a network with these layers.
Result<Naming> namingOf(const WeightFile& file, std::span<const Layer> layers, Shape input);

/// The normalization that a file's weights expect: what the file says itself, or else what goes
/// with its names, "torch" for torchvision's and timm's, the architecture's own for Keras's.
std::string expectedNormalization(
    const WeightFile& file, Naming naming, const Architecture& architecture);

/// What a recipe's weights expect: of built-in and random ones, and of those that are not here yet,
/// what the architecture says, of a file what expectedNormalization() does. Opens the file and
/// reads no numbers, but for ONNX's.
Result<std::string> normalizationOfWeights(
    const std::string& weights, const Architecture& architecture);

} // namespace vernier
