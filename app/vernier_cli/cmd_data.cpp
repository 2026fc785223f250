#include "app/vernier_cli/commands.h"
#include "app/vernier_cli/console.h"

#include "core/base/text.h"
#include "core/fetch/published_file.h"

#include <iostream>

#include <CLI/CLI.hpp>

namespace vernier::cli {

namespace {

int list()
{
    const auto files = publishedFiles();
    if (!files)
        return report(files.error());
    for (const auto& file : *files) {
        if (file.kind == PublishedFile::Kind::Dataset)
            std::cout << printable(file.name) << '\t' << printable(file.licence) << '\t'
                      << printable(file.about) << '\n';
    }
    return kDone;
}

int fetch(const std::string& name, std::filesystem::path to)
{
    const auto dataset = findPublished(PublishedFile::Kind::Dataset, name);
    if (!dataset)
        return report(dataset.error());
    if (to.empty())
        to = usualFolderOf(*dataset);
    Interrupt interrupt;
    ProgressLine progress(interrupt, false);
    const auto done = fetchDataset(*dataset, to, interrupt.token(), progress.sink());
    progress.clear();
    if (!done)
        return report(done.error());
    std::cout << inOneLine(to) << ": "
              << counted(static_cast<std::int64_t>(done->unpacked.files), "file") << ", "
              << byteCount(done->unpacked.bytes) << "; SHA-256 of the archive "
              << done->download.sha256 << " (" << dataset->hashFrom << ")\n";
    for (const auto& refused : done->unpacked.refused)
        std::cerr << "vernier-cli: " << printable(refused.name) << ": left out: " << refused.reason
                  << '\n';
    return kDone;
}

} // namespace

void addData(CLI::App& app, Command& chosen)
{
    auto* command = app.add_subcommand("data", "Datasets that others publish");
    command->require_subcommand(1);
    command->add_subcommand("list", "Datasets that can be fetched by name")->callback([&chosen] {
        chosen = list;
    });
    auto* fetching = command->add_subcommand("fetch", "Downloads a dataset and unpacks it");
    auto name = std::make_shared<std::string>();
    auto to = std::make_shared<std::string>();
    fetching->add_option("NAME", *name, "Such as knifey-spoony")->required();
    fetching->add_option("--to", *to,
        "Folder to unpack to, which must not exist or be empty; below ~/.local/share/vernier when "
        "not given");
    fetching->callback([=, &chosen] { chosen = [=] { return fetch(*name, *to); }; });
}

} // namespace vernier::cli
