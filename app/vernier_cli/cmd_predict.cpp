#include "app/vernier_cli/commands.h"
#include "app/vernier_cli/console.h"
#include "app/vernier_cli/recipe_options.h"

#include "core/base/files.h"
#include "core/base/text.h"
#include "core/prediction/original_network.h"
#include "core/prediction/predictor.h"
#include "core/runs/run_model.h"

#include <algorithm>
#include <iostream>
#include <optional>

#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

namespace vernier::cli {

namespace {

using nlohmann::ordered_json;

constexpr const char* kAuto = "auto";
constexpr const char* kFp32 = "fp32";
constexpr int kTop = 3;
constexpr int kTopOfMany = 5; ///< of the 1000 classes of an original network

struct Options {
    std::string model;
    std::vector<std::string> paths;
    std::optional<int> top;
    std::string csv;
    bool csvRaw = false;
    std::string device = "auto";
    std::string precision = kAuto;
    bool json = false;
};

std::string toJson(const Prediction& prediction, const std::vector<std::string>& classes, int top)
{
    ordered_json j;
    j["path"] = writtenPath(prediction.path);
    if (prediction.error) {
        j["error"] = prediction.error->detail;
    } else {
        j["top"] = ordered_json::array();
        for (const auto c : prediction.top(top)) {
            const auto index = static_cast<std::size_t>(c);
            j["top"].push_back({ { "class", classes[index] },
                { "probability", prediction.probabilities[index] } });
        }
    }
    return j.dump(-1, ' ', false, ordered_json::error_handler_t::replace);
}

std::string toText(const Prediction& prediction, const std::vector<std::string>& classes, int top)
{
    auto text = inOneLine(prediction.path) + ":";
    if (prediction.error)
        return text + " not read: " + printable(prediction.error->detail);
    for (const auto c : prediction.top(top)) {
        const auto index = static_cast<std::size_t>(c);
        text += " " + printable(classes[index]) + " " + percent(prediction.probabilities[index]);
    }
    return text;
}

int predictPaths(const Options& options)
{
    Interrupt interrupt;
    const bool fp32
        = options.precision == kFp32 || (options.precision == kAuto && asksForFp32(options.model));
    const auto predictor = Predictor::open(options.model, options.device, fp32);
    if (!predictor)
        return report(predictor.error());
    const auto& classes = predictor->classes();
    const int usual = originalNetworkOf(options.model) ? kTopOfMany : kTop;
    const int top = std::min(options.top.value_or(usual), static_cast<int>(classes.size()));
    const auto pictures
        = picturesBelow({ options.paths.begin(), options.paths.end() }, interrupt.token());
    if (pictures.empty())
        return report({ ErrorCode::NotFound, "holds no picture", options.paths.front(),
            "give pictures, or folders that hold some" });
    std::optional<AtomicFile> csv;
    if (!options.csv.empty()) {
        auto file = AtomicFile::create(options.csv);
        if (!file)
            return report(file.error());
        csv.emplace(std::move(*file));
    }
    Status written;
    const auto writeLine = [&](const std::string& line) {
        if (csv && written)
            written = csv->write(std::as_bytes(std::span(line)));
    };
    writeLine(csvHeader(top));
    ProgressLine progress(interrupt, options.json);
    std::int64_t unreadable = 0;
    const auto each = [&](Prediction prediction) {
        unreadable += prediction.error.has_value();
        writeLine(
            csvRow(prediction, classes, top, options.csvRaw ? CsvText::Raw : CsvText::Guarded));
        if (options.json) {
            std::cout << toJson(prediction, classes, top) << std::endl;
        } else if (!csv) {
            progress.clear();
            std::cout << toText(prediction, classes, top) << '\n';
        }
    };
    const auto done = predictor->predict(pictures, each, interrupt.token(), progress.sink());
    progress.clear();
    if (!done)
        return report(done.error());
    if (csv && written)
        written = csv->commit();
    if (!written)
        return report(written.error());
    if (unreadable > 0)
        std::cerr << "vernier-cli: " << unreadable << " of "
                  << counted(static_cast<std::int64_t>(pictures.size()), "picture")
                  << " could not be read\n";
    return unreadable < static_cast<std::int64_t>(pictures.size()) ? kDone : kFailed;
}

} // namespace

void addPredict(CLI::App& app, Command& chosen)
{
    auto* command
        = app.add_subcommand("predict", "What a run or an exported model says of pictures");
    auto o = std::make_shared<Options>();
    command
        ->add_option("MODEL", o->model,
            "Folder of a run, a model that Vernier exported, or vgg16-imagenet: the network before "
            "any fine-tuning; any backbone with -imagenet behind it")
        ->required();
    command->add_option("PATH", o->paths, "Pictures, or folders that hold some")->required();
    command
        ->add_option("--top", o->top,
            "How many classes to name, most probable first; 3, of an original network 5, when not "
            "given")
        ->check(CLI::Range(1, 10000));
    command->add_option("--csv", o->csv, "Write a table to this file instead");
    command->add_flag("--csv-raw", o->csvRaw,
        "Leave names in the table as they are that a spreadsheet would take for formulas; an "
        "apostrophe is put before them otherwise");
    addDeviceOption(*command, o->device);
    command
        ->add_option("--precision", o->precision,
            "fp32 computes as exported models do; auto as the run's recipe says, or in bf16 where "
            "that is faster")
        ->check(CLI::IsMember({ kAuto, kFp32 }))
        ->capture_default_str();
    command->add_flag("--json", o->json, "One JSON object a picture");
    command->callback([=, &chosen] { chosen = [=] { return predictPaths(*o); }; });
}

} // namespace vernier::cli
