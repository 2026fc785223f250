#include "app/vernier_cli/commands.h"
#include "app/vernier_cli/console.h"

#include "core/base/text.h"
#include "core/exporting/exporter.h"
#include "core/runs/run_store.h"

#include <iostream>

#include <CLI/CLI.hpp>

namespace vernier::cli {

namespace {

struct Options {
    std::string run;
    std::string format;
    std::string file;
    bool json = false;
};

int exportRun(const Options& options)
{
    Interrupt interrupt;
    const auto format = exportFormatFromName(options.format);
    if (!format) {
        report(format.error());
        return kWrongUsage;
    }
    // Parity is checked on the run's own pictures, where they still are there.
    std::vector<std::filesystem::path> pictures;
    if (const auto dataset = readRunDataset(options.run))
        pictures = parityPictures(**dataset);
    ProgressLine progress(interrupt, options.json);
    const auto done = exportModel(
        options.run, *format, options.file, pictures, interrupt.token(), progress.sink());
    progress.clear();
    if (!done)
        return report(done.error());
    if (options.json)
        std::cout << toJson(*done) << '\n';
    else
        std::cout << inOneLine(done->file) << ": " << name(done->format) << ", " << done->bytes
                  << " bytes; read back by " << done->parity.reader << " on "
                  << counted(done->parity.count,
                         done->parity.noise ? "painted noise picture" : "picture")
                  << ", largest difference " << done->parity.maxDifference << '\n';
    return kDone;
}

} // namespace

void addExport(CLI::App& app, Command& chosen)
{
    auto* command
        = app.add_subcommand("export", "Writes a run's best epoch as a model file and checks it");
    auto o = std::make_shared<Options>();
    command->add_option("RUN", o->run, "Folder of a run")->required();
    command->add_option("--format", o->format, "torchscript, onnx or safetensors")->required();
    command->add_option("--out", o->file, "File to write")->required();
    command->add_flag("--json", o->json, "One JSON object");
    command->callback([=, &chosen] { chosen = [=] { return exportRun(*o); }; });
}

} // namespace vernier::cli
