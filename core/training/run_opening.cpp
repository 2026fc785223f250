#include "core/training/run_opening.h"

#include "core/base/files.h"
#include "core/base/folders.h"
#include "core/base/text.h"
#include "core/base/version.h"
#include "core/model/devices.h"
#include "core/recipe/pretrained.h"
#include "core/runs/run_files.h"
#include "core/runs/run_record.h"
#include "core/weights/model_file.h"

#include <algorithm>

namespace vernier {

namespace {

Status checkTrainable(const DatasetSnapshot& dataset)
{
    int classesWithPictures = 0;
    for (std::size_t c = 0; c < dataset.classes.size(); ++c)
        classesWithPictures += dataset.count(static_cast<ClassIndex>(c), Split::Train) > 0;
    if (classesWithPictures < 2)
        return fail(ErrorCode::Invalid,
            "training needs pictures of at least two classes, there "
                + std::string(classesWithPictures == 1 ? "is one" : "are none"),
            dataset.root, "add a folder for each class");
    return {};
}

/// Files called like a run's where there is none are somebody's; but for what a fork left that was
/// broken off, which has its record first.
bool holdsFilesOfOthers(const std::filesystem::path& folder)
{
    std::error_code error;
    const auto has
        = [&](const auto& name) { return std::filesystem::exists(folder / name, error); };
    if (has(run_files::kRecipe))
        return false;
    if (has(run_files::kDataset) && !holdsRunDataset(folder))
        return true;
    return !has(run_files::kRecord)
        && (has(run_files::kBest) || has(run_files::kLast) || has(run_files::kResume));
}

Status checkFresh(const TrainingJob& job)
{
    std::error_code error;
    if (holdsFilesOfOthers(job.folder))
        return fail(ErrorCode::Exists, "holds files that are called as those of a run, but no run",
            job.folder, "choose another folder");
    if (std::filesystem::exists(job.folder / run_files::kRecipe, error) && !isBegunOnly(job.folder))
        return fail(ErrorCode::Exists, "already holds a run", job.folder,
            "choose another folder, or go on with that run (--resume)");
    return check(job.recipe);
}

/// The recipe with the phases of the job behind what was trained of the run's own.
Result<Recipe> extended(Recipe recipe, const TrainingJob& job, Counters& counters)
{
    if (counters.epoch == 0)
        return fail(ErrorCode::NotFound, "has no finished epoch to go on from", job.folder,
            "train it first");
    // A phase that was stopped ends where it stands, so that the recipe stays a true account of the
    // run.
    auto& phases = recipe.phases;
    const bool inPhase = counters.epochInPhase > 0;
    phases.resize(
        std::min(phases.size(), static_cast<std::size_t>(counters.phase) + (inPhase ? 1 : 0)));
    if (inPhase && !phases.empty())
        phases.back().epochs = counters.epochInPhase;
    counters.startPhase(static_cast<int>(phases.size()));
    phases.insert(phases.end(), job.recipe.phases.begin(), job.recipe.phases.end());
    if (auto ok = check(recipe); !ok)
        return tl::unexpected(ok.error());
    return recipe;
}

Status recordSitting(const TrainingJob& job, const torch::Device& device, int firstEpoch)
{
    // A run that starts anew in its folder keeps its parent.
    auto record
        = job.mode == RunMode::Fresh ? Result<RunRecord>(RunRecord {}) : readRunRecord(job.folder);
    if (!record)
        return tl::unexpected(record.error());
    auto& sittings = record->sittings;
    std::erase_if(
        sittings, [&](const Sitting& sitting) { return sitting.firstEpoch >= firstEpoch; });
    const auto precision = computeType(job.recipe.precision, device) == torch::kBFloat16
        ? Precision::Bf16
        : Precision::Fp32;
    sittings.push_back({ timeStamp(std::time(nullptr)), firstEpoch, device.str(),
        deviceName(device.str()), std::string(name(precision)), at::get_num_threads(),
        vernierVersion(), torchVersion() });
    return writeRunRecord(job.folder, *record);
}

/// The job with the run's own recipe, pictures and kept epochs, and where the run stands.
Status settle(TrainingJob& job, bool goesOn, Resume& resume)
{
    if (job.mode == RunMode::Fresh) {
        if (auto ok = checkFresh(job); !ok)
            return ok;
    } else {
        auto run = readRun(job.folder);
        if (!run)
            return tl::unexpected(run.error());
        if (goesOn) {
            auto read = readResume(job.folder, run->recipe);
            if (!read)
                return tl::unexpected(read.error());
            resume = std::move(*read);
        }
        auto recipe = job.mode == RunMode::Resume
            ? std::move(run->recipe)
            : extended(std::move(run->recipe), job, resume.counters);
        if (!recipe)
            return tl::unexpected(recipe.error());
        job.recipe = std::move(*recipe);
    }
    removeTemporaryRunFiles(job.folder);
    const auto kept = job.folder / run_files::kKept;
    const auto ownKept = checkOwnFolder(kept);
    const bool isThere = ownKept || ownKept.error().code != ErrorCode::NotFound;
    job.keepEpochs = job.keepEpochs || (isThere && job.mode != RunMode::Fresh);
    if (job.keepEpochs && isThere) {
        if (!ownKept)
            return ownKept;
        removeTemporaryFiles(kept);
    }
    if (!job.dataset || job.mode == RunMode::Resume) {
        MovedPictures moved;
        if (job.dataset) {
            moved.folder = job.dataset->root;
            moved.only = true;
        }
        auto dataset = readRunDataset(job.folder, moved);
        if (!dataset)
            return tl::unexpected(dataset.error());
        job.dataset = *dataset;
    }
    return checkTrainable(*job.dataset);
}

/// As the run goes on with it. The recipe's normalization becomes the one that came out, so that
/// the run goes on without the file of its first weights.
Result<Network> standingNetwork(TrainingJob& job, bool goesOn, const Resume& resume)
{
    const auto description = describeModel(job.recipe, job.dataset->classes);
    if (!description)
        return tl::unexpected(description.error());
    job.recipe.normalization = description->normalization.name;
    if (!goesOn)
        return startingNetwork(job.recipe, *description);
    const auto file = job.folder / run_files::kLast;
    auto last = takeModelOfEpoch(file, resume.counters.epoch);
    if (!last)
        return tl::unexpected(last.error());
    if (last->network.description() != *description)
        return fail(ErrorCode::Mismatch,
            "holds a model of other classes, another head or other pictures than its recipe", file,
            "start a new run");
    // Another phase goes on from what was measured, as within one run.
    if (job.mode == RunMode::Extend) {
        if (auto ok = adoptAverages(resume, last->network, job.folder); !ok)
            return tl::unexpected(ok.error());
    }
    return std::move(last->network);
}

/// What the folder holds of a run before its first epoch.
Result<EventLog> begin(const TrainingJob& job, const Counters& counters, torch::Device device)
{
    if (job.mode == RunMode::Fresh) {
        // Of a run that was broken off while it was made: it would be gone on with.
        std::error_code error;
        std::filesystem::remove(job.folder / run_files::kResume, error);
    }
    // A resumed run's list of pictures stays as it was, whatever is missing at the moment.
    if (job.mode != RunMode::Resume) {
        if (auto ok
            = writeFileAtomically(job.folder / run_files::kDataset, datasetToJson(*job.dataset));
            !ok)
            return tl::unexpected(ok.error());
    }
    auto log = EventLog::open(job.folder / run_files::kEvents, counters.epoch);
    if (!log)
        return log;
    if (auto ok = recordSitting(job, device, counters.epoch + 1); !ok)
        return tl::unexpected(ok.error());
    // Last of all: without it the folder holds no run, and another may begin there.
    if (auto ok = writeFileAtomically(job.folder / run_files::kRecipe, toJson(job.recipe)); !ok)
        return tl::unexpected(ok.error());
    return log;
}

} // namespace

Result<OpenedRun> openRun(const TrainingJob& request)
{
    auto job = request;
    if (auto made = makeFolders(job.folder); !made)
        return tl::unexpected(made.error());
    auto lock = FolderLock::take(job.folder);
    if (!lock)
        return tl::unexpected(lock.error());
    // A run that was ended before its first checkpoint is one that starts anew in the same folder.
    std::error_code error;
    const bool goesOn = job.mode != RunMode::Fresh
        && std::filesystem::exists(job.folder / run_files::kResume, error);
    Resume resume;
    if (auto ok = settle(job, goesOn, resume); !ok)
        return tl::unexpected(ok.error());
    auto here = placed(job.recipe.device, [&] { return standingNetwork(job, goesOn, resume); });
    if (!here)
        return tl::unexpected(here.error());
    std::map<std::string, torch::Tensor> best;
    if (goesOn) {
        auto saved = takeModelOfEpoch(job.folder / run_files::kBest, resume.counters.bestEpoch);
        if (!saved)
            return tl::unexpected(saved.error());
        saved->network.to(here->device);
        for (auto& [name, tensor] : saved->network.state())
            best[name] = tensor;
    }
    auto log = begin(job, resume.counters, here->device);
    if (!log)
        return tl::unexpected(log.error());
    return OpenedRun { std::move(job), std::move(*lock), std::move(*here), std::move(*log),
        std::move(resume), std::move(best) };
}

} // namespace vernier
