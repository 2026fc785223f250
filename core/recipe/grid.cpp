#include "core/recipe/grid.h"

#include "core/base/hash.h"
#include "core/recipe/recipe_phases.h"

#include <algorithm>
#include <set>
#include <span>

namespace vernier {

namespace {

constexpr std::size_t kMostRuns = 1000;
constexpr std::size_t kLongestName = 120; ///< bytes; file systems take 255
constexpr const char* kPhaseKey = "phase";

/// Parts that are not empty, without blanks around them; within brackets nothing is parted.
std::vector<std::string> parted(std::string_view text, char separator)
{
    std::vector<std::string> parts;
    std::string part;
    int depth = 0;
    const auto finish = [&] {
        const auto first = part.find_first_not_of(' ');
        if (first != std::string::npos)
            parts.push_back(part.substr(first, part.find_last_not_of(' ') - first + 1));
        part.clear();
    };
    for (const char c : text) {
        depth += (c == '[' || c == '{') - (c == ']' || c == '}');
        if (c == separator && depth <= 0)
            finish();
        else
            part += c;
    }
    finish();
    return parts;
}

std::string folderName(const std::vector<std::pair<std::string, std::string>>& values)
{
    std::string name;
    for (const auto& [key, value] : values)
        name += (name.empty() ? "" : " ") + key + "=" + value;
    const auto hash = contentHash(std::as_bytes(std::span(name))).hex();
    const auto whole = name;
    std::replace_if(
        name.begin(), name.end(),
        [](char c) { return c == '/' || static_cast<unsigned char>(c) < 0x20; }, '_');
    // What cannot be told in full is told apart.
    if (name.size() > kLongestName || name != whole || name.empty() || name.front() == '.')
        name = name.substr(0, kLongestName) + " " + hash.substr(0, 8);
    return name;
}

} // namespace

Result<GridAxis> gridAxisFromText(std::string_view text)
{
    const auto equals = text.find('=');
    if (equals == std::string_view::npos || equals == 0)
        return fail(ErrorCode::Invalid,
            "--grid " + std::string(text) + " has no key before a \"=\"", {},
            "write --grid head.dropout=0.3,0.5");
    GridAxis axis;
    axis.key = text.substr(0, equals);
    const auto values = text.substr(equals + 1);
    const bool bars = axis.key == kPhaseKey || values.find('|') != std::string_view::npos;
    axis.values = parted(values, bars ? '|' : ',');
    if (axis.values.empty())
        return fail(ErrorCode::Invalid, "--grid " + std::string(text) + " has no value", {},
            "write --grid head.dropout=0.3,0.5");
    if (std::set(axis.values.begin(), axis.values.end()).size() != axis.values.size())
        return fail(ErrorCode::Invalid, "--grid " + std::string(text) + " has a value twice");
    return axis;
}

Result<std::vector<GridRun>> gridRuns(const Recipe& base, const std::vector<GridAxis>& axes)
{
    std::size_t count = 1;
    std::set<std::string> keys;
    for (const auto& axis : axes) {
        if (!keys.insert(axis.key).second)
            return fail(ErrorCode::Invalid, axis.key + ": is in the grid twice");
        count *= axis.values.size();
        if (count > kMostRuns)
            return fail(ErrorCode::TooLarge,
                "the grid has more than " + std::to_string(kMostRuns) + " runs", {},
                "leave out values");
    }
    std::vector<GridRun> runs;
    for (std::size_t i = 0; i < count; ++i) {
        GridRun run;
        std::size_t rest = i;
        for (auto axis = axes.rbegin(); axis != axes.rend(); ++axis) {
            run.values.emplace_back(axis->key, axis->values[rest % axis->values.size()]);
            rest /= axis->values.size();
        }
        std::reverse(run.values.begin(), run.values.end());
        run.name = folderName(run.values);
        std::vector<std::pair<std::string, std::string>> settings;
        std::vector<std::string> phases;
        for (const auto& [key, value] : run.values) {
            if (key == kPhaseKey)
                phases = parted(value, ';');
            else
                settings.emplace_back(key, value);
        }
        auto recipe = withValues(base, settings).and_then([&](const Recipe& r) {
            return withPhases(r, phases);
        });
        if (!recipe) {
            auto error = recipe.error();
            error.detail = run.name + ": " + error.detail;
            return tl::unexpected(error);
        }
        run.recipe = std::move(*recipe);
        runs.push_back(std::move(run));
    }
    return runs;
}

} // namespace vernier
