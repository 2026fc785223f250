#pragma once

#include "core/prediction/predictor.h"
#include "core/weights/model_metadata.h"

#include <atomic>
#include <filesystem>
#include <memory>
#include <mutex>
#include <span>
#include <vector>

namespace vernier {

using ProbabilityRows = std::vector<std::vector<float>>;

/// What runs a model. One for each kind of file; Predictor checks what goes in and comes out.
class Predictor::Backend {
public:
    virtual ~Backend() = default;

    /// `pictures` are of the model's size, and not empty. OutOfMemory is answered with a smaller
    /// batch.
    virtual Result<ProbabilityRows> run(std::span<const Picture> pictures) = 0;

    std::filesystem::path path; ///< of the file, for errors
    ModelIdentity identity;
    std::string format;
    /// Small enough to answer within seconds on a CPU, where more at once is no faster; set where
    /// Predictor opens it.
    std::atomic<std::size_t> batchSize = 1;
    std::mutex turn; ///< held while run() is called: what is behind it is used by one thread
    int decodeThreads = 1; ///< how many it takes to keep the model busy
};

Result<std::unique_ptr<Predictor::Backend>> openNetwork(
    const std::filesystem::path& file, const std::string& device, bool fp32);
/// The network before any fine-tuning, see original_network.h.
Result<std::unique_ptr<Predictor::Backend>> openOriginal(
    const Architecture& architecture, const std::string& device, bool fp32);
/// Both are computed in fp32.
Result<std::unique_ptr<Predictor::Backend>> openTorchScript(
    const std::filesystem::path& file, const std::string& device);
Result<std::unique_ptr<Predictor::Backend>> openOnnx(
    const std::filesystem::path& file, const std::string& device);

} // namespace vernier
