#pragma once

#include "core/model/architecture.h"
#include "core/weights/weight_file.h"

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace vernier {

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

/// How a file calls what a network needs.
struct FileNames {
    Naming naming = Naming::Keras;
    std::string prefix {}; ///< what stands before every name: "module.", "model."; mostly nothing
    bool byOrder = false; ///< the names say nothing: the layers were told by their order
    std::vector<ParameterName> parameters {}; ///< `theirs` as the file has it, prefix and all
};

/// Mismatch, saying what was looked for and what is there, when a file has no names of a network
/// with these layers, and when it has those of more than one network. Names behind a prefix count
/// when all that the layers need stands behind the same; without any, a file whose convolutions
/// have an order is taken when they are as many as the network's, with the same shapes.
Result<FileNames> namesOf(const WeightFile& file, std::span<const Layer> layers, Shape input);

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
