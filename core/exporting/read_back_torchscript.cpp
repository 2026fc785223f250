#include "core/exporting/read_back.h"
#include "core/model/torch_error.h"
#include "core/prediction/network_io.h"

#include <torch/script.h>

namespace vernier {

namespace {

class TorchScriptReadBack : public ReadBack {
public:
    TorchScriptReadBack(torch::jit::Module module, std::filesystem::path file)
        : m_module(std::move(module)), m_file(std::move(file))
    {
    }

    Result<std::vector<float>> probabilities(const Picture& picture) override
    {
        try {
            const torch::NoGradGuard noGrad;
            const auto image = toTensor(std::span(&picture, 1)).to(torch::kFloat);
            const auto answer = m_module.forward({ image }).toTensor();
            if (answer.dim() != 2 || answer.size(0) != 1)
                return fail(ErrorCode::Mismatch,
                    "the written model does not answer with one row a picture", m_file);
            return toRows(answer).front();
        } catch (const std::exception& e) {
            return tl::unexpected(torchError(e, "the written model could not be run", m_file));
        }
    }

private:
    torch::jit::Module m_module;
    std::filesystem::path m_file;
};

} // namespace

Result<std::unique_ptr<ReadBack>> readBackTorchScript(const std::filesystem::path& file)
{
    try {
        auto module = torch::jit::load(file.native(), torch::Device(torch::kCPU));
        module.eval();
        return std::make_unique<TorchScriptReadBack>(std::move(module), file);
    } catch (const std::exception& e) {
        return tl::unexpected(torchError(e, "LibTorch cannot read the written model", file));
    }
}

} // namespace vernier
