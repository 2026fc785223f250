#include "core/runs/events.h"

#include "core/base/json_reader.h"
#include "core/base/text.h"
#include "core/recipe/recipe_bounds.h"

#include <array>
#include <cmath>
#include <cstdio>
#include <limits>
#include <utility>

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

// A log is a file that anybody may have written: what its numbers are used for has room for these.
constexpr double kLargestLoss = std::numeric_limits<double>::max();
constexpr double kMostSeconds = 1e10;
constexpr double kMostPicturesPerSecond = 1e9;
constexpr std::int64_t kMostCounted = 1'000'000'000'000;
constexpr std::size_t kMostRates = 1000;
constexpr std::size_t kMostDetails = 10'000'000;
constexpr int kMostSteps = std::numeric_limits<int>::max();

/// Runs of before there were schedules name none.
ScheduleKind scheduleNamed(std::string_view text)
{
    for (const auto kind : { ScheduleKind::Step, ScheduleKind::Cosine, ScheduleKind::OneCycle }) {
        if (name(kind) == text)
            return kind;
    }
    return ScheduleKind::Constant;
}

PhaseStarted readPhaseStarted(JsonReader& reader)
{
    PhaseStarted e;
    reader.require({ "phase", "first_epoch", "epochs", "head_rate", "block_rates", "cut",
        "trainable_parameters", "parameters" });
    reader.read("phase", e.phase, 1, kMostPhases);
    reader.read("first_epoch", e.firstEpoch, 1, kMostEpochs);
    reader.read("epochs", e.epochs, 0, kMostEpochs);
    reader.read("head_rate", e.plan.headRate, 0, kLargestRate);
    reader.read("block_rates", e.plan.blockRates, 0, kLargestRate, kMostRates);
    // Absent in runs of before there were any.
    reader.read("layer_rates", e.plan.layerRates, 0, kLargestRate, kMostRates);
    reader.read("cut", e.cutLayer);
    reader.read("trainable_parameters", e.trainableParameters, 0, kMostCounted);
    reader.read("parameters", e.parameters, 0, kMostCounted);
    std::string schedule;
    reader.read("schedule", schedule);
    e.schedule = scheduleNamed(schedule);
    reader.read("phases", e.phases, 0, kMostPhases);
    return e;
}

EpochDone readEpochDone(JsonReader& reader)
{
    EpochDone e;
    reader.require({ "phase", "epoch", "train_loss", "train_accuracy", "train_count",
        "validation_count", "seconds", "images_per_second", "best" });
    reader.read("phase", e.phase, 1, kMostPhases);
    reader.read("epoch", e.epoch, 1, kMostEpochs);
    reader.read("train_loss", e.trainLoss, -kLargestLoss, kLargestLoss);
    reader.read("train_accuracy", e.trainAccuracy, 0, 1);
    reader.read("train_count", e.trainCount, 0, kMostCounted);
    reader.read("validation_loss", e.validationLoss, -kLargestLoss, kLargestLoss);
    reader.read("validation_accuracy", e.validationAccuracy, 0, 1);
    reader.read("validation_count", e.validationCount, 0, kMostCounted);
    reader.read("seconds", e.seconds, 0, kMostSeconds);
    reader.read("images_per_second", e.picturesPerSecond, 0, kMostPicturesPerSecond);
    reader.read("best", e.best);
    return e;
}

Note readNote(JsonReader& reader)
{
    Note e;
    reader.require({ "text", "details" });
    reader.read("text", e.text);
    reader.read("details", e.details, kMostDetails);
    return e;
}

RateChanged readRateChanged(JsonReader& reader)
{
    RateChanged e;
    reader.require({ "block", "rate", "epoch" });
    reader.read("block", e.block);
    reader.read("rate", e.rate, 0, kLargestRate);
    reader.read("epoch", e.epoch, 1, kMostEpochs);
    return e;
}

