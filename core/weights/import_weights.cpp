#include "core/model/torch_error.h"
#include "core/weights/catalogue.h"
#include "core/weights/expected_tensors.h"
#include "core/weights/fitted_weights.h"
#include "core/weights/model_file.h"
#include "core/weights/model_metadata.h"

namespace vernier {

Result<ImportedWeights> importWeights(
    const std::filesystem::path& from, const std::string& backbone, const std::filesystem::path& to)
{
    const auto architecture = findArchitecture(backbone);
    if (!architecture)
        return tl::unexpected(architecture.error());
    const auto& trunk = **architecture;
    const auto file = openWeights(from);
    if (!file)
        return tl::unexpected(file.error());
    const auto fitted = fitWeights(**file, trunk, trunk.layers);
    if (!fitted)
        return tl::unexpected(fitted.error());

    try {
        NamedTensors halves;
        double worst = 0;
        for (const auto& wanted : expectedTensors(trunk.layers, trunk.inputShape())) {
            const auto exact = fitted->tensors.at(wanted.name).to(torch::kDouble);
            if (!exact.isfinite().all().item<bool>())
                return fail(ErrorCode::Corrupt,
                    wanted.name + " holds a value that is no finite number", from,
                    "choose another weight file");
            const auto half = exact.to(torch::kHalf);
            if (!half.isfinite().all().item<bool>())
                return fail(ErrorCode::Unsupported,
                    wanted.name + " holds a value beyond the 65504 that fp16 can", from,
                    "choose another weight file");
            const auto largest = exact.abs().max().item<double>();
            if (largest > 0)
                worst = std::max(
                    worst, (exact - half.to(torch::kDouble)).abs().max().item<double>() / largest);
            // Statistics are few, and may be far smaller than what fp16 can tell from nothing.
            halves.emplace_back(
                wanted.name, isRunningStatistic(wanted.name) ? exact.to(torch::kFloat) : half);
        }
        if (auto ok = writeTensors(to, halves,
                { { metadata_keys::kBackbone, trunk.name },
                    { metadata_keys::kNormalization, fitted->normalization } });
            !ok)
            return tl::unexpected(ok.error());
        return ImportedWeights { worst, fitted->normalization, std::string(name(fitted->naming)),
            std::string((*file)->format()), fitted->prefix, fitted->byOrder };
    } catch (const std::exception& e) {
        return tl::unexpected(torchError(e, "the weights could not be converted", from));
    }
}

} // namespace vernier
