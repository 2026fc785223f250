#pragma once

#include "core/base/result.h"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace vernier {

enum class LayerKind : std::uint8_t {
    Conv, ///< 2-D convolution; weight (out, in, kernel, kernel)
    BatchNorm, ///< over N, H and W (Ioffe and Szegedy 2015); see kBatchNormEpsilon
    MaxPool, ///< 2-D; padding counts as less than any number
    Residual, ///< body(x) + shortcut(x), then the activation (He et al. 2015, figure 2)
    Flatten, ///< (C, H, W) -> C*H*W in Keras's order: row, column, channel (H, W, C)
    GlobalAveragePool, ///< mean over H and W
    Dense, ///< weight (out, in)
    Dropout
};

enum class Activation : std::uint8_t { None, Relu, Softmax, Tanh, Sigmoid };
std::string_view name(Activation activation); ///< "none", "relu", ...

/// y = (x - mean) / sqrt(variance + epsilon) * weight + bias. While it trains mean and variance are
/// the batch's, and the running ones move towards them: r = (1 - momentum) r + momentum b, with the
/// unbiased variance (PyTorch's figures). Frozen or not training it takes the running ones.
inline constexpr double kBatchNormEpsilon = 1e-5;
inline constexpr double kBatchNormMomentum = 0.1;

/// One row of an architecture: data, from which the forward pass, summary, freeze plan, name maps,
/// exports and costs derive.
struct Layer {
    std::string name; ///< Keras's: "block1_conv1", "fc1"; of a residual unit "block2_unit1"
    std::string block; ///< "block1".."block5" in the backbone, "head" in a head, "top" in the
                       ///< original classifier
    LayerKind kind = LayerKind::Conv;
    Activation activation = Activation::None;
    int outputs = 0; ///< channels or features; 0 where the kind keeps them
    int kernel = 0;
    int stride = 1;
    int padding = 0;
    double rate = 0; ///< dropout: share of values dropped
    bool bias = true; ///< of a convolution or a dense layer
    std::string published {}; ///< torchvision's and timm's name, where its place does not give it
    std::vector<Layer> body {}; ///< of a residual unit
    std::vector<Layer> shortcut {}; ///< of a residual unit; empty: x itself

    /// Itself has some, or what it is made of.
    bool hasParameters() const
    {
        return kind == LayerKind::Conv || kind == LayerKind::Dense || kind == LayerKind::BatchNorm
            || kind == LayerKind::Residual;
    }
};

/// Channels, height, width of one sample; a vector of n features is (n, 1, 1).
struct Shape {
    int channels = 0;
    int height = 1;
    int width = 1;
    std::int64_t count() const { return std::int64_t { channels } * height * width; }
    bool operator==(const Shape&) const = default;
};

Shape outputShape(const Layer& layer, Shape input);

/// A layer that is no residual unit, and the shape that enters it.
struct LayerPart {
    const Layer* layer = nullptr;
    Shape input;
};
/// What a layer is made of: itself, or of a residual unit the body and then the shortcut. The
/// pointers are into `layer`.
std::vector<LayerPart> partsOf(const Layer& layer, Shape input);

/// A tensor of a layer.
struct LayerTensor {
    std::string name; ///< "block1_conv1.weight", "block1_bn1.running_mean"
    std::vector<std::int64_t> shape; ///< convolution (out, in, h, w), dense (out, in), else (out)
};
/// Tells a running statistic, which no gradient reaches, by the name of its tensor.
bool isRunningStatistic(std::string_view tensor);
/// In the order of files: weight, bias, running_mean, running_var, part by part.
std::vector<LayerTensor> tensorsOf(const Layer& layer, Shape input);

/// Running statistics do not count.
std::int64_t parameterCount(const Layer& layer, Shape input);
/// Multiply-accumulates of one sample's forward pass.
std::int64_t multiplyAdds(const Layer& layer, Shape input);

/// A backbone: its trunk, and the classifier that it was published with.
struct Architecture {
    std::string name; ///< "vgg16"
    std::string title; ///< "VGG16"
    int inputSize = 224; ///< edge of the pictures it is published for, pixels
    std::string normalization; ///< name of what its ImageNet weights expect, see normalization.h
    std::vector<Layer> layers; ///< input to last pooling
    std::vector<Layer> top; ///< pooling, dense layers, predictions (1000)

    Shape inputShape() const { return { 3, inputSize, inputSize }; }
    /// The same trunk for pictures of another size, see isInputSize().
    Architecture withInputSize(int pixels) const;
    /// Names of the blocks, input side first.
    std::vector<std::string> blocks() const;
    /// Position of a layer in `layers`, or NotFound naming the layers there are.
    Result<std::size_t> indexOf(std::string_view layer) const;
    /// Shape that comes out of layers[0 .. count).
    Shape shapeAfter(std::size_t count) const;
};

/// What a trunk's pictures may measure along an edge: multiples of kInputStep, so that five
/// halvings come out even, up to kLargestInput.
inline constexpr int kInputStep = 32;
inline constexpr int kLargestInput = 1024;
bool isInputSize(int pixels);
/// How many pictures of that size are computed at once where nothing else decides: fewer of larger
/// ones, so that they take the same memory.
int picturesAtOnce(int inputSize);

/// Those with weights that somebody publishes, in the order in which people are offered them:
/// VGG16, VGG11, 13 and 19, those with batch normalization (Simonyan and Zisserman 2014, table 1),
/// ResNet-18, 34 and 50 (He et al. 2015, table 1, the stride of ResNet-50's units on their 3 x 3
/// convolution). A ResNet's blocks are that table's conv1 to conv5. They live as long as the
/// program.
const std::vector<const Architecture*>& architectures();
std::string architectureNames(); ///< "vgg16, vgg11, ...": for people
/// One of them by name ("vgg16"), or a tiny one; NotFound lists them.
Result<const Architecture*> findArchitecture(std::string_view name);
const Architecture& vgg16();
/// Networks of VGG's form, without and with batch normalization ("tinyvgg_bn"), and of ResNet's
/// ("tinyresnet"), small enough for tests to train in seconds: 2 or 3 blocks, 32 x 32 input, random
/// weights.
const Architecture& tinyVgg();

enum class Pooling : std::uint8_t { Flatten, Average };
std::string_view name(Pooling pooling); ///< "flatten", "average"

/// A hidden layer of a head.
struct DenseSpec {
    int size = 0;
    Activation activation = Activation::Relu; ///< any but softmax
    std::optional<double> dropout; ///< after it; none: the head's
    // A plain number is what most heads are written with.
    DenseSpec(int outputs, Activation function = Activation::Relu,
        std::optional<double> dropped = std::nullopt)
        : size(outputs), activation(function), dropout(dropped)
    {
    }
    bool operator==(const DenseSpec&) const = default;
};
/// What a hidden layer may have: "relu", "tanh", "sigmoid", "none".
const std::vector<Activation>& hiddenActivations();

/// The new classifier on top of the transfer layer: pool, then (dense, activation, dropout) for
/// each of `dense`, then dense to the classes.
struct HeadSpec {
    Pooling pooling = Pooling::Flatten;
    std::vector<DenseSpec> dense { 1024 };
    double dropout = 0.5; ///< after each hidden dense layer that has none of its own; [0, 1)
    bool operator==(const HeadSpec&) const = default;
};
/// Layers named head_pool, head_dense1, head_dropout1, ..., head_predictions (softmax). Block
/// "head".
std::vector<Layer> headLayers(const HeadSpec& head, int classes);

} // namespace vernier
