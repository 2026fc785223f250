#include "core/base/files.h"
#include "core/dataset/scan.h"
#include "core/dataset/split.h"
#include "core/training/training_thread.h"
#include "core/weights/safetensors.h"
#include "tests/support/painted_picture.h"

#include <algorithm>
#include <optional>
#include <utility>

#include <QtTest>

using namespace vernier;

namespace {

/// Two classes of painted pictures with a test split, and a network that trains on them in a
/// second.
struct Bench {
    test::TemporaryFolder folder;
    SnapshotPtr dataset;
    Recipe recipe;
    std::shared_ptr<FeatureCache> cache = std::make_shared<FeatureCache>();

    Bench()
    {
        for (int c = 0; c < 2; ++c) {
            const auto name = std::string(c == 0 ? "cold" : "warm");
            test::writePaintedClass(folder, "pictures/train/" + name, 24, c * 140);
            test::writePaintedClass(folder, "pictures/test/" + name, 6, c * 140);
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

std::vector<EpochDone> epochsOf(const std::vector<TrainingEvent>& events)
{
    std::vector<EpochDone> epochs;
    for (const auto& event : events) {
        if (const auto* epoch = std::get_if<EpochDone>(&event))
            epochs.push_back(*epoch);
    }
    return epochs;
}

Result<Finished> runJob(const TrainingJob& job, std::vector<TrainingEvent>& events,
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
std::vector<TrainingEvent> run(const TrainingJob& job)
{
    std::vector<TrainingEvent> events;
    const auto finished = runJob(job, events);
    if (!finished)
        qWarning("%s", finished.error().text().c_str());
    return events;
}

/// Features were computed.
bool missed(const std::vector<TrainingEvent>& events)
{
    return std::any_of(events.begin(), events.end(),
        [](const TrainingEvent& e) { return std::holds_alternative<Preparing>(e); });
}

bool sameNumbers(const std::vector<EpochDone>& a, const std::vector<EpochDone>& b)
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

} // namespace

class TestTraining : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void aRunLearnsAndLeavesACompleteFolder()
    {
        Bench bench;
        bench.recipe.phases[0].epochs = 12;
        std::vector<TrainingEvent> events;
        const auto finished = runJob(bench.job("run"), events);
        QVERIFY2(finished, finished ? "" : finished.error().text().c_str());
        QVERIFY(finished->validationAccuracy > 0.8);
        QCOMPARE(finished->validationCount, 12);
        QCOMPARE(finished->testCount, 12);
        QVERIFY(finished->testAccuracy.has_value());
        for (const auto* file : { run_files::kRecipe, run_files::kDataset, run_files::kEvents,
                 run_files::kBest, run_files::kLast, run_files::kResume })
            QVERIFY2(std::filesystem::exists(bench.folder / "run" / file), file);
        const auto info = readRun(bench.folder / "run");
        QVERIFY(info && info->finished);
        QCOMPARE(info->epochsDone, 12);
        QCOMPARE(info->bestEpoch, finished->bestEpoch);
        QVERIFY(std::holds_alternative<PhaseStarted>(events.front()));
        QVERIFY(std::holds_alternative<Finished>(events.back()));
        const auto dataset = readRunDataset(bench.folder / "run");
        QVERIFY(dataset);
        QCOMPARE((*dataset)->count(Split::Validation), bench.dataset->count(Split::Validation));
    }
    void theBestEpochIsTheOneWithTheHighestValidationAccuracy()
    {
        Bench bench;
        bench.recipe.phases[0].epochs = 8;
        const auto events = run(bench.job("run"));
        const auto epochs = epochsOf(events);
        double best = -1;
        for (const auto& e : epochs)
            best = std::max(best, e.validationAccuracy.value());
        const auto& finished = std::get<Finished>(events.back());
        QCOMPARE(finished.validationAccuracy, best);
        QCOMPARE(
            epochs[static_cast<std::size_t>(finished.bestEpoch) - 1].validationAccuracy.value(),
            best);
    }
    void oneSeedGivesTheSameNumbersWithAFullAndAnEmptyCache()
    {
        Bench bench;
        const auto first = epochsOf(run(bench.job("a")));
        const auto cached = epochsOf(run(bench.job("b")));
        bench.cache->clear();
        const auto cold = epochsOf(run(bench.job("c")));
        QVERIFY(sameNumbers(first, cached));
        QVERIFY(sameNumbers(first, cold));
        bench.recipe.seed = 2;
        QVERIFY(!sameNumbers(first, epochsOf(run(bench.job("d")))));
    }
    void aCacheTooSmallForTheDatasetChangesNoNumber()
    {
        Bench bench;
        const auto first = epochsOf(run(bench.job("a")));
        bench.cache = std::make_shared<FeatureCache>(FeatureCache::Options { 20'000, {} });
        QVERIFY(sameNumbers(first, epochsOf(run(bench.job("b")))));
        QVERIFY(bench.cache->info().memoryBytes <= 20'000);
    }
    void anotherProgramTrainsOnWhatIsOnDisk()
    {
        Bench bench;
        const auto cacheOnDisk = [&] {
            return std::make_shared<FeatureCache>(
                FeatureCache::Options { 1 << 20, bench.folder / "cache" });
        };
        const auto inMemory = epochsOf(run(bench.job("a")));
        bench.cache = cacheOnDisk();
        const auto first = run(bench.job("b"));
        QVERIFY(missed(first));
        // Both at once, as the window and the command line may be.
        const auto window = std::exchange(bench.cache, cacheOnDisk());
        const auto second = run(bench.job("c"));
        QVERIFY(!missed(second));
        QVERIFY(sameNumbers(inMemory, epochsOf(first)));
        QVERIFY(sameNumbers(inMemory, epochsOf(second)));
        // The block's input was kept while the head alone trained.
        bench.recipe.phases[0].plan.blockRates = { { "block2", 1e-4 } };
        bench.cache = cacheOnDisk();
        const auto unfrozen = run(bench.job("d"));
        QVERIFY(!missed(unfrozen));
        bench.cache = std::make_shared<FeatureCache>();
        QVERIFY(sameNumbers(epochsOf(run(bench.job("e"))), epochsOf(unfrozen)));
    }
    void withoutRoomOnDiskTrainingGoesOnAndSaysSoOnce()
    {
        Bench bench;
        const auto first = epochsOf(run(bench.job("a")));
        bench.folder.write("file", "in the way");
        bench.cache = std::make_shared<FeatureCache>(
            FeatureCache::Options { 1 << 20, bench.folder / "file" / "cache" });
        const auto events = run(bench.job("b"));
        QVERIFY(sameNumbers(first, epochsOf(events)));
        std::vector<Note> notes;
        for (const auto& event : events) {
            if (const auto* note = std::get_if<Note>(&event))
                notes.push_back(*note);
        }
        QCOMPARE(notes.size(), std::size_t { 1 });
        QVERIFY(notes[0].text.find("not kept on disk") != std::string::npos);
        QVERIFY(notes[0].details[0].find("file/cache") != std::string::npos);
        QVERIFY(!bench.cache->info().note.empty());
    }
    void changingTheHeadComputesNoFeatureAnew()
    {
        Bench bench;
        QVERIFY(missed(run(bench.job("a"))));
        bench.recipe.head = { Pooling::Average, { 8 }, 0 };
        bench.recipe.phases[0].plan.headRate = 1e-4;
        bench.recipe.classWeights = false;
        QVERIFY(!missed(run(bench.job("b"))));
        bench.recipe.geometry = Geometry::Crop;
        QVERIFY(missed(run(bench.job("c"))));
    }
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
        Bench bench;
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
            // Stopped in the middle of the epoch that follows, as a kill would: what it began is
            // lost.
            std::stop_source stop;
            std::vector<TrainingEvent> events;
            QVERIFY(runJob(bench.job(name), events, stop.get_token(),
                [&](const TrainingEvent& event, LiveKnobs&) {
                    const auto* step = std::get_if<StepDone>(&event);
                    if (step && step->epoch == stopAfter + 1 && step->step == 2)
                        stop.request_stop();
                }));
            QVERIFY(std::get<Finished>(events.back()).stopped);
            QCOMPARE(epochsOf(events).size(), static_cast<std::size_t>(stopAfter));
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
        Bench bench;
        const auto whole = epochsOf(run(bench.job("whole")));
        std::stop_source stop;
        std::vector<TrainingEvent> events;
        QVERIFY(runJob(bench.job("cut"), events, stop.get_token(),
            [&](const TrainingEvent& event, LiveKnobs&) {
                if (std::holds_alternative<EpochDone>(event))
                    stop.request_stop();
            }));
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
        Bench bench;
        run(bench.job("whole"));
        std::stop_source stop;
        std::vector<TrainingEvent> events;
        QVERIFY(runJob(bench.job("cut"), events, stop.get_token(),
            [&](const TrainingEvent& event, LiveKnobs&) {
                if (std::holds_alternative<EpochDone>(event))
                    stop.request_stop();
            }));
        std::filesystem::copy_file(bench.folder / "whole/last.safetensors",
            bench.folder / "cut/last.safetensors",
            std::filesystem::copy_options::overwrite_existing);
        const auto refused = runJob(bench.job("cut", RunMode::Resume), events);
        QVERIFY(!refused);
        QCOMPARE(refused.error().code, ErrorCode::Corrupt);
    }

    void oneRunFolderTakesOneTrainingAtATime()
    {
        Bench bench;
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
        Bench bench;
        run(bench.job("run"));
        const auto left = bench.folder.write("run/last.safetensors.tmp123-4", "half");
        const auto own = bench.folder.write("run/notes.tmp", "the user's");
        run(bench.job("run", RunMode::Resume));
        QVERIFY(!std::filesystem::exists(left));
        QVERIFY(std::filesystem::exists(own));
    }

    void aPictureThatIsGoneForAWhileStaysPartOfTheRun()
    {
        Bench bench;
        run(bench.job("run"));
        const auto before = *readRunDataset(bench.folder / "run");
        const auto picture = before->absolute(before->images[3]);
        const auto away = bench.folder / "away.png";
        std::filesystem::rename(picture, away);
        const auto without = *readRunDataset(bench.folder / "run");
        QCOMPARE(without->images.size(), before->images.size());
        QCOMPARE(without->problems.size(), std::size_t { 1 });
        QCOMPARE(without->problems[0].path, before->images[3].path);
        bench.recipe.phases = { { { 1e-3, {} }, 1, 0 } };
        const auto events = run(bench.job("run", RunMode::Resume));
        std::filesystem::rename(away, picture);
        QCOMPARE((*readRunDataset(bench.folder / "run"))->problems.size(), std::size_t { 0 });
    }

    void anyFileNameComesBackFromTheRun()
    {
        Bench bench;
        const auto root = bench.folder / "pictures";
        const std::filesystem::path odd("train/cold/a\xe9t\xe9 \"x\".png");
        std::filesystem::rename(bench.dataset->absolute(bench.dataset->images[0]), root / odd);
        bench.dataset = withValidation(*scan(root), { 0.25, 1 });
        run(bench.job("run"));
        const auto read = *readRunDataset(bench.folder / "run");
        QCOMPARE(read->problems.size(), std::size_t { 0 });
        QVERIFY(std::any_of(read->images.begin(), read->images.end(),
            [&](const ImageEntry& image) { return image.path == odd; }));
    }

    void aStopWhileTheTestSplitIsLookedAtIsNotTheEnd()
    {
        Bench bench;
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
        QVERIFY(resumed->testAccuracy.has_value());
    }

    void aCutLogResumes()
    {
        Bench bench;
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
        Bench bench;
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
    void aPhaseAfterAStoppedOneLeavesATrueRecipe()
    {
        Bench bench;
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
    void frozenBlocksKeepTheirBits()
    {
        Bench bench;
        bench.recipe.phases[0].epochs = 2;
        run(bench.job("head"));
        bench.recipe.phases[0].plan.blockRates = { { "block2", 1e-2 } };
        run(bench.job("block2"));
        const auto bytesOf = [&](const std::string& name, const std::string& tensor) {
            const auto file = SafetensorsFile::open(bench.folder / name / run_files::kBest);
            const auto data = file->find(tensor)->data;
            return std::vector<std::byte>(data.begin(), data.end());
        };
        QVERIFY(!bytesOf("head", "block1_conv1.weight").empty());
        QCOMPARE(bytesOf("head", "block1_conv1.weight"), bytesOf("block2", "block1_conv1.weight"));
        QVERIFY(bytesOf("head", "block2_conv1.weight") != bytesOf("block2", "block2_conv1.weight"));
    }
    void aStopIsHeardWithinOneBatch()
    {
        Bench bench;
        std::stop_source stop;
        std::vector<TrainingEvent> events;
        QVERIFY(runJob(bench.job("run"), events, stop.get_token(),
            [&](const TrainingEvent& event, LiveKnobs&) {
                if (std::holds_alternative<StepDone>(event))
                    stop.request_stop();
            }));
        const auto steps = std::count_if(events.begin(), events.end(),
            [](const TrainingEvent& e) { return std::holds_alternative<StepDone>(e); });
        QCOMPARE(steps, 1);
        QVERIFY(std::get<Finished>(events.back()).stopped);
    }
    void anUnreadablePictureIsReportedAndTheRestTrains()
    {
        Bench bench;
        // One that training meets, and one that only the test at the end does.
        const auto firstOf = [&](Split split) {
            return *std::find_if(bench.dataset->images.begin(), bench.dataset->images.end(),
                [&](const ImageEntry& image) { return image.split == split; });
        };
        bench.folder.write("pictures" / firstOf(Split::Train).path, "no picture any more");
        std::filesystem::remove(bench.dataset->absolute(firstOf(Split::Test)));
        const auto events = run(bench.job("run"));
        QVERIFY(std::holds_alternative<Finished>(events.back()));
        std::vector<std::string> details;
        for (const auto& event : events) {
            if (const auto* note = std::get_if<Note>(&event))
                details.insert(details.end(), note->details.begin(), note->details.end());
        }
        const auto told = [&](Split split) {
            return std::any_of(details.begin(), details.end(), [&](const std::string& line) {
                return line.starts_with(utf8(firstOf(split).path));
            });
        };
        QVERIFY(told(Split::Train));
        QVERIFY(told(Split::Test));
    }
    void whatCannotTrainIsRefusedWithAReason()
    {
        Bench bench;
        auto alone = std::make_shared<DatasetSnapshot>(*bench.dataset);
        std::erase_if(alone->images, [](const ImageEntry& image) { return image.label == 1; });
        auto job = bench.job("one");
        job.dataset = alone;
        std::vector<TrainingEvent> events;
        QVERIFY(!runJob(job, events));
        QVERIFY(std::holds_alternative<Failed>(events.back()));
        QVERIFY(
            std::get<Failed>(events.back()).error.detail.find("two classes") != std::string::npos);

        run(bench.job("run"));
        QVERIFY(!runJob(bench.job("run"), events));
        QCOMPARE(std::get<Failed>(events.back()).error.code, ErrorCode::Exists);
        QVERIFY(!runJob(bench.job("nowhere", RunMode::Resume), events));
        bench.recipe.weights = utf8(bench.folder / "missing.safetensors");
        QVERIFY(!runJob(bench.job("noweights"), events));
    }
    void aRateThatExplodesFailsWithAdvice()
    {
        Bench bench;
        // p - 10 (g + p): the weights grow ninefold with every step.
        bench.recipe.optimizer = { OptimizerKind::Sgd, 0, 1, 1e-7 };
        bench.recipe.phases[0].plan.headRate = 10;
        bench.recipe.phases[0].epochs = 20;
        std::vector<TrainingEvent> events;
        QVERIFY(!runJob(bench.job("run"), events));
        const auto& error = std::get<Failed>(events.back()).error;
        QVERIFY2(
            error.advice.find("lower learning rate") != std::string::npos, error.text().c_str());
    }
    void liveRatesTakeEffectAndAreLogged()
    {
        Bench bench;
        std::vector<TrainingEvent> events;
        bool told = false;
        QVERIFY(
            runJob(bench.job("run"), events, {}, [&](const TrainingEvent& event, LiveKnobs& knobs) {
                if (std::holds_alternative<EpochDone>(event) && !std::exchange(told, true))
                    knobs.setRate("head", 1e-12);
            }));
        const auto epochs = epochsOf(events);
        // A rate of next to nothing: validation stands still from then on.
        QVERIFY(std::abs(*epochs[1].validationLoss - *epochs[3].validationLoss) < 1e-6);
        QVERIFY(std::any_of(events.begin(), events.end(), [](const TrainingEvent& e) {
            const auto* rate = std::get_if<RateChanged>(&e);
            return rate && rate->block == "head" && rate->epoch == 2;
        }));
    }
    void theThreadPausesGoesOnAndKeepsEveryEpoch()
    {
        Bench bench;
        TrainingThread thread;
        QVERIFY(thread.start(bench.job("run")));
        QVERIFY(!thread.start(bench.job("other")));
        thread.setPaused(true);
        std::vector<TrainingEvent> events;
        const auto drain = [&] {
            for (auto& event : thread.take())
                events.push_back(std::move(event));
            return events.size();
        };
        QTRY_VERIFY(drain() > 0
            && std::any_of(events.begin(), events.end(),
                [](const TrainingEvent& e) { return std::holds_alternative<Paused>(e); }));
        const auto before = drain();
        QTest::qWait(150);
        QCOMPARE(drain(), before);
        thread.setPaused(false);
        QTRY_VERIFY_WITH_TIMEOUT(!thread.running(), 30000);
        drain();
        QCOMPARE(epochsOf(events).size(), std::size_t { 4 });
        QVERIFY(std::holds_alternative<Finished>(events.back()));
    }
    void stoppingAPausedThreadEndsIt()
    {
        Bench bench;
        TrainingThread thread;
        thread.start(bench.job("run"));
        thread.setPaused(true);
        QTest::qWait(50);
        thread.stop();
        QTRY_VERIFY_WITH_TIMEOUT(!thread.running(), 10000);
        const auto events = thread.take();
        QVERIFY(std::get<Finished>(events.back()).stopped);
    }
    void destroyingAThreadThatTrainsStopsItCleanly()
    {
        Bench bench;
        bench.recipe.phases[0].epochs = 1000;
        {
            TrainingThread thread;
            thread.start(bench.job("run"));
            QTRY_VERIFY(std::filesystem::exists(bench.folder / "run" / run_files::kResume));
        }
        QVERIFY(readRun(bench.folder / "run"));
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

QTEST_GUILESS_MAIN(TestTraining)
#include "tst_training.moc"
