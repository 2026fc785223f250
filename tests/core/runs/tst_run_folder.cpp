#include "core/base/files.h"
#include "core/dataset/edit.h"
#include "core/runs/run_files.h"
#include "core/runs/run_store.h"
#include "tests/core/training/training_bench.h"

#include <algorithm>
#include <optional>

using namespace vernier;
using namespace vernier::test;

namespace {

/// Two phases with all that bends a training: schedules, mixtures, smoothing, clipping, averages.
void bendEverything(Recipe& recipe)
{
    recipe.averageDecay = 0.9;
    recipe.mixUp = 0.3;
    recipe.labelSmoothing = 0.1;
    recipe.optimizer.clipNorm = 0.5;
    recipe.optimizer.weightDecay = 1e-3;
    const Schedule cosine { ScheduleKind::Cosine, 0.2, 5, 0.1, 0.3 };
    const Schedule cycle { ScheduleKind::OneCycle, 0, 5, 0.1, 0.3 };
    recipe.phases = { { { 3e-3, {} }, 2, 0, cosine, 5, Watch::Loss },
        { { 1e-3, { { "block2", 1e-3 } } }, 3, 0, cycle, 5, Watch::Loss } };
}

std::string bytesOf(const std::filesystem::path& file)
{
    const auto bytes = readFile(file, 1 << 24);
    return bytes ? std::string(reinterpret_cast<const char*>(bytes->data()), bytes->size())
                 : std::string();
}

std::vector<Note> notesAbout(const std::vector<TrainingEvent>& events, const std::string& words)
{
    std::vector<Note> notes;
    for (const auto& event : events) {
        const auto* note = std::get_if<Note>(&event);
        if (note && note->text.find(words) != std::string::npos)
            notes.push_back(*note);
    }
    return notes;
}

} // namespace

