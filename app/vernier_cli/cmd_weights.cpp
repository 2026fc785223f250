#include "app/vernier_cli/commands.h"
#include "app/vernier_cli/console.h"

#include "core/base/text.h"
#include "core/weights/catalogue.h"

#include <iostream>

#include <CLI/CLI.hpp>

namespace vernier::cli {

namespace {

int list()
{
    for (const auto& weights : knownWeights())
        std::cout << weights.name << '\t' << weights.backbone << '\t' << weights.licence << '\t'
                  << weights.about << '\n';
    return kDone;
}

int verify()
{
    int result = kDone;
    for (const auto& weights : knownWeights()) {
        if (const auto path = builtInWeights(weights.name); !path)
            result = report(path.error());
        else
            std::cout << weights.name << ": SHA-256 " << weights.sha256 << " is right\n";
    }
    return result;
}

int import(const std::string& file, const std::string& backbone, std::string out)
{
    if (out.empty())
        out = utf8(std::filesystem::path(file).stem()) + "_f16.safetensors";
    const auto error = importWeights(file, backbone, out);
    if (!error)
        return report(error.error());
    std::cout << out << ": written as fp16, largest relative error " << shortNumber(*error) << '\n';
    return kDone;
}

} // namespace

void addWeights(CLI::App& app, Command& chosen)
{
    auto* command
        = app.add_subcommand("weights", "Built-in weights, and weight files from elsewhere");
    command->require_subcommand(1);
    command->add_subcommand("list", "Weights that come with Vernier")->callback([&chosen] {
        chosen = list;
    });
    command->add_subcommand("verify", "Checks the built-in weights against their SHA-256")
        ->callback([&chosen] { chosen = verify; });
    auto* importing = command->add_subcommand(
        "import", "Converts a safetensors file to fp16 and checks its shapes");
    auto file = std::make_shared<std::string>();
    auto backbone = std::make_shared<std::string>("vgg16");
    auto out = std::make_shared<std::string>();
    importing->add_option("FILE", *file, "safetensors file with Keras's layer names")->required();
    importing->add_option("--backbone", *backbone, "vgg16")->capture_default_str();
    importing->add_option("--out", *out, "File to write; FILE_f16.safetensors when not given");
    importing->callback([=, &chosen] { chosen = [=] { return import(*file, *backbone, *out); }; });
}

} // namespace vernier::cli
