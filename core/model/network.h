#pragma once

// Private to core: includes LibTorch.

#include "core/model/freeze_plan.h"
#include "core/model/model_description.h"

#include <map>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "core/base/torch.h"

namespace vernier {

/// fp32; what a layer lacks is undefined.
struct LayerParameters {
    torch::Tensor weight; ///< convolution (out, in, h, w), dense (out, in), normalization (out)
    torch::Tensor bias; ///< (out)
    torch::Tensor mean; ///< running mean of a batch normalization (out)
    torch::Tensor variance; ///< its running variance (out)
};

/// "block1_conv1.weight" -> tensor.
using NamedTensors = std::vector<std::pair<std::string, torch::Tensor>>;

/// Runs one layer that is no residual unit. The weights are cast to x's dtype, so that bf16 in
/// means bf16 arithmetic and, under autograd, fp32 gradients; statistics stay fp32. A batch
/// normalization takes and moves its running statistics by the batch's only where `training` and
/// its weight requires gradients: frozen it is as when predicting. Softmax is not applied here: a
/// head ends in logits.
torch::Tensor forward(
    const Layer& layer, const LayerParameters* parameters, const torch::Tensor& x, bool training);

/// The numbers of a model: backbone up to the transfer layer, and head. Copying shares the tensors.
/// Not thread-safe.
class Network {
public:
    /// Which tensors of a new network get values; the others are left as they come, to be loaded.
    /// Drawing VGG16's takes a tenth of a second.
    enum class Draw : std::uint8_t { All, Head, None };
    /// Glorot-uniform weights and zero biases, as Keras initializes, drawn from `seed` alone.
    static Result<Network> create(
        ModelDescription description, std::uint64_t seed, Draw draw = Draw::All);

    /// With tensors of its own, that require no gradients.
    Network copy() const;

    const ModelDescription& description() const { return m_description; }
    const Architecture& architecture() const { return m_architecture; }
    /// Backbone layers that run, input to transfer layer.
    std::span<const Layer> backboneLayers() const { return m_backbone; }
    std::span<const Layer> headLayers() const { return m_head; }

    /// uint8 or float NCHW RGB 0..255 -> what the weights expect, as `dtype`, channels-last.
    torch::Tensor normalized(const torch::Tensor& rgb, torch::ScalarType dtype) const;
    /// Backbone layers [from, to) in x's dtype; NCHW, channels-last kept.
    torch::Tensor backbone(
        torch::Tensor x, std::size_t from, std::size_t to, bool training = false) const;
    /// Logits, fp32 (N, classes), computed in x's dtype.
    torch::Tensor head(torch::Tensor x, bool training) const;

    /// Weights and biases of a block, of one layer, or of "head".
    std::vector<torch::Tensor> parameters(std::string_view name) const;
    std::vector<torch::Tensor> parameters(const TrainingGroup& group) const;
    /// All tensors under Keras's layer names, in layer order.
    NamedTensors state() const;
    /// Those of a block, of one layer, or of "head"; running statistics among them.
    NamedTensors state(std::string_view name) const;
    /// What changes where the group trains.
    NamedTensors state(const TrainingGroup& group) const;
    /// Copies values in (any float dtype, any device). Every tensor of the model must be there with
    /// its shape (Mismatch), unless `backboneOnly`: then the head keeps what it has. `file` is
    /// named in errors.
    Status load(const std::map<std::string, torch::Tensor>& tensors, bool backboneOnly,
        const std::filesystem::path& file);
    void to(torch::Device device);

private:
    torch::Tensor run(const Layer& layer, const torch::Tensor& x, bool training) const;
    torch::Tensor run(const std::vector<Layer>& layers, torch::Tensor x, bool training) const;
    /// Calls `each` with the name and the tensor.
    template <class Each> void forEachTensor(const Layer& layer, Each each) const;

    ModelDescription m_description;
    Architecture m_architecture; ///< for pictures of the description's size
    std::vector<Layer> m_backbone;
    std::vector<Layer> m_head;
    std::map<std::string, LayerParameters, std::less<>> m_parameters;
};

/// Of the layers that run; see cutOf() of an architecture.
std::size_t cutOf(const Network& network, const FreezePlan& plan);

} // namespace vernier
