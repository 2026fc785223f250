#include "app/vernier_cli/scan_options.h"

#include "core/base/text.h"
#include "core/dataset/scan.h"
#include "core/training/feature_cache.h"

#include <algorithm>
#include <iostream>

#include <CLI/CLI.hpp>

namespace vernier::cli {

namespace fs = std::filesystem;

void addScanOptions(CLI::App& command, ScanChoice& choice)
{
    command
        .add_option_function<std::string>(
            "--classes-are-splits",
            [&choice](const std::string& answer) { choice.classesAreSplits = answer == "yes"; },
            "no: the folders in DIR are classes, though they are called Training, test_set or such")
        ->check(CLI::IsMember({ "yes", "no" }));
}

Result<SnapshotPtr> scanPictures(
    const fs::path& folder, const ScanChoice& choice, Interrupt& interrupt, ProgressLine& progress)
{
    auto dataset = scan(folder, interrupt.token(), progress.sink(),
        { .cache = FeatureCache::defaultFolder(),
            .found = {},
            .classesAtTop = !choice.classesAreSplits.value_or(true) });
    if (dataset && !choice.classesAreSplits
        && topFoldersOf(**dataset) == TopFolders::LookLikeSplits) {
        progress.clear();
        std::cerr << "vernier-cli: " << inOneLine((*dataset)->root) << ": "
                  << printable((*dataset)->notes.front())
                  << " If they are classes, write --classes-are-splits no.\n";
    }
    return dataset;
}

Status checkRunLiesApart(const fs::path& run, const fs::path& pictures)
{
    std::error_code error;
    const auto place = fs::weakly_canonical(fs::absolute(run, error), error);
    const auto root = fs::weakly_canonical(fs::absolute(pictures, error), error);
    if (error || std::ranges::mismatch(place, root).in2 != root.end())
        return {};
    auto better = root.parent_path() / (root.filename().native() + " runs") / place.filename();
    if (place == root)
        better = better.parent_path() / "1";
    return fail(ErrorCode::Invalid, "lies in the folder of the pictures", run,
        "choose a place outside of it, such as " + inOneLine(better));
}

} // namespace vernier::cli
