#include "core/features/preparation.h"
#include "tests/core/training/training_bench.h"

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
};

QTEST_GUILESS_MAIN(TestPreparation)
#include "tst_preparation.moc"
