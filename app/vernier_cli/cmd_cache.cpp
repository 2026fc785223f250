#include "app/vernier_cli/commands.h"
#include "app/vernier_cli/console.h"

#include "core/base/text.h"
#include "core/features/feature_cache.h"

#include <algorithm>
#include <cctype>
#include <charconv>
#include <cmath>
#include <iostream>

#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

namespace vernier::cli {

namespace {

FeatureCache openCache()
{
    return FeatureCache(FeatureCache::Options { .folder = FeatureCache::defaultFolder() });
}

/// "8GB", "1.5 gb", "500M", "0", bytes without a unit; "auto" is none.
Result<std::optional<std::uint64_t>> sizeFrom(std::string text)
{
    constexpr std::string_view units = "kmgt";
    const auto wrong = [&] {
        return fail(ErrorCode::Invalid, "\"" + text + "\" is no size", {},
            "write a size such as 4GB or 500MB, or auto");
    };
    if (text == "auto")
        return std::nullopt;
    double number = 0;
    const auto [rest, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (error != std::errc())
        return wrong();
    std::string unit;
    for (const char c : std::string_view(rest, text.data() + text.size())) {
        if (c != ' ')
            unit += static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
    }
    if (unit.ends_with('b'))
        unit.pop_back();
    if (!unit.empty()) {
        const auto power = units.find(unit);
        if (unit.size() > 1 || power == std::string_view::npos)
            return wrong();
        number *= std::pow(1000.0, static_cast<double>(power + 1));
    }
    if (!(number >= 0 && number <= 1e18))
        return wrong();
    return static_cast<std::uint64_t>(number);
}

int info(FeatureCache& cache, bool asJson)
{
    const auto info = cache.info();
    if (asJson) {
        nlohmann::ordered_json j;
        j["folder"] = writtenPath(info.folder);
        j["entries"] = info.entries;
        j["bytes"] = info.diskBytes;
        j["limit_bytes"] = info.diskLimit;
        j["note"] = info.note;
        std::cout << j.dump() << '\n';
        return kDone;
    }
    std::cout << "folder   " << inOneLine(info.folder) << "\nentries  " << grouped(info.entries)
              << "\nsize     " << byteCount(info.diskBytes) << "\nlimit    "
              << byteCount(info.diskLimit) << '\n';
    if (!info.note.empty())
        std::cout << "note     " << printable(info.note) << '\n';
    return kDone;
}

int clear(bool asJson)
{
    auto cache = openCache();
    const auto before = cache.info();
    if (auto ok = cache.clear(); !ok)
        return report(ok.error());
    const auto freed = before.diskBytes - std::min(before.diskBytes, cache.info().diskBytes);
    if (asJson)
        std::cout << nlohmann::ordered_json { { "freed_bytes", freed } }.dump() << '\n';
    else
        std::cout << "freed " << byteCount(freed) << '\n';
    return kDone;
}

int limit(const std::string& size, bool asJson)
{
    const auto bytes = sizeFrom(size);
    if (!bytes) {
        report(bytes.error());
        return kWrongUsage;
    }
    auto cache = openCache();
    if (auto ok = cache.setDiskLimit(*bytes); !ok)
        return report(ok.error());
    return info(cache, asJson);
}

} // namespace

void addCache(CLI::App& app, Command& chosen)
{
    auto* command = app.add_subcommand(
        "cache", "Features that were computed once and are kept on disk for the next training");
    command->require_subcommand(1);
    auto asJson = std::make_shared<bool>(false);
    const auto add = [&](const char* name, const char* about, const Command& run) {
        auto* part = command->add_subcommand(name, about);
        part->add_flag("--json", *asJson, "One JSON object");
        part->callback([=, &chosen] { chosen = run; });
        return part;
    };
    add("info", "Where it lies, how large it is and may become", [=] {
        auto cache = openCache();
        return info(cache, *asJson);
    });
    add("clear", "Removes all that is kept", [=] { return clear(*asJson); });
    auto size = std::make_shared<std::string>();
    add("limit", "Sets how large it may become, for the window too",
        [=] { return limit(*size, *asJson); })
        ->add_option("SIZE", *size,
            "Such as 4GB or 500MB; 0 keeps nothing on disk; auto is the smaller of 8 GB and a "
            "quarter of the free disk")
        ->required();
}

} // namespace vernier::cli
