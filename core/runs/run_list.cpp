#include "core/runs/run_list.h"

#include "core/base/files.h"
#include "core/base/json_reader.h"
#include "core/runs/fork_points.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <ctime>
#include <map>
#include <utility>

namespace vernier {

namespace {

/// The head of a dataset.json, which may list a million pictures, is enough for its folder.
constexpr std::size_t kDatasetHeadBytes = 64 << 10;

/// Ends the parsing with the text under "root".
class RootFinder : public nlohmann::json_sax<nlohmann::json> {
public:
    std::string root;

    bool null() override { return false; }
    bool boolean(bool) override { return false; }
    bool number_integer(number_integer_t) override { return false; }
    bool number_unsigned(number_unsigned_t) override { return false; }
    bool number_float(number_float_t, const string_t&) override { return false; }
    bool string(string_t& value) override
    {
        root = value;
        return false;
    }
    bool binary(binary_t&) override { return false; }
    bool start_object(std::size_t) override { return true; }
    bool key(string_t& name) override { return name == "root"; }
    bool end_object() override { return false; }
    bool start_array(std::size_t) override { return false; }
    bool end_array() override { return false; }
    bool parse_error(std::size_t, const std::string&, const nlohmann::detail::exception&) override
    {
        return false;
    }
};

/// Empty where the file does not begin with it, as every one that Vernier wrote does.
std::filesystem::path datasetRoot(const std::filesystem::path& run)
{
    const auto file = InputFile::open(run / run_files::kDataset);
    if (!file)
        return {};
    std::string head(std::min<std::uint64_t>(file->size(), kDatasetHeadBytes), '\0');
    const auto filled = file->readAt(0, std::as_writable_bytes(std::span(head)));
    if (!filled)
        return {};
    head.resize(*filled);
    RootFinder finder;
    nlohmann::json::sax_parse(head, &finder, nlohmann::json::input_format_t::json, false);
    return pathOfText(finder.root);
}

bool holdsRun(const std::filesystem::path& folder)
{
    std::error_code error;
    return std::any_of(run_files::kAll.begin(), run_files::kAll.end(),
        [&](const char* file) { return std::filesystem::exists(folder / file, error); });
}

std::string changed(const std::filesystem::path& folder)
{
    std::error_code error;
    const auto time = std::filesystem::last_write_time(folder, error);
    if (error)
        return {};
    return timeStamp(std::chrono::system_clock::to_time_t(
        std::chrono::time_point_cast<std::chrono::system_clock::duration>(
            std::chrono::file_clock::to_sys(time))));
}

/// Of several problems the first is told.
template <class T> void take(Result<T> read, T& value, std::optional<Error>& problem)
{
    if (read)
        value = std::move(*read);
    else if (!problem)
        problem = read.error();
}

Recipe shippedRecipe(const std::string& name)
{
    return builtInRecipe(name).value_or(builtInRecipe("default").value_or(Recipe()));
}

/// Of the finished epochs: what was changed in one that was broken off is gone with it. The last
/// change of an epoch is the one that counts.
std::vector<RateChange> rateChanges(const RunInfo& run)
{
    std::vector<RateChange> changes;
    PhaseStarted phase;
    std::map<std::string, double> rates; // that were changed in the phase
    for (const auto& event : run.events) {
        if (const auto* started = std::get_if<PhaseStarted>(&event)) {
            phase = *started;
            rates.clear();
        }
        const auto* changed = std::get_if<RateChanged>(&event);
        if (!changed || changed->epoch > run.epochsDone())
            continue;
        const auto [rate, first]
            = rates.try_emplace(changed->block, phase.plan.rate(changed->block));
        const double before = std::exchange(rate->second, changed->rate);
        const auto same = std::ranges::find_if(changes, [&](const RateChange& change) {
            return change.group == changed->block && change.epoch == changed->epoch;
        });
        if (same == changes.end())
            changes.push_back(
                { changed->block, phase.phase, changed->epoch, before, changed->rate });
        else
            same->after = changed->rate;
    }
    std::erase_if(changes, [](const RateChange& change) { return change.before == change.after; });
    return changes;
}

void holdAgainst(RunSummary& run, const std::string& name, const Recipe& other)
{
    run.comparedWith = name;
    auto recipe = run.recipe;
    const auto common = std::min(recipe.phases.size(), other.phases.size());
    run.furtherPhases.assign(
        recipe.phases.begin() + static_cast<std::ptrdiff_t>(common), recipe.phases.end());
    recipe.phases.resize(common);
    run.differences = differences(other, recipe);
}

/// Fills what a run is held against; `all` are its possible parents.
void compare(RunSummary& run, const std::vector<RunSummary>& all)
{
    if (run.problem)
        return;
    if (const auto& parent = run.record.parent) {
        const auto known = std::find_if(all.begin(), all.end(),
            [&](const RunSummary& each) { return each.folder == parent->run && !each.problem; });
        std::optional<RunSummary> elsewhere;
        if (known == all.end())
            elsewhere = summarizeRun(parent->run);
        const RunSummary& from = elsewhere ? *elsewhere : *known;
        if (!from.problem) {
            holdAgainst(run, from.name(),
                recipeThrough(from.recipe, from.epochs, parent->epoch).value_or(from.recipe));
            run.comparedWithParent = true;
            std::erase_if(run.rateChanges,
                [&](const RateChange& change) { return change.epoch <= parent->epoch; });
            return;
        }
    }
    const auto shipped = asWrittenByRun(shippedRecipe(run.recipe.name), run.recipe);
    holdAgainst(run, shipped.name, shipped);
}

} // namespace

std::string toText(const RateChange& change)
{
    return change.group + " " + shortNumber(change.before) + " > " + shortNumber(change.after)
        + " in epoch " + std::to_string(change.epoch);
}

std::string RunSummary::name() const
{
    return notes.name.empty() ? utf8(folder.filename()) : notes.name;
}

std::string RunSummary::started() const
{
    // A fork has its parent's sittings too, of the epochs that it took over.
    const int before = record.parent ? record.parent->epoch : 0;
    const auto own = std::ranges::find_if(
        record.sittings, [before](const Sitting& sitting) { return sitting.firstEpoch > before; });
    return own == record.sittings.end() ? changed(folder) : own->started;
}

RunSummary summarizeRun(const std::filesystem::path& folder)
{
    RunSummary run;
    run.folder = folder;
    RunInfo info;
    take(readRun(folder), info, run.problem);
    take(readRunRecord(folder), run.record, run.problem);
    take(readRunNotes(folder), run.notes, run.problem);
    info.folder = folder;
    run.forkable = forkableEpochs(info);
    run.recipe = std::move(info.recipe);
    run.finished = info.finished;
    run.rateChanges = rateChanges(info);
    static_cast<RunCourse&>(run) = std::move(info);
    run.dataset = datasetRoot(folder);
    return run;
}

Result<std::vector<RunSummary>> readRunList(
    const std::filesystem::path& parent, std::stop_token stop, const ProgressSink& progress)
{
    std::error_code error;
    std::vector<std::filesystem::path> folders;
    std::filesystem::directory_iterator it(parent, error);
    for (; !error && it != std::filesystem::directory_iterator(); it.increment(error)) {
        std::error_code ignored;
        if (it->is_directory(ignored) && holdsRun(it->path()))
            folders.push_back(it->path());
    }
    if (error)
        return fail(error == std::errc::no_such_file_or_directory ? ErrorCode::NotFound
                                                                  : ErrorCode::Unreadable,
            "cannot be read: " + error.message(), parent, "choose a folder that holds runs");
    std::sort(folders.begin(), folders.end());
    std::vector<RunSummary> runs;
    for (const auto& folder : folders) {
        if (stop.stop_requested())
            return cancelled();
        runs.push_back(summarizeRun(folder));
        if (progress)
            progress({ "reading runs", static_cast<std::int64_t>(runs.size()),
                static_cast<std::int64_t>(folders.size()) });
    }
    for (auto& run : runs)
        compare(run, runs);
    return runs;
}

} // namespace vernier
