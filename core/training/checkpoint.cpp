#include "core/training/checkpoint.h"

#include "core/base/files.h"
#include "core/base/folders.h"
#include "core/base/json_reader.h"
#include "core/base/text.h"
#include "core/recipe/recipe_bounds.h"
#include "core/weights/weight_file.h"

#include <limits>

namespace vernier {

namespace {

constexpr const char* kCountersKey = "counters";
constexpr std::string_view kAverage = "average/"; // before the name of an averaged weight

constexpr const char* kAdvice = "start a new run, or fork this one at an epoch that it has kept";
// Of the training pictures in a pass; a folder of more cannot be scanned.
constexpr std::int64_t kMostPictures = 1'000'000'000;
constexpr std::size_t kMostRates = 1000;

std::filesystem::path previousOf(std::filesystem::path file) { return file += ".previous"; }

tl::unexpected<Error> noCounters(const std::string& why, const std::filesystem::path& file)
{
    return fail(ErrorCode::Corrupt, "does not say where the run stands: " + why, file, kAdvice);
}

void readUnreadable(JsonReader& reader, std::vector<ScanProblem>& unreadable)
{
    const auto* list = reader.array("unreadable");
    if (!list)
        return;
    for (const auto& row : *list) {
        if (!row.is_array() || row.size() != 2 || !row[0].is_string() || !row[1].is_string())
            return reader.complain("unreadable", "must hold pairs of a picture and a reason");
        unreadable.push_back({ pathOfText(row[0].get<std::string>()), row[1].get<std::string>() });
    }
}

/// Each within what the others and the recipe leave it: they count loops and choose phases.
Status readCounters(const nlohmann::json& json, const Recipe& recipe, Resume& resume)
{
    auto& c = resume.counters;
    JsonReader reader(json, {}, {});
    reader.require({ "phase", "epoch_in_phase", "epoch", "best_epoch", "best_accuracy", "best_loss",
        "best_count", "optimizer_steps", "rates" });
    const auto phases = static_cast<int>(recipe.phases.size());
    reader.read("phase", c.phase, 0, phases);
    int before = 0;
    for (int i = 0; i < c.phase; ++i)
        before += recipe.phases[static_cast<std::size_t>(i)].epochs;
    // Behind the last phase there is none to be in.
    const auto phase
        = c.phase < phases ? recipe.phases[static_cast<std::size_t>(c.phase)] : Phase { {}, 0 };
    reader.read("epoch_in_phase", c.epochInPhase, 0, phase.epochs);
    reader.read("epoch", c.epoch, c.epochInPhase, before + c.epochInPhase);
    reader.read("best_epoch", c.bestEpoch, 0, c.epoch);
    // Before the first epoch it is less than any.
    reader.read("best_accuracy", c.bestAccuracy, c.bestEpoch > 0 ? 0 : -1, 1);
    constexpr double most = std::numeric_limits<double>::max();
    reader.read("best_loss", c.bestLoss, 0, most);
    reader.read("best_count", c.bestCount, 0, kMostPictures);
    reader.read("best_on", c.bestOn);
    const std::int64_t perEpoch = phase.stepsPerEpoch > 0 ? phase.stepsPerEpoch : kMostPictures;
    reader.read("optimizer_steps", c.optimizerSteps, c.epochInPhase, perEpoch * c.epochInPhase);
    reader.read("rates", c.rates, 0, kLargestRate, kMostRates);
    reader.read("epochs_since_better", c.epochsSinceBetter, 0, c.epochInPhase);
    // A loss, or an accuracy less than 0.
    reader.read("least_watched", c.leastWatched, -1, most);
    readUnreadable(reader, resume.unreadable);
    return reader.finishLeniently();
}

bool fits(const torch::Tensor& saved, const torch::Tensor& target)
{
    return saved.sizes() == target.sizes() && saved.scalar_type() == target.scalar_type();
}

} // namespace

void Counters::startPhase(int index)
{
    phase = index;
    epochInPhase = 0;
    optimizerSteps = 0;
    rates.clear();
    epochsSinceBetter = 0;
    leastWatched.reset();
}

Status keepPrevious(const std::filesystem::path& file)
{
    std::error_code error;
    if (!std::filesystem::exists(file, error))
        return {};
    const auto previous = previousOf(file);
    std::filesystem::remove(previous, error);
    std::filesystem::create_hard_link(file, previous, error);
    if (!error)
        return {};
    // Not every file system has links.
    const auto content = readFile(file, kMaxSafetensorsBytes);
    return content ? writeFileAtomically(previous, *content) : tl::unexpected(content.error());
}

void dropPrevious(const std::filesystem::path& file)
{
    std::error_code ignored;
    std::filesystem::remove(previousOf(file), ignored);
}

Result<LoadedModel> readModelOfEpoch(const std::filesystem::path& file, int epoch)
{
    auto model = readModel(file);
    if (model && model->epoch == epoch)
        return model;
    auto kept = readModel(previousOf(file));
    if (kept && kept->epoch == epoch)
        return kept;
    if (!model)
        return model;
    return fail(ErrorCode::Corrupt,
        "is of epoch " + std::to_string(model->epoch) + ", where the run stands at epoch "
            + std::to_string(epoch),
        file, "start a new run");
}

Result<LoadedModel> takeModelOfEpoch(const std::filesystem::path& file, int epoch)
{
    if (auto model = readModel(file); model && model->epoch == epoch) {
        dropPrevious(file);
        return model;
    }
    auto kept = readModelOfEpoch(file, epoch);
    if (!kept)
        return kept;
    if (auto moved = renameOnDisk(previousOf(file), file); !moved)
        return tl::unexpected(moved.error());
    return kept;
}

Status writeResume(const std::filesystem::path& folder, const Counters& c,
    const Optimizer& optimizer, const WeightAverage* average,
    const std::vector<ScanProblem>& unreadable)
{
    nlohmann::ordered_json j;
    j["phase"] = c.phase;
    j["epoch_in_phase"] = c.epochInPhase;
    j["epoch"] = c.epoch;
    j["best_epoch"] = c.bestEpoch;
    j["best_accuracy"] = c.bestAccuracy;
    j["best_loss"] = c.bestLoss;
    j["best_count"] = c.bestCount;
    j["best_on"] = c.bestOn;
    j["optimizer_steps"] = c.optimizerSteps;
    j["rates"] = c.rates;
    j["epochs_since_better"] = c.epochsSinceBetter;
    if (c.leastWatched)
        j["least_watched"] = *c.leastWatched;
    for (const auto& picture : unreadable)
        j["unreadable"].push_back({ textOf(picture.path), picture.reason });
    NamedTensors tensors;
    for (const auto& [name, tensor] : optimizer.state())
        tensors.emplace_back(name, tensor);
    if (average) {
        for (const auto& [name, tensor] : average->state())
            tensors.emplace_back(std::string(kAverage) + name, tensor);
    }
    return writeTensors(folder / run_files::kResume, tensors,
        { { kCountersKey, j.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace) } });
}