Paused readPaused(JsonReader& reader)
{
    Paused e;
    reader.require({ "paused" });
    reader.read("paused", e.paused);
    return e;
}

Finished readFinished(JsonReader& reader)
{
    Finished e;
    reader.require({ "stopped", "best_epoch", "validation_count", "test_count", "run" });
    reader.read("stopped", e.stopped);
    reader.read("best_epoch", e.bestEpoch, 0, kMostEpochs);
    std::optional<double> validation;
    reader.read("validation_accuracy", validation, 0, 1);
    e.validationAccuracy = validation.value_or(0);
    reader.read("validation_count", e.validationCount, 0, kMostCounted);
    reader.read("test_accuracy", e.testAccuracy, 0, 1);
    reader.read("test_count", e.testCount, 0, kMostCounted);
    std::string run;
    reader.read("run", run);
    e.run = pathOfWritten(run);
    return e;
}

Failed readFailed(JsonReader& reader)
{
    Failed e;
    reader.require({ "error" });
    reader.read("error", e.error.detail);
    return e;
}

StepDone readStepDone(JsonReader& reader)
{
    StepDone e;
    reader.require({ "phase", "epoch", "step", "steps", "running_loss", "running_accuracy",
        "images_per_second", "seconds_left", "validating" });
    // Behind the last phase the best epoch is tested.
    reader.read("phase", e.phase, 1, kMostPhases + 1);
    reader.read("epoch", e.epoch, 0, kMostEpochs);
    reader.read("step", e.step, 0, kMostSteps);
    reader.read("steps", e.steps, 0, kMostSteps);
    reader.read("running_loss", e.runningLoss, -kLargestLoss, kLargestLoss);
    reader.read("running_accuracy", e.runningAccuracy, 0, 1);
    reader.read("images_per_second", e.picturesPerSecond, 0, kMostPicturesPerSecond);
    reader.read("seconds_left", e.secondsLeft, -1, kMostSeconds);
    reader.read("validating", e.validating);
    reader.read("testing", e.testing);
    reader.read("rate_factor", e.rateFactor, 0, kLargestRate);
    return e;
}

Preparing readPreparing(JsonReader& reader)
{
    Preparing e;
    reader.require({ "done", "total", "images_per_second" });
    reader.read("done", e.done, 0, kMostCounted);
    reader.read("total", e.total, 0, kMostCounted);
    reader.read("images_per_second", e.picturesPerSecond, 0, kMostPicturesPerSecond);
    return e;
}

template <auto readAs> TrainingEvent asEvent(JsonReader& reader) { return readAs(reader); }

constexpr std::array<std::pair<std::string_view, TrainingEvent (*)(JsonReader&)>, 9> kReaders { {
    { "phase", asEvent<readPhaseStarted> },
    { "epoch", asEvent<readEpochDone> },
    { "note", asEvent<readNote> },
    { "rate", asEvent<readRateChanged> },
    { "paused", asEvent<readPaused> },
    { "finished", asEvent<readFinished> },
    { "failed", asEvent<readFailed> },
    { "step", asEvent<readStepDone> },
    { "preparing", asEvent<readPreparing> },
} };

tl::unexpected<Error> noEvent(const Error& error)
{
    return fail(ErrorCode::Corrupt, "is no event of a run: " + error.detail);
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
                       j["run"] = writtenPath(e.run);
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
    JsonReader reader(*parsed, {}, {});
    std::string kind;
    reader.require({ "event" });
    reader.read("event", kind);
    if (auto ok = reader.finishLeniently(); !ok)
        return noEvent(ok.error());
    for (const auto& [known, readAs] : kReaders) {
        if (kind != known)
            continue;
        auto event = readAs(reader);
        if (auto ok = reader.finishLeniently(); !ok)
            return noEvent(ok.error());
        return event;
    }
    return fail(ErrorCode::Unsupported, "there is no event \"" + excerpt(kind) + "\"");
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
