#include "app/vernier_cli/commands.h"
#include "app/vernier_cli/console.h"

#include "core/base/text.h"
#include "core/fetch/published_file.h"
#include "core/model/architecture.h"
#include "core/weights/catalogue.h"

#include <iostream>

#include <CLI/CLI.hpp>

namespace vernier::cli {

namespace {

int list()
{
    for (const auto& weights : knownWeights())
        std::cout << weights.name << '\t' << weights.backbone << "\tbuilt in\t" << weights.licence
                  << '\t' << weights.about << '\n';
    const auto files = publishedFiles();
    if (!files)
        return report(files.error());
    for (const auto& file : *files) {
        if (file.kind == PublishedFile::Kind::Weights)
            std::cout << printable(file.name) << '\t' << printable(file.backbone) << '\t'
                      << (isFetched(file) ? inOneLine(placeOf(file))
                                          : "to fetch, " + byteCount(file.bytes))
                      << '\t' << printable(file.licence) << '\t' << printable(file.about) << '\n';
    }
    return kDone;
}

int fetch(const std::string& name)
{
    const auto weights = findPublished(PublishedFile::Kind::Weights, name);
    if (!weights)
        return report(weights.error());
    if (isFetched(*weights)) {
        std::cout << inOneLine(placeOf(*weights)) << ": is there already\n";
        return kDone;
    }
    Interrupt interrupt;
    ProgressLine progress(interrupt, false);
    const auto done = fetchWeights(*weights, interrupt.token(), progress.sink());
    progress.clear();
    if (!done)
        return report(done.error());
    std::cout << inOneLine(placeOf(*weights)) << ": " << byteCount(done->bytes) << ", SHA-256 "
              << done->sha256 << " (" << weights->hashFrom << ")\n";
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
        out = std::filesystem::path(file).stem().native() + "_f16.safetensors";
    const auto imported = importWeights(file, backbone, out);
    if (!imported)
        return report(imported.error());
    std::cout << inOneLine(out) << ": written as fp16, largest relative error "
              << shortNumber(imported->error) << "; " << imported->format << " file with "
              << imported->naming << "'s "
              << (imported->byOrder ? "weights in the network's order" : "names")
              << (imported->prefix.empty() ? "" : " behind \"" + inOneLine(imported->prefix) + '"')
              << ", so it expects normalization " << imported->normalization << '\n';
    return kDone;
}

} // namespace

void addWeights(CLI::App& app, Command& chosen)
{
    auto* command
        = app.add_subcommand("weights", "Built-in weights, and weight files from elsewhere");
    command->require_subcommand(1);
    command->add_subcommand("list", "Weights that come with Vernier or can be fetched")
        ->callback([&chosen] { chosen = list; });
    auto* fetching
        = command->add_subcommand("fetch", "Downloads weights by name; goes on after a break");
    auto name = std::make_shared<std::string>();
    fetching->add_option("NAME", *name, "As `list` has it")->required();
    fetching->callback([=, &chosen] { chosen = [=] { return fetch(*name); }; });
    command->add_subcommand("verify", "Checks the built-in weights against their SHA-256")
        ->callback([&chosen] { chosen = verify; });
    auto* importing
        = command->add_subcommand("import", "Converts a weight file to fp16 and checks its shapes");
    auto file = std::make_shared<std::string>();
    auto backbone = std::make_shared<std::string>("vgg16");
    auto out = std::make_shared<std::string>();
    importing
        ->add_option("FILE", *file, "safetensors, PyTorch .pth or .ckpt, Keras .h5 or .keras, ONNX")
        ->required();
    importing->add_option("--backbone", *backbone, architectureNames())->capture_default_str();
    importing->add_option("--out", *out, "File to write; FILE_f16.safetensors when not given");
    importing->callback([=, &chosen] { chosen = [=] { return import(*file, *backbone, *out); }; });
}

} // namespace vernier::cli
