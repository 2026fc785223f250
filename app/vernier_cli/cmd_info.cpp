#include "app/vernier_cli/commands.h"
#include "app/vernier_cli/console.h"

#include "core/base/version.h"
#include "core/model/devices.h"
#include "core/recipe/recipe.h"
#include "core/weights/catalogue.h"

#include <iomanip>
#include <iostream>

#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

namespace vernier::cli {

namespace {

int info(bool asJson)
{
    const auto found = devices();
    if (asJson) {
        nlohmann::ordered_json j;
        j["vernier"] = vernierVersion();
        j["libtorch"] = torchVersion();
        j["cores"] = usableCores();
        j["devices"] = nlohmann::ordered_json::array();
        for (const auto& device : found)
            j["devices"].push_back({ { "id", device.id }, { "name", device.name },
                { "total_bytes", device.totalBytes }, { "free_bytes", device.freeBytes },
                { "fast_bf16", device.fastBf16 }, { "problem", device.problem } });
        j["weights"] = nlohmann::ordered_json::array();
        for (const auto& weights : knownWeights())
            j["weights"].push_back({ { "name", weights.name }, { "backbone", weights.backbone },
                { "licence", weights.licence } });
        j["recipes"] = builtInRecipeNames();
        std::cout << j.dump() << '\n';
        return kDone;
    }
    std::cout << "Vernier " << vernierVersion() << ", LibTorch " << torchVersion() << "\ncores    "
              << usableCores() << '\n';
    for (const auto& device : found) {
        std::cout << "device   " << device.id << ": " << device.name << ", " << std::fixed
                  << std::setprecision(1) << static_cast<double>(device.totalBytes) / (1 << 30)
                  << " GiB" << (device.fastBf16 ? ", fast bf16" : "")
                  << (device.problem.empty() ? "" : ", unusable: " + device.problem) << '\n';
    }
    for (const auto& weights : knownWeights())
        std::cout << "weights  " << weights.name << ": " << weights.about << " (" << weights.licence
                  << ")\n";
    for (const auto& recipe : builtInRecipeNames())
        std::cout << "recipe   " << recipe << '\n';
    return kDone;
}

} // namespace

void addInfo(CLI::App& app, Command& chosen)
{
    auto* command = app.add_subcommand("info", "Versions, devices, cores, built-in weights");
    auto asJson = std::make_shared<bool>(false);
    command->add_flag("--json", *asJson, "One JSON object");
    command->callback([=, &chosen] { chosen = [=] { return info(*asJson); }; });
}

} // namespace vernier::cli
