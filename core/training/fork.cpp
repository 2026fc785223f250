#include "core/training/fork.h"

#include "core/base/files.h"
#include "core/base/folders.h"
#include "core/base/temporary_name.h"
#include "core/runs/event_log.h"
#include "core/runs/fork_points.h"
#include "core/runs/run_files.h"
#include "core/runs/run_record.h"
#include "core/training/checkpoint.h"
#include "core/training/kept_epochs.h"
#include "core/weights/model_file.h"

#include <algorithm>
#include <set>

namespace vernier {

namespace {

/// The last weights of a run whose weights are averaged are those that trained; where it ends they
/// become their averages.
Status adoptAveragesOf(const RunInfo& run, const Network& network)
{
    if (run.recipe.averageDecay == 0)
        return {};
    const auto resume = readResume(run.folder, run.recipe);
    return resume ? adoptAverages(*resume, network, run.folder) : tl::unexpected(resume.error());
}

/// From what was kept of the epoch, or else from the best or the last weights where they are its.
Result<Network> networkOf(const RunInfo& run, const ModelDescription& description, int epoch)
{
    std::error_code error;
    if (std::filesystem::exists(keptEpochFile(run.folder, epoch), error)) {
        return keptNetwork(
            run.folder, run.recipe, description, phaseOf(run, epoch).value_or(0), epoch);
    }
    for (const std::string name : { run_files::kBest, run_files::kLast }) {
        auto model = readModel(run.folder / name);
        if (!model || model->epoch != epoch || model->network.description() != description)
            continue;
        if (name == run_files::kLast) {
            if (auto ok = adoptAveragesOf(run, model->network); !ok)
                return tl::unexpected(ok.error());
        }
        return std::move(model->network);
    }
    return fail(ErrorCode::NotFound, "has not kept the weights of epoch " + std::to_string(epoch),
        run.folder, "fork at its best or last epoch, or train with every epoch kept");
}

Status write(const RunInfo& run, const Recipe& recipe, int epoch, const std::filesystem::path& to)
{
    const auto dataset = readTextFile(run.folder / run_files::kDataset, kMaxRunTextBytes);
    if (!dataset)
        return tl::unexpected(dataset.error());
    const auto events = readTextFile(run.folder / run_files::kEvents, kMaxRunTextBytes);
    if (!events)
        return tl::unexpected(events.error());
    const auto model = readModel(run.folder / run_files::kBest);
    if (!model)
        return tl::unexpected(model.error());
    const auto& description = model->network.description();
    const auto* best = bestThrough(run, epoch);
    if (!best)
        return fail(ErrorCode::Corrupt, "has no best epoch up to " + std::to_string(epoch),
            run.folder, "fork at a later epoch");
    const auto last = networkOf(run, description, epoch);
    if (!last)
        return tl::unexpected(last.error());
    const auto bestNetwork = best->epoch == epoch ? last : networkOf(run, description, best->epoch);
    if (!bestNetwork)
        return tl::unexpected(bestNetwork.error());

    auto record = readRunRecord(run.folder);
    if (!record)
        return tl::unexpected(record.error());
    record->parent = RunParent { std::filesystem::absolute(run.folder), epoch };
    std::erase_if(
        record->sittings, [&](const Sitting& sitting) { return sitting.firstEpoch > epoch; });

    Counters counters;
    counters.startPhase(static_cast<int>(recipe.phases.size()));
    counters.epoch = epoch;
    counters.bestEpoch = best->epoch;
    counters.bestAccuracy = best->validationAccuracy.value_or(0);
    counters.bestLoss = best->validationLoss.value_or(0);
    counters.bestCount = best->validationCount;
    if (const auto before = readResume(run.folder, run.recipe);
        before && before->counters.bestEpoch == best->epoch)
        counters.bestOn = before->counters.bestOn;
    Finished finished;
    finished.bestEpoch = best->epoch;
    finished.validationAccuracy = counters.bestAccuracy;
    finished.validationCount = counters.bestCount;
    finished.run = to;

    // The recipe last: without it the folder holds no run.
    return writeRunRecord(to, *record)
        .and_then([&] { return writeFileAtomically(to / run_files::kDataset, *dataset); })
        .and_then([&] { return writeFileAtomically(to / run_files::kEvents, *events); })
        .and_then([&] { return EventLog::open(to / run_files::kEvents, epoch); })
        .and_then(
            [&](EventLog log) { return log.write(finished).and_then([&] { return log.sync(); }); })
        .and_then([&] { return writeModel(to / run_files::kBest, *bestNetwork, best->epoch); })
        .and_then([&] { return writeModel(to / run_files::kLast, *last, epoch); })
        .and_then(
            [&] { return writeResume(to, counters, Optimizer(recipe.optimizer), nullptr, {}); })
        .and_then([&] { return writeFileAtomically(to / run_files::kRecipe, toJson(recipe)); });
}

/// Whether a folder holds nothing but what a fork wrote that was broken off, if that: it has its
/// record first and its recipe last.
bool isBrokenOff(const std::filesystem::path& to)
{
    std::set<std::string> names;
    std::error_code error;
    std::filesystem::directory_iterator it(to, error);
    for (; !error && it != std::filesystem::directory_iterator(); it.increment(error)) {
        const auto name = it->path().filename().native();
        const auto own = std::ranges::find_if(run_files::kAll,
            [&](const std::string& file) { return name == file || isTemporaryName(name, file); });
        if (own == run_files::kAll.end())
            return false;
        names.insert(name);
    }
    const bool hasNothingYet
        = std::ranges::all_of(names, [](const std::string& name) { return isTemporaryName(name); });
    return !error && !names.contains(run_files::kRecipe) && !names.contains(run_files::kNotes)
        && (hasNothingYet || names.contains(run_files::kRecord));
}

} // namespace

Status forkRun(const std::filesystem::path& folder, int epoch, const std::filesystem::path& to)
{
    auto run = readRun(folder);
    if (!run)
        return tl::unexpected(run.error());
    const auto recipe = recipeThrough(run->recipe, run->epochs, epoch);
    if (!recipe)
        return fail(ErrorCode::NotFound, "has no finished epoch " + std::to_string(epoch), folder,
            "choose one from 1 to " + std::to_string(run->epochsDone()));
    std::error_code error;
    const bool isNew = !std::filesystem::exists(to, error);
    if (!isNew && !isBrokenOff(to))
        return fail(ErrorCode::Exists, "is there already", to, "choose another folder");
    if (auto made = makeFolders(to); !made)
        return made;
    removeTemporaryRunFiles(to);
    auto written = write(*run, *recipe, epoch, to);
    if (!written && isNew)
        std::filesystem::remove_all(to, error);
    return written;
}

} // namespace vernier
