#include "core/training/checkpoint.h"

#include "core/base/json_reader.h"
#include "core/weights/model_file.h"

namespace vernier {

namespace {

constexpr const char* kCountersKey = "counters";

} // namespace

Status writeResume(
    const std::filesystem::path& folder, const Counters& c, const Optimizer& optimizer)
{
    nlohmann::ordered_json j;
    j["phase"] = c.phase;
    j["epoch_in_phase"] = c.epochInPhase;
    j["epoch"] = c.epoch;
    j["best_epoch"] = c.bestEpoch;
    j["best_accuracy"] = c.bestAccuracy;
    j["best_loss"] = c.bestLoss;
    j["best_count"] = c.bestCount;
    j["optimizer_steps"] = c.optimizerSteps;
    j["rates"] = c.rates;
    NamedTensors tensors;
    for (const auto& [name, tensor] : optimizer.state())
        tensors.emplace_back(name, tensor);
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
        c.optimizerSteps = j.at("optimizer_steps").get<std::int64_t>();
        c.rates = j.at("rates").get<std::map<std::string, double>>();
    } catch (const nlohmann::json::exception& e) {
        return fail(ErrorCode::Corrupt,
            std::string("does not say where the run stands: ") + e.what(), path);
    }
    resume.optimizer = toTensors(*file);
    return resume;
}

} // namespace vernier