/// What a run keeps of its training: weights, events and where it stands, for going on.
class TestRunFolder : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void aKilledRunResumesWithTheNumbersOfAnUndisturbedOne_data()
    {
        QTest::addColumn<int>("views");
        QTest::addColumn<bool>("augment");
        QTest::addColumn<int>("steps");
        QTest::newRow("plain") << 0 << false << 0;
        QTest::newRow("fresh views") << 0 << true << 0;
        QTest::newRow("kept views") << 2 << true << 0;
        QTest::newRow("steps per epoch") << 0 << false << 7;
    }

    void aKilledRunResumesWithTheNumbersOfAnUndisturbedOne()
    {
        QFETCH(int, views);
        QFETCH(bool, augment);
        QFETCH(int, steps);
        TrainingBench bench;
        bench.recipe.views = views;
        bench.recipe.augmentation.horizontalFlip = augment;
        bench.recipe.augmentation.rotation = augment ? 20 : 0;
        bench.recipe.phases
            = { { { 3e-3, {} }, 2, steps }, { { 1e-3, { { "block2", 1e-3 } } }, 3, steps } };
        const auto undisturbed = epochsOf(run(bench.job("whole")));
        QCOMPARE(undisturbed.size(), std::size_t { 5 });

        for (const int stopAfter : { 1, 2, 4 }) {
            const auto name = "broken" + std::to_string(stopAfter);
            bench.cache->clear();
            runAndStopAfter(bench.job(name), stopAfter);
            bench.cache->clear();
            auto job = bench.job(name, RunMode::Resume);
            job.dataset = nullptr;
            std::vector<TrainingEvent> rest;
            const auto resumed = runJob(job, rest);
            QVERIFY2(resumed, resumed ? "" : resumed.error().text().c_str());
            const auto info = readRun(bench.folder / name);
            QVERIFY(info && info->finished);
            QVERIFY(sameNumbers(undisturbed, epochsOf(info->events)));
        }
    }

    void scheduleMixturesAndAveragesGoOnWithTheSameBitsAfterAKill_data()
    {
        QTest::addColumn<int>("stopAfter");
        QTest::newRow("in the first phase") << 1;
        QTest::newRow("between the phases") << 2;
        QTest::newRow("in the second phase") << 4;
    }

    void scheduleMixturesAndAveragesGoOnWithTheSameBitsAfterAKill()
    {
        QFETCH(int, stopAfter);
        TrainingBench bench;
        bendEverything(bench.recipe);
        const auto whole = run(bench.job("whole"));
        QVERIFY(std::holds_alternative<Finished>(whole.back()));
        runAndStopAfter(bench.job("broken"), stopAfter);
        run(bench.job("broken", RunMode::Resume));
        const auto info = readRun(bench.folder / "broken");
        QVERIFY(info && info->finished);
        QVERIFY(sameNumbers(epochsOf(whole), epochsOf(info->events)));
        for (const auto* file : { run_files::kBest, run_files::kLast, run_files::kResume })
            QVERIFY2(
                bytesOf(bench.folder / "whole" / file) == bytesOf(bench.folder / "broken" / file),
                file);
    }

    void averagedWeightsAreWhatIsKeptAndWhatAnotherPhaseGoesOnFrom()
    {
        TrainingBench bench;
        bendEverything(bench.recipe);
        bench.recipe.phases = { bench.recipe.phases[0], bench.recipe.phases[0] };
        const auto whole = epochsOf(run(bench.job("whole")));
        bench.recipe.phases.pop_back();
        const auto first = run(bench.job("run"));
        QVERIFY(bytesOf(bench.folder / "run" / run_files::kBest)
            != bytesOf(bench.folder / "run" / run_files::kLast));
        const auto second = run(bench.job("run", RunMode::Extend));
        auto both = epochsOf(first);
        for (const auto& epoch : epochsOf(second))
            both.push_back(epoch);
        QVERIFY(sameNumbers(whole, both));
    }

    void aFolderThatIsNoRunIsCalledSo()
    {
        const TemporaryFolder folder;
        for (const auto& error :
            { readRun(folder / "").error(), readRunDataset(folder / "").error() }) {
            QCOMPARE(error.code, ErrorCode::NotFound);
            QVERIFY2(error.text().find("is not the folder of a run") != std::string::npos,
                error.text().c_str());
        }
    }

    void aPhaseEndsWhenItsPatienceDoes()
    {
        TrainingBench bench;
        // A rate that changes nothing: the first epoch is the best there will be.
        bench.recipe.phases
            = { { { 1e-12, {} }, 8, 0, {}, 2, Watch::Accuracy }, { { 3e-3, {} }, 2, 0 } };
        const auto events = run(bench.job("run"));
        QCOMPARE(epochsOf(events).size(), std::size_t { 5 });
        QCOMPARE(notesAbout(events, "no better for 2 epochs").size(), std::size_t { 1 });
        QCOMPARE(notesAbout(events, "after 3 of 8").size(), std::size_t { 1 });
        QCOMPARE(epochsOf(events)[3].phase, 2);

        // Patience is part of what a resume goes on with, and what it says is said once.
        for (const int stopAfter : { 2, 3, 4 }) {
            const auto name = "broken" + std::to_string(stopAfter);
            runAndStopAfter(bench.job(name), stopAfter);
            run(bench.job(name, RunMode::Resume));
            const auto info = readRun(bench.folder / name);
            QVERIFY(info && info->finished);
            QVERIFY(sameNumbers(epochsOf(events), epochsOf(info->events)));
            QCOMPARE(notesAbout(info->events, "no better").size(), std::size_t { 1 });
        }
    }

    void aPhaseThatGetsBetterRunsToItsEnd()
    {
        TrainingBench bench;
        bench.recipe.phases = { { { 1e-4, {} }, 6, 0, {}, 1, Watch::Loss } };
        bench.recipe.head.dropout = 0;
        const auto events = run(bench.job("run"));
        QCOMPARE(epochsOf(events).size(), std::size_t { 6 });
        QVERIFY(notesAbout(events, "no better").empty());
    }

    void patienceWithoutValidationPicturesSaysThatItCannotJudge()
    {
        TrainingBench bench;
        auto without = std::make_shared<DatasetSnapshot>(*bench.dataset);
        std::erase_if(without->images,
            [](const ImageEntry& image) { return image.split == Split::Validation; });
        bench.dataset = without;
        bench.recipe.phases = { { { 1e-12, {} }, 4, 0, {}, 1, Watch::Loss } };
        const auto events = run(bench.job("run"));
        QCOMPARE(epochsOf(events).size(), std::size_t { 4 });
        QCOMPARE(notesAbout(events, "no validation pictures").size(), std::size_t { 1 });
    }

    void aRateThatWasSetInAnEpochThatIsLostIsLostWithIt()
    {
        TrainingBench bench;
        // Saving takes longer than an epoch: the third is not on disk when it is stopped.
        bench.recipe.head.dense = { 1024, 1024 };
        bench.recipe.perClass = 4;
        const auto whole = epochsOf(run(bench.job("whole")));
        std::stop_source stop;
        std::vector<TrainingEvent> events;
        QVERIFY(runJob(bench.job("broken"), events, stop.get_token(),
            [&](const TrainingEvent& event, LiveKnobs& knobs) {
                const auto* done = std::get_if<EpochDone>(&event);
                if (done && done->epoch == 3)
                    knobs.setRate("head", 1e-12);
                if (std::holds_alternative<RateChanged>(event))
                    stop.request_stop();
            }));
        run(bench.job("broken", RunMode::Resume));
        const auto info = readRun(bench.folder / "broken");
        QVERIFY(info && info->finished);
        QVERIFY(std::ranges::none_of(info->events,
            [](const TrainingEvent& e) { return std::holds_alternative<RateChanged>(e); }));
        QVERIFY(sameNumbers(whole, epochsOf(info->events)));
    }

    void aRunOfBeforePatienceWasWrittenDownGoesOn()
    {
        TrainingBench bench;
        const auto whole = epochsOf(run(bench.job("whole")));
        runAndStopAfter(bench.job("old"), 2);
        const auto file = bench.folder / "old" / run_files::kResume;
        auto bytes = bytesOf(file);
        // Keys that no version knows, in a file of the same length.
        for (const std::string key : { "epochs_since_better", "least_watched" }) {
            const auto at = bytes.find(key);
            QVERIFY(at != std::string::npos);
            bytes.replace(at, 1, "x");
        }
        QVERIFY(writeFileAtomically(file, std::string_view(bytes)));
        run(bench.job("old", RunMode::Resume));
        QVERIFY(sameNumbers(whole, epochsOf(readRun(bench.folder / "old")->events)));
    }

    /// As a kill between the files of a checkpoint leaves them: some are new already.
    void aCheckpointThatWasCutOffDoesNotCount_data()
    {
        QTest::addColumn<QStringList>("replaced");
        QTest::newRow("after the best weights") << QStringList { "best.safetensors" };
        QTest::newRow("after both") << QStringList { "best.safetensors", "last.safetensors" };
    }

    void aCheckpointThatWasCutOffDoesNotCount()
    {
        QFETCH(QStringList, replaced);
        TrainingBench bench;
        const auto whole = epochsOf(run(bench.job("whole")));
        QVERIFY(runOneEpoch(bench.job("cut")));
        for (const auto& name : replaced) {
            const auto file = bench.folder / ("cut/" + name.toStdString());
            auto previous = file;
            previous += ".previous";
            std::filesystem::rename(file, previous);
            std::filesystem::copy_file(bench.folder / ("whole/" + name.toStdString()), file);
        }
        const auto resumed = epochsOf(run(bench.job("cut", RunMode::Resume)));
        QCOMPARE(resumed.size(), whole.size() - 1);
        QVERIFY(sameNumbers(resumed, { whole.begin() + 1, whole.end() }));
        for (const auto& entry : std::filesystem::directory_iterator(bench.folder / "cut"))
            QVERIFY2(entry.path().extension() != ".previous", entry.path().c_str());
    }

    void weightsOfAnotherEpochAreRefused()
    {
        TrainingBench bench;
        run(bench.job("whole"));
        QVERIFY(runOneEpoch(bench.job("cut")));
        std::filesystem::copy_file(bench.folder / "whole/last.safetensors",
            bench.folder / "cut/last.safetensors",
            std::filesystem::copy_options::overwrite_existing);
        std::vector<TrainingEvent> events;
        const auto refused = runJob(bench.job("cut", RunMode::Resume), events);
        QVERIFY(!refused);
        QCOMPARE(refused.error().code, ErrorCode::Corrupt);
    }

    void oneRunFolderTakesOneTrainingAtATime()
    {
        TrainingBench bench;
        std::vector<TrainingEvent> others;
        std::optional<ErrorCode> refused;
        std::vector<TrainingEvent> events;
        QVERIFY(runJob(bench.job("run"), events, {}, [&](const TrainingEvent& event, LiveKnobs&) {
            if (refused || !std::holds_alternative<EpochDone>(event))
                return;
            if (const auto other = runJob(bench.job("run", RunMode::Resume), others); !other)
                refused = other.error().code;
        }));
        QCOMPARE(refused, ErrorCode::Exists);
    }

    void whatAKilledRunLeftHalfWrittenIsRemoved()
    {
        TrainingBench bench;
        run(bench.job("run"));
        const auto left = bench.folder.write("run/last.safetensors.tmp123-4", "half");
        const auto own = bench.folder.write("run/notes.tmp", "the user's");
        const auto second = bench.folder.write("run/notes.tmp2", "the user's");
        run(bench.job("run", RunMode::Resume));
        QVERIFY(!std::filesystem::exists(left));
        QVERIFY(std::filesystem::exists(own));
        QVERIFY(std::filesystem::exists(second));
        // A new run may be put where other things are being written.
        const auto foreign = bench.folder.write("inbox/letter.tmp12-3", "of another program");
        run(bench.job("inbox"));
        QVERIFY(std::filesystem::exists(foreign));
    }

    void aStopWhileTheTestSplitIsLookedAtIsNotTheEnd()
    {
        TrainingBench bench;
        std::stop_source stop;
        std::vector<TrainingEvent> events;
        const auto stopped = runJob(bench.job("run"), events, stop.get_token(),
            [&](const TrainingEvent& event, LiveKnobs&) {
                const auto* epoch = std::get_if<EpochDone>(&event);
                if (epoch && epoch->epoch == 4)
                    stop.request_stop();
            });
        QVERIFY(stopped && stopped->stopped);
        QVERIFY(!stopped->testAccuracy);
        const auto resumed = runJob(bench.job("run", RunMode::Resume), events);
        QVERIFY(resumed && !resumed->stopped);
        // Through the same features as in a run that nobody disturbed.
        const auto kept = bench.cache->info().memoryBytes;
        bench.cache = std::make_shared<FeatureCache>();
        std::vector<TrainingEvent> others;
        const auto whole = runJob(bench.job("whole"), others);
        QCOMPARE(resumed->testAccuracy, whole->testAccuracy);
        QCOMPARE(kept, bench.cache->info().memoryBytes);
        QVERIFY(resumed->testAccuracy.has_value());
    }

    void aCutLogResumes()
    {
        TrainingBench bench;
        std::stop_source stop;
        std::vector<TrainingEvent> events;
        QVERIFY(runJob(bench.job("run"), events, stop.get_token(),
            [&](const TrainingEvent& event, LiveKnobs&) {
                if (std::holds_alternative<EpochDone>(event))
                    stop.request_stop();
            }));
        const auto file = bench.folder / "run" / run_files::kEvents;
        const auto text = *readTextFile(file, 1 << 20);
        QVERIFY(writeFileAtomically(file, std::string_view(text + "{\"event\":\"epoch\",\"pha")));
        QVERIFY(readRun(bench.folder / "run"));
        std::vector<TrainingEvent> rest;
        QVERIFY(runJob(bench.job("run", RunMode::Resume), rest));
        const auto info = readRun(bench.folder / "run");
        QVERIFY(info);
        QCOMPARE(epochsOf(info->events).size(), std::size_t { 4 });
    }

    void anotherPhaseGoesOnFromWhereTheRunStands()
    {
        TrainingBench bench;
        const auto first = run(bench.job("run"));
        bench.recipe.phases = { { { 1e-3, { { "block2", 1e-3 } } }, 2, 0 } };
        const auto second = run(bench.job("run", RunMode::Extend));
        QVERIFY(std::holds_alternative<Finished>(second.back()));
        const auto& started = std::get<PhaseStarted>(second.front());
        QCOMPARE(started.phase, 2);
        QCOMPARE(started.firstEpoch, 5);
        QCOMPARE(started.cutLayer, std::string("block2_conv1"));
        const auto info = readRun(bench.folder / "run");
        QVERIFY(info && info->finished);
        QCOMPARE(info->recipe.phases.size(), std::size_t { 2 });
        QCOMPARE(epochsOf(info->events).size(), std::size_t { 6 });
        // Where it stands, not at the beginning: the loss goes on from where it was.
        QVERIFY(epochsOf(second)[0].trainLoss < epochsOf(first)[0].trainLoss);
    }

    void theBestOfOtherLabelsIsNoMeasure()
    {
        TrainingBench bench;
        run(bench.job("run"));
        const auto before = readRun(bench.folder / "run");
        QVERIFY(before && before->bestEpoch > 0);
        // A rate that changes nothing: whatever was best stays best, on the same labels.
        bench.recipe.phases = { { { 1e-12, {} }, 1, 0 } };
        run(bench.job("run", RunMode::Extend));
        QCOMPARE(readRun(bench.folder / "run")->bestEpoch, before->bestEpoch);

        auto mended = std::make_shared<DatasetSnapshot>(*bench.dataset);
        for (auto& image : mended->images) {
            if (image.split == Split::Validation)
                image.label = 1 - image.label;
        }
        bench.dataset = mended;
        const auto events = run(bench.job("run", RunMode::Extend));
        const auto& note = std::get<Note>(events.front());
        QVERIFY2(note.text.find("chosen anew") != std::string::npos, note.text.c_str());
        const auto done = epochsOf(events);
        QCOMPARE(done.size(), std::size_t { 1 });
        QVERIFY(done[0].best);
        const auto& finished = std::get<Finished>(events.back());
        QCOMPARE(finished.bestEpoch, done[0].epoch);
        QCOMPARE(finished.validationAccuracy, *done[0].validationAccuracy);
        QCOMPARE(readRun(bench.folder / "run")->bestEpoch, done[0].epoch);
        // From then on it is the measure again.
        const auto more = run(bench.job("run", RunMode::Extend));
        QVERIFY(std::holds_alternative<PhaseStarted>(more.front()));
        QCOMPARE(std::get<Finished>(more.back()).bestEpoch, done[0].epoch);
    }

    void theTestPassIsNoEpoch()
    {
        TrainingBench bench;
        int testSteps = 0;
        for (const auto& event : run(bench.job("run"))) {
            const auto* step = std::get_if<StepDone>(&event);
            if (!step)
                continue;
            QVERIFY(step->epoch <= 4);
            testSteps += step->testing;
            QVERIFY(!(step->testing && step->validating));
        }
        QVERIFY(testSteps > 0);
    }

    void aPhaseAfterAStoppedOneLeavesATrueRecipe()
    {
        TrainingBench bench;
        std::stop_source stop;
        std::vector<TrainingEvent> events;
        QVERIFY(runJob(bench.job("run"), events, stop.get_token(),
            [&](const TrainingEvent& event, LiveKnobs&) {
                if (const auto* epoch = std::get_if<EpochDone>(&event); epoch && epoch->epoch == 2)
                    stop.request_stop();
            }));
        bench.recipe.phases = { { { 1e-3, {} }, 1, 0 } };
        const auto more = run(bench.job("run", RunMode::Extend));
        QVERIFY(std::holds_alternative<Finished>(more.back()));
        const auto info = readRun(bench.folder / "run");
        QCOMPARE(info->recipe.phases[0].epochs, 2);
        QCOMPARE(info->recipe.phases[1].epochs, 1);
    }

    void eventsComeBackFromTheirLines()
    {
        std::vector<TrainingEvent> events;
        PhaseStarted started;
        started.phase = 2;
        started.firstEpoch = 5;
        started.epochs = 3;
        started.plan = { 1e-4, { { "block5", 1e-5 } } };
        started.cutLayer = "block5_conv1";
        started.trainableParameters = 7;
        started.parameters = 9;
        started.schedule = ScheduleKind::OneCycle;
        started.phases = 4;
        events.emplace_back(started);
        events.emplace_back(EpochDone { 1, 3, 0.5, 0.75, 100, 0.6, 0.7, 20, 1.5, 66.6, true });
        events.emplace_back(
            EpochDone { 1, 3, 0.5, 0.75, 100, std::nullopt, std::nullopt, 0, 1.5, 66.6, false });
        events.emplace_back(Note { "3 of 500", { "a\xff.jpg: cut off" } });
        events.emplace_back(RateChanged { "head", 1e-3, 2 });
        events.emplace_back(Paused { true });
        events.emplace_back(Finished { false, 3, 0.9, 20, std::nullopt, 0, "/run" });
        events.emplace_back(Failed { { ErrorCode::Corrupt, "broken", "f", "mend it" } });
        for (const auto& event : events) {
            const auto line = toJson(event);
            QVERIFY(line.find('\n') == std::string::npos);
            const auto read = eventFromJson(line);
            QVERIFY2(read, line.c_str());
            QCOMPARE(read->index(), event.index());
            QCOMPARE(toJson(*read), line);
            QVERIFY(!toText(event).empty());
        }
        QVERIFY(!eventFromJson("{}"));
        QVERIFY(!eventFromJson("{\"event\":\"epoch\"}"));
        QVERIFY(!eventFromJson("nonsense"));
    }
};

QTEST_GUILESS_MAIN(TestRunFolder)
#include "tst_run_folder.moc"
