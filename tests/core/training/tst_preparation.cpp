#include "core/training/calibration.h"
#include "core/training/preparation.h"
#include "tests/core/training/training_bench.h"

#include <algorithm>
#include <cmath>

using namespace vernier;
using namespace vernier::test;

class TestPreparation : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void aPreparedDatasetComputesNothingMore()
    {
        TrainingBench bench;
        const auto computed = prepareFeatures(*bench.dataset, bench.recipe, *bench.cache, {}, {});
        QVERIFY(computed);
        QCOMPARE(computed->computed, std::int64_t { 60 });
        QVERIFY(computed->allKept);
        QCOMPARE(prepareFeatures(*bench.dataset, bench.recipe, *bench.cache, {}, {})->computed, 0);
        const auto events = run(bench.job("a"));
        QVERIFY(!missed(events));

        bench.cache = std::make_shared<FeatureCache>();
        QVERIFY(sameNumbers(epochsOf(events), epochsOf(run(bench.job("b")))));
    }

    void keptViewsAreAllPrepared()
    {
        TrainingBench bench;
        bench.recipe.augmentation.rotation = 20;
        bench.recipe.views = 2;
        const auto prepared = prepareFeatures(*bench.dataset, bench.recipe, *bench.cache, {}, {});
        QCOMPARE(prepared->computed, std::int64_t { 36 * 2 + 12 + 12 });
        QVERIFY(!missed(run(bench.job("a"))));
    }

    void aCacheWithoutRoomIsTold()
    {
        TrainingBench bench;
        bench.cache = std::make_shared<FeatureCache>(FeatureCache::Options { 4096, {} });
        const auto prepared = prepareFeatures(*bench.dataset, bench.recipe, *bench.cache, {}, {});
        QVERIFY(prepared && !prepared->allKept);
    }

    void aStopIsHeardWhilePicturesAreStillBeingLookedAt()
    {
        TrainingBench bench;
        std::stop_source stop;
        stop.request_stop();
        const auto stopped
            = prepareFeatures(*bench.dataset, bench.recipe, *bench.cache, stop.get_token(), {});
        QCOMPARE(stopped.error().code, ErrorCode::Cancelled);
        QCOMPARE(bench.cache->info().memoryBytes, std::uint64_t { 0 });
    }

    void preparingStopsWithinABatchAndKeepsWhatItHas()
    {
        TrainingBench bench;
        std::stop_source stop;
        const auto stopped = prepareFeatures(*bench.dataset, bench.recipe, *bench.cache,
            stop.get_token(), [&](const Progress& progress) {
                if (progress.stage == "preparing features" && progress.done >= 20)
                    stop.request_stop();
            });
        QVERIFY(!stopped);
        QCOMPARE(stopped.error().code, ErrorCode::Cancelled);
        const auto rest = prepareFeatures(*bench.dataset, bench.recipe, *bench.cache, {}, {});
        QVERIFY(rest->computed > 30 && rest->computed <= 40);
    }

    void aRunsBestWeightsScoreAsTrainingSaid_data()
    {
        QTest::addColumn<bool>("trunkTrains");
        QTest::newRow("head only") << false;
        QTest::newRow("the last block too") << true;
    }

    void aRunsBestWeightsScoreAsTrainingSaid()
    {
        QFETCH(bool, trunkTrains);
        TrainingBench bench;
        if (trunkTrains)
            bench.recipe.phases.push_back({ { 1e-3, { { "block2", 1e-3 } } }, 2, 0 });
        std::vector<TrainingEvent> events;
        const auto finished = runJob(bench.job("a"), events);
        QVERIFY(finished);
        const auto scores = scoreSplit(
            bench.folder / "a", *bench.dataset, Split::Validation, "cpu", *bench.cache, {}, {});
        QVERIFY2(scores, scores ? "" : scores.error().text().c_str());
        QCOMPARE(scores->epoch, finished->bestEpoch);
        QCOMPARE(
            static_cast<std::int64_t>(scores->logProbabilities.size()), finished->validationCount);
        int right = 0;
        double loss = 0;
        for (const auto& [image, row] : scores->logProbabilities) {
            double sum = 0;
            for (const double logarithm : row)
                sum += std::exp(logarithm);
            QVERIFY(std::abs(sum - 1) < 1e-5);
            loss -= static_cast<double>(
                row[static_cast<std::size_t>(bench.dataset->images[image].label)]);
            right += std::ranges::max_element(row) - row.begin()
                == bench.dataset->images[image].label;
        }
        QCOMPARE(double(right) / double(finished->validationCount), finished->validationAccuracy);
        const auto best = epochsOf(events)[static_cast<std::size_t>(finished->bestEpoch) - 1];
        QVERIFY(std::abs(loss / double(finished->validationCount) - *best.validationLoss) < 1e-5);
    }

    void otherClassesAreAMismatch()
    {
        TrainingBench bench;
        run(bench.job("a"));
        auto renamed = *bench.dataset;
        std::swap(renamed.classes[0], renamed.classes[1]);
        QCOMPARE(scoreSplit(bench.folder / "a", renamed, Split::Test, "cpu", *bench.cache, {}, {})
                     .error()
                     .code,
            ErrorCode::Mismatch);
    }

    void aPictureThatCannotBeReadIsNamedAndTheRestIsScored()
    {
        TrainingBench bench;
        run(bench.job("a"));
        const auto broken
            = std::ranges::find(bench.dataset->images, Split::Test, &ImageEntry::split);
        bench.folder.write("pictures" / broken->path, "broken");
        const auto scores = scoreSplit(
            bench.folder / "a", *bench.dataset, Split::Test, "cpu", *bench.cache, {}, {});
        QVERIFY(scores);
        QCOMPARE(scores->logProbabilities.size(), std::size_t { 11 });
        QCOMPARE(scores->problems.size(), std::size_t { 1 });
        QCOMPARE(scores->problems.front().path, broken->path);
    }

    void aPhaseFindsLoadedWeightsBelowWhereNothingBeforeItTrainedThere()
    {
        Recipe recipe;
        const auto finds = [&](const std::vector<FreezePlan>& plans) {
            recipe.phases.assign(plans.size(), {});
            for (std::size_t i = 0; i < plans.size(); ++i)
                recipe.phases[i].plan = plans[i];
            return findsLoadedWeightsBelow(recipe, plans.size() - 1);
        };
        const FreezePlan head { 1e-3, {}, {} };
        const FreezePlan block5 { 1e-4, { { "block5", 1e-5 } }, {} };
        QVERIFY(finds({ head }));
        QVERIFY(finds({ head, head, head }));
        QVERIFY(finds({ block5, block5 }));
        QVERIFY(finds({ head, block5 }));
        QVERIFY(!finds({ block5, head }));
        QVERIFY(!finds({ head, block5, head }));
        QVERIFY(finds({ block5, head, block5 }));
        QVERIFY(!findsLoadedWeightsBelow(recipe, 3));
        recipe.backbone = "none such";
        QVERIFY(!findsLoadedWeightsBelow(recipe, 0));
    }

    void aMeasuredSpeedIsPlausible()
    {
        const auto speed = measureSpeed(TrainingBench().recipe, {});
        QVERIFY2(speed, speed ? "" : speed.error().text().c_str());
        for (const double each : { speed->prefix, speed->suffix, speed->head })
            QVERIFY(each > 1e5 && each < 1e16);
        std::stop_source stopped;
        stopped.request_stop();
        QCOMPARE(measureSpeed(TrainingBench().recipe, stopped.get_token()).error().code,
            ErrorCode::Cancelled);
    }
};

QTEST_GUILESS_MAIN(TestPreparation)
#include "tst_preparation.moc"
