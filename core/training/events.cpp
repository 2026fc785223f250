#include "core/training/events.h"

#include "core/base/json_reader.h"
#include "core/base/text.h"

#include <array>
#include <cmath>
#include <cstdio>

namespace vernier {

namespace {

using nlohmann::json;
using nlohmann::ordered_json;

template <class... Ts> struct Overloaded : Ts... {
    using Ts::operator()...;
};
template <class... Ts> Overloaded(Ts...) -> Overloaded<Ts...>;

ordered_json orNull(const std::optional<double>& value)
{
    return value ? ordered_json(*value) : ordered_json(nullptr);
}

std::optional<double> optionalNumber(const json& object, const char* key)
{
    const auto found = object.find(key);
    return found != object.end() && found->is_number() ? std::optional(found->get<double>())
                                                       : std::nullopt;
}

/// Runs of before there were schedules name none.
ScheduleKind scheduleNamed(std::string_view text)
{
    for (const auto kind : { ScheduleKind::Step, ScheduleKind::Cosine, ScheduleKind::OneCycle }) {
        if (name(kind) == text)
            return kind;
    }
    return ScheduleKind::Constant;
}

std::string fixed(double value, int digits)
{
    std::array<char, 32> buffer {};
    std::snprintf(buffer.data(), buffer.size(), "%.*f", digits, value);
    return buffer.data();
}

} // namespace

std::string toJson(const TrainingEvent& event)
{
    ordered_json j;
    std::visit(Overloaded {
                   [&](const PhaseStarted& e) {
                       j["event"] = "phase";
                       j["phase"] = e.phase;
                       j["first_epoch"] = e.firstEpoch;
                       j["epochs"] = e.epochs;
                       j["head_rate"] = e.plan.headRate;
                       j["block_rates"] = e.plan.blockRates;
                       j["layer_rates"] = e.plan.layerRates;
                       j["cut"] = e.cutLayer;
                       j["trainable_parameters"] = e.trainableParameters;
                       j["parameters"] = e.parameters;
                       j["schedule"] = name(e.schedule);
                       j["phases"] = e.phases;
                   },
                   [&](const Preparing& e) {
                       j["event"] = "preparing";
                       j["done"] = e.done;
                       j["total"] = e.total;
                       j["images_per_second"] = e.picturesPerSecond;
                   },
                   [&](const StepDone& e) {
                       j["event"] = "step";
                       j["phase"] = e.phase;
                       j["epoch"] = e.epoch;
                       j["step"] = e.step;
                       j["steps"] = e.steps;
                       j["running_loss"] = e.runningLoss;
                       j["running_accuracy"] = e.runningAccuracy;
                       j["images_per_second"] = e.picturesPerSecond;
                       j["seconds_left"] = e.secondsLeft;
                       j["validating"] = e.validating;
                       j["testing"] = e.testing;
                       j["rate_factor"] = e.rateFactor;
                   },
                   [&](const EpochDone& e) {
                       j["event"] = "epoch";
                       j["phase"] = e.phase;
                       j["epoch"] = e.epoch;
                       j["train_loss"] = e.trainLoss;
                       j["train_accuracy"] = e.trainAccuracy;
                       j["train_count"] = e.trainCount;
                       j["validation_loss"] = orNull(e.validationLoss);
                       j["validation_accuracy"] = orNull(e.validationAccuracy);
                       j["validation_count"] = e.validationCount;
                       j["seconds"] = e.seconds;
                       j["images_per_second"] = e.picturesPerSecond;
                       j["best"] = e.best;
                   },
                   [&](const Note& e) {
                       j["event"] = "note";
                       j["text"] = e.text;
                       j["details"] = e.details;
                   },
                   [&](const RateChanged& e) {
                       j["event"] = "rate";
                       j["block"] = e.block;
                       j["rate"] = e.rate;
                       j["epoch"] = e.epoch;
                   },
                   [&](const Paused& e) {
                       j["event"] = "paused";
                       j["paused"] = e.paused;
                   },
                   [&](const Finished& e) {
                       j["event"] = "finished";
                       j["stopped"] = e.stopped;
                       j["best_epoch"] = e.bestEpoch;
                       j["validation_accuracy"] = e.validationCount > 0
                           ? ordered_json(e.validationAccuracy)
                           : ordered_json(nullptr);
                       j["validation_count"] = e.validationCount;
                       j["test_accuracy"] = orNull(e.testAccuracy);
                       j["test_count"] = e.testCount;
                       j["run"] = utf8(e.run);
                   },
                   [&](const Failed& e) {
                       j["event"] = "failed";
                       j["error"] = e.error.text();
                   },
               },
        event);
    // A detail may quote a file name or a library's message, whatever bytes they hold.
    return j.dump(-1, ' ', false, json::error_handler_t::replace);
}

Result<TrainingEvent> eventFromJson(std::string_view line)
{
    const auto parsed = parseJson(line, {});
    if (!parsed)
        return tl::unexpected(parsed.error());
    const auto& j = *parsed;
    try {
        const auto kind = j.at("event").get<std::string>();
        if (kind == "phase")
            return PhaseStarted { j.at("phase").get<int>(), j.at("first_epoch").get<int>(),
                j.at("epochs").get<int>(),
                { j.at("head_rate").get<double>(),
                    j.at("block_rates").get<std::map<std::string, double>>(),
                    // Absent in runs of before there were any.
                    j.value("layer_rates", std::map<std::string, double> {}) },
                j.at("cut").get<std::string>(), j.at("trainable_parameters").get<std::int64_t>(),
                j.at("parameters").get<std::int64_t>(),
                scheduleNamed(j.value("schedule", std::string())), j.value("phases", 0) };
        if (kind == "epoch")
            return EpochDone { j.at("phase").get<int>(), j.at("epoch").get<int>(),
                j.at("train_loss").get<double>(), j.at("train_accuracy").get<double>(),
                j.at("train_count").get<std::int64_t>(), optionalNumber(j, "validation_loss"),
                optionalNumber(j, "validation_accuracy"),
                j.at("validation_count").get<std::int64_t>(), j.at("seconds").get<double>(),
                j.at("images_per_second").get<double>(), j.at("best").get<bool>() };
        if (kind == "note")
            return Note { j.at("text").get<std::string>(),
                j.at("details").get<std::vector<std::string>>() };
        if (kind == "rate")
            return RateChanged { j.at("block").get<std::string>(), j.at("rate").get<double>(),
                j.at("epoch").get<int>() };
        if (kind == "paused")
            return Paused { j.at("paused").get<bool>() };
        if (kind == "finished")
            return Finished { j.at("stopped").get<bool>(), j.at("best_epoch").get<int>(),
                optionalNumber(j, "validation_accuracy").value_or(0),
                j.at("validation_count").get<std::int64_t>(), optionalNumber(j, "test_accuracy"),
                j.at("test_count").get<std::int64_t>(),
                std::filesystem::path(j.at("run").get<std::string>()) };
        if (kind == "failed")
            return Failed { Error {
                ErrorCode::Internal, j.at("error").get<std::string>(), {}, {} } };
        if (kind == "step")
            return StepDone { j.at("phase").get<int>(), j.at("epoch").get<int>(),
                j.at("step").get<int>(), j.at("steps").get<int>(),
                j.at("running_loss").get<double>(), j.at("running_accuracy").get<double>(),
                j.at("images_per_second").get<double>(), j.at("seconds_left").get<double>(),
                j.at("validating").get<bool>(), j.value("testing", false),
                j.value("rate_factor", 1.0) };
        if (kind == "preparing")
            return Preparing { j.at("done").get<std::int64_t>(), j.at("total").get<std::int64_t>(),
                j.at("images_per_second").get<double>() };
        return fail(ErrorCode::Unsupported, "there is no event \"" + kind + "\"");
    } catch (const json::exception& e) {
        return fail(ErrorCode::Corrupt, std::string("is no event of a run: ") + e.what());
    }
}

std::string toText(const TrainingEvent& event)
{
    return std::visit(
        Overloaded {
            [](const PhaseStarted& e) {
                return "Phase " + std::to_string(e.phase) + ": "
                    + describe(Phase { e.plan, e.epochs, 0, { e.schedule } }) + "; "
                    + grouped(e.trainableParameters) + " of " + grouped(e.parameters)
                    + " parameters train";
            },
            [](const Preparing& e) {
                return "Preparing features: " + std::to_string(e.done) + " of "
                    + std::to_string(e.total);
            },
            [](const StepDone& e) {
                return "Epoch " + std::to_string(e.epoch) + ", step " + std::to_string(e.step)
                    + " of " + std::to_string(e.steps);
            },
            [](const EpochDone& e) {
                auto text = "Epoch " + std::to_string(e.epoch) + ": training "
                    + percent(e.trainAccuracy) + ", loss " + fixed(e.trainLoss, 3);
                if (e.validationAccuracy)
                    text += "; validation " + percent(*e.validationAccuracy) + ", loss "
                        + fixed(e.validationLoss.value_or(0), 3);
                text += "; " + fixed(e.seconds, e.seconds < 10 ? 2 : 1) + " s, "
                    + grouped(std::llround(e.picturesPerSecond)) + " pictures/s";
                return e.best ? text + "; best so far" : text;
            },
            [](const Note& e) { return e.text; },
            [](const RateChanged& e) {
                return "Learning rate of " + e.block + " is now " + shortNumber(e.rate) + " (epoch "
                    + std::to_string(e.epoch) + ")";
            },
            [](const Paused& e) { return std::string(e.paused ? "Paused" : "Going on"); },
            [](const Finished& e) {
                std::string text = e.stopped ? "Stopped" : "Finished";
                if (e.bestEpoch > 0 && e.validationCount > 0)
                    text += ": best epoch " + std::to_string(e.bestEpoch) + " with "
                        + percent(e.validationAccuracy) + " (validation, "
                        + counted(e.validationCount, "picture") + ")";
                if (e.testAccuracy)
                    text += "; test " + percent(*e.testAccuracy) + " ("
                        + counted(e.testCount, "picture") + ")";
                return text;
            },
            [](const Failed& e) { return "Failed: " + e.error.text(); },
        },
        event);
}

} // namespace vernier
