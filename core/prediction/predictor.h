#pragma once

#include "core/base/csv.h"
#include "core/base/progress.h"
#include "core/dataset/snapshot.h"
#include "core/image/picture.h"
#include "core/model/model_description.h"

#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace vernier {

/// What a model says of one picture; or why it could not be read.
struct Prediction {
    std::filesystem::path path;
    std::vector<float> probabilities; ///< in class order; empty when `error` is set
    std::optional<Error> error;
    /// Indices of the k most probable classes, most probable first.
    std::vector<ClassIndex> top(int k) const;
};

/// A trained model with its own weights, ready to answer; never shared with training. Synchronous.
/// Several threads may ask one predictor: they take turns, batch by batch.
class Predictor {
public:
    /// A run folder (its best weights), or a file that Vernier wrote: safetensors, TorchScript,
    /// ONNX; told apart by content. Or, where there is no such file, the name of an original
    /// network ("vgg16-imagenet"). `fp32` true: computes in fp32 even where bf16 is faster
    /// (exports are compared so); both exchange formats are computed in fp32.
    ///
    /// A file may come from anyone, and is data: its description says which network it is, its
    /// tensors are that network's numbers, and our own network computes. Nothing in it is run. An
    /// ONNX graph has to be the one that Vernier writes for the description (Unsupported). The code
    /// in a TorchScript file is not looked at: one whose code was changed answers here as its
    /// description says, though LibTorch and PyTorch would run the other code.
    static Result<Predictor> open(const std::filesystem::path& runOrModel,
        const std::string& device = "auto", bool fp32 = false);
    Predictor(Predictor&&) noexcept;
    Predictor& operator=(Predictor&&) noexcept;
    ~Predictor();

    const std::vector<std::string>& classes() const;
    Geometry geometry() const;
    int inputSize() const;
    /// "safetensors", "torchscript", "onnx".
    std::string format() const;
    int epoch() const; ///< that the weights are of; 0 unknown

    /// Pictures already at inputSize x inputSize (else Invalid); answers [n][classes]
    /// probabilities, fp32. Nothing is resized here. Corrupt when the model's answer is no
    /// probability.
    Result<std::vector<std::vector<float>>> probabilities(std::span<const Picture> pictures) const;

    /// Decodes ahead on another thread and calls `each` in order, one a path, from the calling
    /// thread. A picture that cannot be read is a Prediction with an error, and the rest goes on.
    /// Cancelled when stopped: what was called so far counts.
    Status predict(const std::vector<std::filesystem::path>& paths,
        const std::function<void(Prediction)>& each, std::stop_token stop = {},
        const ProgressSink& progress = {}) const;

    class Backend;
    /// With what runs the model, see backend.h; open() chooses it by the file.
    explicit Predictor(std::unique_ptr<Backend> backend);

private:
    std::unique_ptr<Backend> m_backend;
};

/// The files below `paths`, in the order of `paths`: files as they are (whether pictures or not, so
/// that predicting says what is wrong with them), folders searched for pictures, sorted; what
/// isPassedOver() names and the folders of runs below them are passed over, links followed, each
/// real folder once, and none that leads to a folder above.
std::vector<std::filesystem::path> picturesBelow(
    const std::vector<std::filesystem::path>& paths, std::stop_token stop = {});

/// RFC 4180: header path,class_1,probability_1,...,class_K,probability_K,error; each ends with
/// CRLF; text as csvField() has it, the path as writtenPath() has it; UTF-8. Where there are fewer
/// than K classes the rest stays empty.
std::string csvHeader(int top);
std::string csvRow(const Prediction& prediction, const std::vector<std::string>& classes, int top,
    CsvText how = CsvText::Guarded);

} // namespace vernier
