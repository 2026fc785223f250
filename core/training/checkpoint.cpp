#include "core/training/checkpoint.h"

#include "core/base/json_reader.h"

namespace vernier {

namespace {

constexpr const char* kCountersKey = "counters";
constexpr std::string_view kAverage = "average/"; // before the name of an averaged weight

std::filesystem::path previousOf(std::filesystem::path file) { return file += ".previous"; }

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
    // Not every file system has links.
    if (error
        && !std::filesystem::copy_file(
            file, previous, std::filesystem::copy_options::overwrite_existing, error))
        return fail(ErrorCode::Unreadable, "cannot be written: " + error.message(), previous);
    return {};
}

void dropPrevious(const std::filesystem::path& file)
{
    std::error_code ignored;
    std::filesystem::remove(previousOf(file), ignored);
}

Result<LoadedModel> readModelOfEpoch(const std::filesystem::path& file, int epoch)
{
    auto model = readModel(file);
    if (model && model->epoch == epoch) {
        dropPrevious(file);
        return model;
    }
    const auto previous = previousOf(file);
    std::error_code error;
    if (std::filesystem::exists(previous, error)) {
        auto kept = readModel(previous);
        if (kept && kept->epoch == epoch) {
            std::filesystem::rename(previous, file, error);
            if (error)
                return fail(
                    ErrorCode::Unreadable, "cannot be put in place: " + error.message(), file);
            return kept;
        }
    }
    if (!model)
        return model;
    return fail(ErrorCode::Corrupt,
        "is of epoch " + std::to_string(model->epoch) + ", where the run stands at epoch "
            + std::to_string(epoch),
        file, "start a new run");
}

Status writeResume(const std::filesystem::path& folder, const Counters& c,
    const Optimizer& optimizer, const WeightAverage* average)
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
    NamedTensors tensors;
    for (const auto& [name, tensor] : optimizer.state())
        tensors.emplace_back(name, tensor);
    if (average) {
        for (const auto& [name, tensor] : average->state())
            tensors.emplace_back(std::string(kAverage) + name, tensor);
    }
    return writeTensors(folder / run_files::kResume, tensors, { { kCountersKey, j.dump() } });
}

Result<Resume> readResume(const std::filesystem::path& folder)
{
    const auto path = folder / run_files::kResume;
    const auto file = SafetensorsFile::open(path);
    if (!file)
        return tl::unexpected(file.error());
    const auto text = file->metadata().find(kCountersKey);
    if (text == file->metadata().end())
        return fail(ErrorCode::Corrupt, "does not say where the run stands", path);
    const auto parsed = parseJson(text->second, path);
    if (!parsed)
        return tl::unexpected(parsed.error());
    Resume resume;
    auto& c = resume.counters;
    try {
        const auto& j = *parsed;
        c.phase = j.at("phase").get<int>();
        c.epochInPhase = j.at("epoch_in_phase").get<int>();
        c.epoch = j.at("epoch").get<int>();
        c.bestEpoch = j.at("best_epoch").get<int>();
        c.bestAccuracy = j.at("best_accuracy").get<double>();
        c.bestLoss = j.at("best_loss").get<double>();
        c.bestCount = j.at("best_count").get<std::int64_t>();
        c.bestOn = j.value("best_on", std::string());
        c.optimizerSteps = j.at("optimizer_steps").get<std::int64_t>();
        c.rates = j.at("rates").get<std::map<std::string, double>>();
        c.epochsSinceBetter = j.value("epochs_since_better", 0);
        if (j.contains("least_watched"))
            c.leastWatched = j.at("least_watched").get<double>();
    } catch (const nlohmann::json::exception& e) {
        return fail(ErrorCode::Corrupt,
            std::string("does not say where the run stands: ") + e.what(), path);
    }
    for (auto& [name, tensor] : toTensors(*file)) {
        if (name.starts_with(kAverage))
            resume.averages[name.substr(kAverage.size())] = tensor;
        else
            resume.optimizer[name] = tensor;
    }
    return resume;
}

} // namespace vernier
