#include "app/vernier_cli/commands.h"
#include "app/vernier_cli/console.h"
#include "app/vernier_cli/scan_options.h"

#include "core/base/text.h"

#include <algorithm>
#include <iomanip>
#include <iostream>

#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

namespace vernier::cli {

namespace {

using nlohmann::ordered_json;

int scanFolder(const std::string& folder, const ScanChoice& choice, bool asJson)
{
    Interrupt interrupt;
    ProgressLine progress(interrupt, asJson);
    const auto dataset = scanPictures(folder, choice, interrupt, progress);
    progress.clear();
    if (!dataset)
        return report(dataset.error());
    const auto& d = **dataset;
    if (asJson) {
        ordered_json j;
        j["classes"] = ordered_json::array();
        for (std::size_t c = 0; c < d.classes.size(); ++c) {
            ordered_json row;
            row["name"] = d.classes[c];
            for (const auto split : kSplits)
                row[std::string(name(split))] = d.count(static_cast<ClassIndex>(c), split);
            j["classes"].push_back(std::move(row));
        }
        j["problems"] = ordered_json::array();
        for (const auto& problem : d.problems)
            j["problems"].push_back(
                { { "path", writtenPath(problem.path) }, { "reason", problem.reason } });
        j["notes"] = d.notes;
        std::cout << j.dump(-1, ' ', false, ordered_json::error_handler_t::replace) << '\n';
        return kDone;
    }
    std::size_t width = 5;
    for (const auto& each : d.classes)
        width = std::max(width, printable(each).size());
    std::cout << std::left << std::setw(static_cast<int>(width)) << "class" << std::right
              << std::setw(8) << "train" << std::setw(12) << "validation" << std::setw(8) << "test"
              << '\n';
    const auto row = [&](const std::string& title, auto count) {
        std::cout << std::left << std::setw(static_cast<int>(width)) << title << std::right
                  << std::setw(8) << count(Split::Train) << std::setw(12)
                  << count(Split::Validation) << std::setw(8) << count(Split::Test) << '\n';
    };
    for (std::size_t c = 0; c < d.classes.size(); ++c)
        row(printable(d.classes[c]),
            [&](Split split) { return d.count(static_cast<ClassIndex>(c), split); });
    row("total", [&](Split split) { return d.count(split); });
    for (const auto& note : d.notes)
        std::cout << printable(note) << '\n';
    for (const auto& problem : d.problems)
        std::cout << "not usable: " << inOneLine(problem.path) << ": " << printable(problem.reason)
                  << '\n';
    return kDone;
}

} // namespace

void addScan(CLI::App& app, Command& chosen)
{
    auto* command = app.add_subcommand(
        "scan", "Classes, counts per split, and files that are no usable image, and why");
    auto folder = std::make_shared<std::string>();
    auto choice = std::make_shared<ScanChoice>();
    auto asJson = std::make_shared<bool>(false);
    command->add_option("DIR", *folder, "Folder with a folder for each class")->required();
    addScanOptions(*command, *choice);
    command->add_flag("--json", *asJson, "One JSON object");
    command->callback(
        [=, &chosen] { chosen = [=] { return scanFolder(*folder, *choice, *asJson); }; });
}

} // namespace vernier::cli