Result<Resume> readResume(const std::filesystem::path& folder, const Recipe& recipe)
{
    const auto path = folder / run_files::kResume;
    const auto file = SafetensorsFile::open(path);
    if (!file)
        return tl::unexpected(file.error());
    const auto text = file->metadata().find(kCountersKey);
    if (text == file->metadata().end())
        return noCounters("it has no counters", path);
    const auto parsed = parseJson(text->second, path);
    if (!parsed)
        return tl::unexpected(parsed.error());
    Resume resume;
    if (auto ok = readCounters(*parsed, recipe, resume); !ok)
        return noCounters(ok.error().detail, path);
    for (auto& [name, tensor] : toTensors(*file)) {
        if (!tensor.isfinite().all().item<bool>())
            return fail(
                ErrorCode::Corrupt, shownName(name) + " holds what is no number", path, kAdvice);
        if (name.starts_with(kAverage))
            resume.averages[name.substr(kAverage.size())] = tensor;
        else
            resume.optimizer[name] = tensor;
    }
    return resume;
}

Status adoptAverages(
    const Resume& resume, const Network& network, const std::filesystem::path& folder)
{
    const torch::NoGradGuard noGrad;
    for (const auto& [name, tensor] : network.state()) {
        const auto found = resume.averages.find(name);
        if (found == resume.averages.end())
            continue;
        if (!fits(found->second, tensor))
            return fail(ErrorCode::Corrupt, "has averaged weights of another shape for " + name,
                folder / run_files::kResume, kAdvice);
        tensor.detach().copy_(found->second);
    }
    return {};
}

} // namespace vernier
