#include "core/base/files.h"
#include "core/features/preparation.h"
#include "core/runs/run_list.h"
#include "core/training/training_thread.h"
#include "core/weights/safetensors.h"
#include "tests/core/training/training_bench.h"

#include <algorithm>
#include <cmath>
#include <utility>

using namespace vernier;
using namespace vernier::test;

class TestTraining : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void aRunLearnsAndLeavesACompleteFolder()
    {
        TrainingBench bench;
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
        QCOMPARE(info->epochsDone(), 12);
        QCOMPARE(info->bestEpoch, finished->bestEpoch);
        QVERIFY(std::holds_alternative<PhaseStarted>(events.front()));
        QVERIFY(std::holds_alternative<Finished>(events.back()));
        const auto dataset = readRunDataset(bench.folder / "run");
        QVERIFY(dataset);
        QCOMPARE((*dataset)->count(Split::Validation), bench.dataset->count(Split::Validation));
    }

    void theBestEpochIsTheOneWithTheHighestValidationAccuracy()
    {
        TrainingBench bench;
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

    void theFirstEpochIsToldOnceItsWeightsCanBeRead()
    {
        TrainingBench bench;
        std::vector<TrainingEvent> events;
        bool read = false;
        const auto finished = runJob(
            bench.job("a"), events, {}, [&](const TrainingEvent& event, LiveKnobs&) {
                const auto* epoch = std::get_if<EpochDone>(&event);
                if (epoch && epoch->epoch == 1) {
                    read = SafetensorsFile::open(bench.folder / "a" / run_files::kBest).has_value();
                }
            });
        QVERIFY(finished);
        QVERIFY(read);
    }

    void oneSeedGivesTheSameNumbersWithAFullAndAnEmptyCache()
    {
        TrainingBench bench;
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
        TrainingBench bench;
        const auto first = epochsOf(run(bench.job("a")));
        bench.cache = std::make_shared<FeatureCache>(FeatureCache::Options { 20'000, {} });
        QVERIFY(sameNumbers(first, epochsOf(run(bench.job("b")))));
        QVERIFY(bench.cache->info().memoryBytes <= 20'000);
    }

    void anotherProgramTrainsOnWhatIsOnDisk()
    {
        TrainingBench bench;
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
        TrainingBench bench;
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
        TrainingBench bench;
        QVERIFY(missed(run(bench.job("a"))));
        bench.recipe.head = { Pooling::Average, { 8 }, 0 };
        bench.recipe.phases[0].plan.headRate = 1e-4;
        bench.recipe.classWeights = false;
        QVERIFY(!missed(run(bench.job("b"))));
        bench.recipe.geometry = Geometry::Crop;
        QVERIFY(missed(run(bench.job("c"))));
        bench.recipe.size = 64;
        QVERIFY(missed(run(bench.job("d"))));
    }

    void frozenBlocksKeepTheirBits()
    {
        TrainingBench bench;
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

    void aBalancedSubsetIsAllThatTrains()
    {
        TrainingBench bench;
        writePaintedClass(bench.folder, "pictures/train/cold/more", 20, 0);
        bench.dataset = withValidation(*scan(bench.folder / "pictures"), { 0.25, 1 });
        bench.recipe.perClass = kBalancedClasses;
        const auto events = run(bench.job("balanced"));
        const auto warm = bench.dataset->count(1, Split::Train);
        QVERIFY(bench.dataset->count(0, Split::Train) > warm);
        QCOMPARE(epochsOf(events).front().trainCount, 2 * warm);
        const auto prepared = prepareFeatures(*bench.dataset, bench.recipe, *bench.cache, {}, {});
        QCOMPARE(prepared->computed, std::int64_t { 0 });
        bench.recipe.perClass = kAllOfClass;
        QCOMPARE(
            epochsOf(run(bench.job("all"))).front().trainCount, bench.dataset->count(Split::Train));
    }

    void aLayerAloneIsFrozenOrTrained_data()
    {
        QTest::addColumn<bool>("frozenAbove");
        QTest::newRow("trains alone") << false;
        QTest::newRow("frozen above one that trains") << true;
    }
    void aLayerAloneIsFrozenOrTrained()
    {
        QFETCH(bool, frozenAbove);
        TrainingBench bench;
        auto& plan = bench.recipe.phases[0].plan;
        if (frozenAbove)
            plan = { 3e-3, { { "block1", 1e-3 }, { "block2", 1e-3 } }, { { "block2_conv1", 0 } } };
        else
            plan = { 3e-3, {}, { { "block1_conv1", 1e-3 } } };
        run(bench.job("run"));
        bench.recipe.phases[0].plan = { 3e-3, {}, {} };
        run(bench.job("untouched"));
        const auto trained = SafetensorsFile::open(bench.folder / "run" / run_files::kLast);
        const auto untouched = SafetensorsFile::open(bench.folder / "untouched" / run_files::kLast);
        QVERIFY(trained && untouched);
        const auto same = [&](const char* name) {
            const auto a = trained->find(name)->data;
            const auto b = untouched->find(name)->data;
            return std::equal(a.begin(), a.end(), b.begin(), b.end());
        };
        QVERIFY(!same("block1_conv1.weight"));
        QVERIFY(same("block2_conv1.weight") && same("block2_conv1.bias"));
    }

    void aStopIsHeardWithinOneBatch()
    {
        TrainingBench bench;
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
        TrainingBench bench;
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
        TrainingBench bench;
        auto alone = std::make_shared<DatasetSnapshot>(*bench.dataset);
        std::erase_if(alone->images, [](const ImageEntry& image) { return image.label == 1; });
        auto job = bench.job("one");
        job.dataset = alone;
        std::vector<TrainingEvent> events;
        QVERIFY(!runJob(job, events));
        QVERIFY(std::holds_alternative<Failed>(events.back()));
        QVERIFY(
            std::get<Failed>(events.back()).error.detail.find("two classes") != std::string::npos);
        QVERIFY(!std::filesystem::exists(job.folder));
        std::filesystem::create_directory(job.folder);
        QVERIFY(!runJob(job, events));
        QVERIFY(std::filesystem::exists(job.folder));

        run(bench.job("run"));
        QVERIFY(!runJob(bench.job("run"), events));
        QCOMPARE(std::get<Failed>(events.back()).error.code, ErrorCode::Exists);
        QVERIFY(!runJob(bench.job("nowhere", RunMode::Resume), events));
        bench.recipe.weights = utf8(bench.folder / "missing.safetensors");
        QVERIFY(!runJob(bench.job("noweights"), events));
    }

    void aRateThatExplodesFailsWithAdvice()
    {
        TrainingBench bench;
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

    void anEpochWhoseLastStepOverflowsIsNone()
    {
        TrainingBench bench;
        bench.recipe.optimizer = { OptimizerKind::Sgd, 0, 1, 1e-7 };
        // With one step an epoch, it is validation that sees it first.
        bench.recipe.phases = { { { 10, {} }, 200, 1 } };
        std::vector<TrainingEvent> events;
        QVERIFY(!runJob(bench.job("run"), events));
        const auto epochs = epochsOf(events);
        QVERIFY(!epochs.empty());
        for (const auto& epoch : epochs)
            QVERIFY(std::isfinite(epoch.validationLoss.value()));
        // What came before can still be read, and gone on with.
        const auto info = readRun(bench.folder / "run");
        QVERIFY(info);
        QCOMPARE(info->epochsDone(), static_cast<int>(epochs.size()));
        QVERIFY(!runJob(bench.job("run", RunMode::Resume), events));
        QCOMPARE(std::get<Failed>(events.back()).error.code, ErrorCode::Invalid);
    }

    void liveRatesTakeEffectAndAreLogged()
    {
        TrainingBench bench;
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
        QCOMPARE(summarizeRun(bench.folder / "run").rateChanges,
            (std::vector { RateChange { "head", 1, 2, 3e-3, 1e-12 } }));
    }

    void aScheduleMultipliesTheRateThatWasSetLive()
    {
        TrainingBench bench;
        bench.recipe.phases[0].schedule.kind = ScheduleKind::Step;
        bench.recipe.phases[0].schedule.dropEvery = 1;
        bench.recipe.phases[0].schedule.dropTo = 0.5;
        bench.recipe.optimizer = { OptimizerKind::Sgd, 0, 0, 1e-7 };
        std::vector<TrainingEvent> events;
        QVERIFY(runJob(bench.job("run"), events));
        for (const auto& event : events) {
            const auto* step = std::get_if<StepDone>(&event);
            if (step && !step->testing)
                QCOMPARE(step->rateFactor, std::pow(0.5, step->epoch - 1));
        }
        // Half the rate, and twice that rate set live: the same numbers.
        const auto expected = epochsOf(events);
        const double rate = bench.recipe.phases[0].plan.headRate;
        bench.recipe.phases[0].plan.headRate = rate / 2;
        std::vector<TrainingEvent> live;
        LiveKnobs knobs;
        knobs.setRate("head", rate);
        QVERIFY(train(
            bench.job("live"), knobs, [&](const TrainingEvent& e) { live.push_back(e); }, {}));
        QVERIFY(sameNumbers(expected, epochsOf(live)));
        const auto& started = std::get<PhaseStarted>(live.front());
        QCOMPARE(started.schedule, ScheduleKind::Step);
        QVERIFY(toText(started).find("step schedule") != std::string::npos);
    }

    void whatBendsATrainingIsReallyUsed_data()
    {
        QTest::addColumn<QString>("key");
        QTest::addColumn<QString>("value");
        QTest::newRow("cosine") << "phases.0.schedule.kind"
                                << "cosine";
        QTest::newRow("warm-up") << "phases.0.schedule.warmup"
                                 << "0.5";
        QTest::newRow("smoothing") << "label_smoothing"
                                   << "0.1";
        QTest::newRow("mixup") << "mixup"
                               << "0.2";
        QTest::newRow("averages") << "average_decay"
                                  << "0.9";
        QTest::newRow("clipping") << "optimizer.clip_norm"
                                  << "0.001";
        QTest::newRow("decay") << "optimizer.weight_decay"
                               << "0.1";
        QTest::newRow("size") << "pictures.size"
                              << "64";
    }
    void whatBendsATrainingIsReallyUsed()
    {
        QFETCH(QString, key);
        QFETCH(QString, value);
        TrainingBench bench;
        bench.recipe.phases[0].epochs = 2;
        const auto plain = epochsOf(run(bench.job("plain")));
        const auto bent = withValues(bench.recipe, { { key.toStdString(), value.toStdString() } });
        QVERIFY2(bent, bent ? "" : bent.error().text().c_str());
        bench.recipe = *bent;
        const auto events = run(bench.job("bent"));
        QVERIFY(std::holds_alternative<Finished>(events.back()));
        QVERIFY(!sameNumbers(plain, epochsOf(events)));
    }

    void aLargerPictureMakesAFlatHeadWider()
    {
        TrainingBench bench;
        bench.recipe.phases[0].epochs = 1;
        const auto widthOfHead = [&](const char* run, int size) {
            bench.recipe.size = size;
            std::vector<TrainingEvent> events;
            const auto done = runJob(bench.job(run), events);
            const auto file = SafetensorsFile::open(bench.folder / run / run_files::kBest);
            return done && file ? file->find("head_dense1.weight")->shape[1] : 0;
        };
        const auto own = widthOfHead("own", kBackbonesSize);
        QVERIFY(own > 0);
        QCOMPARE(widthOfHead("larger", 96), 9 * own);
    }

    void theThreadPausesGoesOnAndKeepsEveryEpoch()
    {
        TrainingBench bench;
        TrainingThread thread;
        QElapsedTimer whole;
        whole.start();
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
        constexpr int kPauseMs = 1000;
        QTest::qWait(kPauseMs);
        QCOMPARE(drain(), before);
        thread.setPaused(false);
        QTRY_VERIFY_WITH_TIMEOUT(!thread.running(), 30000);
        drain();
        QCOMPARE(epochsOf(events).size(), std::size_t { 4 });
        QVERIFY(std::holds_alternative<Finished>(events.back()));
        // An epoch's time is without its pauses.
        double seconds = 0;
        for (const auto& epoch : epochsOf(events))
            seconds += epoch.seconds;
        QVERIFY(seconds * 1000 <= static_cast<double>(whole.elapsed() - kPauseMs));
    }

    void stoppingAPausedThreadEndsIt()
    {
        TrainingBench bench;
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
        TrainingBench bench;
        bench.recipe.phases[0].epochs = 1000;
        {
            TrainingThread thread;
            thread.start(bench.job("run"));
            QTRY_VERIFY(std::filesystem::exists(bench.folder / "run" / run_files::kResume));
        }
        QVERIFY(readRun(bench.folder / "run"));
    }
};

QTEST_GUILESS_MAIN(TestTraining)
#include "tst_training.moc"
