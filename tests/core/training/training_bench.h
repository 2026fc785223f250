#pragma once

#include "core/dataset/scan.h"
#include "core/dataset/split.h"
#include "core/training/trainer.h"
#include "tests/support/painted_picture.h"

#include <QtTest>

namespace vernier::test {

/// Two classes of painted pictures with a test split, and a network that trains on them in a
/// second.
struct TrainingBench {
    TemporaryFolder folder;
    SnapshotPtr dataset;
    Recipe recipe;
    std::shared_ptr<FeatureCache> cache = std::make_shared<FeatureCache>();

    TrainingBench()
    {
        for (int c = 0; c < 2; ++c) {
            const auto name = std::string(c == 0 ? "cold" : "warm");
            writePaintedClass(folder, "pictures/train/" + name, 24, c * 140);
            writePaintedClass(folder, "pictures/test/" + name, 6, c * 140);
        }
        dataset = withValidation(*scan(folder / "pictures"), { 0.25, 1 });
        recipe.backbone = "tinyvgg";
        recipe.weights = "random";
        recipe.transferLayer = "block2_pool";
        recipe.normalization = "unit";
        recipe.head = { Pooling::Flatten, { 16 }, 0.25 };
        recipe.batchSize = 8;
        recipe.device = "cpu";
        recipe.phases = { { { 3e-3, {} }, 4, 0 } };
    }
    TrainingJob job(const std::string& run, RunMode mode = RunMode::Fresh) const
    {
        return { dataset, recipe, folder / run, mode, cache };
    }
};

inline std::vector<EpochDone> epochsOf(const std::vector<TrainingEvent>& events)
{
    std::vector<EpochDone> epochs;
    for (const auto& event : events) {
        if (const auto* epoch = std::get_if<EpochDone>(&event))
            epochs.push_back(*epoch);
    }
    return epochs;
}

inline Result<Finished> runJob(const TrainingJob& job, std::vector<TrainingEvent>& events,
    std::stop_token stop = {},
    const std::function<void(const TrainingEvent&, LiveKnobs&)>& watch = {})
{
    LiveKnobs knobs;
    return train(
        job, knobs,
        [&](const TrainingEvent& event) {
            events.push_back(event);
            if (watch)
                watch(event, knobs);
        },
        stop);
}

/// Runs and complains where it fails.
inline std::vector<TrainingEvent> run(const TrainingJob& job)
{
    std::vector<TrainingEvent> events;
    const auto finished = runJob(job, events);
    if (!finished)
        qWarning("%s", finished.error().text().c_str());
    return events;
}

/// Features were computed.
inline bool missed(const std::vector<TrainingEvent>& events)
{
    return std::any_of(events.begin(), events.end(),
        [](const TrainingEvent& e) { return std::holds_alternative<Preparing>(e); });
}

inline bool sameNumbers(const std::vector<EpochDone>& a, const std::vector<EpochDone>& b)
{
    if (a.size() != b.size() || a.empty())
        return false;
    for (std::size_t i = 0; i < a.size(); ++i) {
        if (a[i].trainLoss != b[i].trainLoss || a[i].trainAccuracy != b[i].trainAccuracy
            || a[i].validationLoss != b[i].validationLoss || a[i].epoch != b[i].epoch)
            return false;
    }
    return true;
}

/// Trains until the first epoch is done and stops there.
inline Result<Finished> runOneEpoch(const TrainingJob& job)
{
    std::stop_source stop;
    std::vector<TrainingEvent> events;
    return runJob(job, events, stop.get_token(), [&](const TrainingEvent& event, LiveKnobs&) {
        if (std::holds_alternative<EpochDone>(event))
            stop.request_stop();
    });
}

/// Stopped in the middle of the epoch that follows, as a kill would: what it began is lost.
inline void runAndStopAfter(const TrainingJob& job, int epoch)
{
    std::stop_source stop;
    std::vector<TrainingEvent> events;
    const auto stopped
        = runJob(job, events, stop.get_token(), [&](const TrainingEvent& event, LiveKnobs&) {
              const auto* step = std::get_if<StepDone>(&event);
              if (step && step->epoch == epoch + 1 && step->step == 2)
                  stop.request_stop();
          });
    QVERIFY(stopped && stopped->stopped);
    QCOMPARE(epochsOf(events).size(), static_cast<std::size_t>(epoch));
}

} // namespace vernier::test
