#include "core/base/files.h"
#include "core/runs/fork_points.h"
#include "core/training/fork.h"
#include "core/weights/safetensors.h"
#include "tests/core/training/training_bench.h"

using namespace vernier;
using namespace vernier::test;

namespace {

/// A bench on another backbone, whose blocks train as `plan` says.
struct BackboneBench : TrainingBench {
    BackboneBench(const std::string& backbone, const FreezePlan& plan)
    {
        recipe.backbone = backbone;
        recipe.transferLayer = (*findArchitecture(backbone))->layers.back().name;
        recipe.phases = { { plan, 3, 0 } };
    }

    std::map<std::string, std::string> tensors(const std::string& run, const char* file) const
    {
        std::map<std::string, std::string> values;
        const auto opened = SafetensorsFile::open(folder / run / file);
        for (const auto& tensor : opened->tensors())
            values[tensor.name] = std::string(
                reinterpret_cast<const char*>(tensor.data.data()), tensor.data.size());
        return values;
    }
};

void backboneRows()
{
    QTest::addColumn<QString>("backbone");
    QTest::newRow("VGG with batch normalization") << "tinyvgg_bn";
    QTest::newRow("ResNet") << "tinyresnet";
}

bool isStatistic(const std::string& name) { return name.find(".running_") != std::string::npos; }

} // namespace

/// What batch normalization and residual units add to a training.
class TestBackbones : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void frozenBlocksKeepTheirBitsAndTheirStatistics_data()
    {
        QTest::addColumn<QString>("backbone");
        QTest::addColumn<QString>("trains");
        for (const auto* backbone : { "tinyvgg_bn", "tinyresnet" }) {
            // Below the cut, and above one that trains, where gradients pass through them.
            for (const auto* block : { "block1", "block2" })
                QTest::addRow("%s, %s", backbone, block) << backbone << block;
        }
    }
    void frozenBlocksKeepTheirBitsAndTheirStatistics()
    {
        QFETCH(QString, backbone);
        QFETCH(QString, trains);
        const auto block = trains.toStdString();
        BackboneBench bench(backbone.toStdString(), { 3e-3, {}, {} });
        run(bench.job("head"));
        bench.recipe.phases[0].plan.blockRates = { { block, 1e-3 } };
        run(bench.job("block"));
        for (const auto* file : { run_files::kBest, run_files::kLast }) {
            const auto before = bench.tensors("head", file);
            const auto after = bench.tensors("block", file);
            QVERIFY(!before.empty());
            int moved = 0;
            for (const auto& [name, bytes] : before) {
                if (name.starts_with("head_"))
                    continue;
                const bool same = after.at(name) == bytes;
                QVERIFY2(same != name.starts_with(block + "_"), name.c_str());
                moved += !same && isStatistic(name);
            }
            QVERIFY(moved > 0);
        }
    }

    void aFrozenUnitWithinABlockThatTrainsKeepsItsStatistics()
    {
        BackboneBench bench("tinyresnet", { 3e-3, {}, {} });
        run(bench.job("head"));
        bench.recipe.phases[0].plan = { 3e-3, { { "block3", 1e-3 } }, { { "block3_unit2", 0 } } };
        run(bench.job("unit"));
        const auto before = bench.tensors("head", run_files::kLast);
        const auto after = bench.tensors("unit", run_files::kLast);
        for (const auto& [name, bytes] : before) {
            if (!name.starts_with("head_"))
                QVERIFY2(
                    (after.at(name) == bytes) != name.starts_with("block3_unit1_"), name.c_str());
        }
    }

    void theCacheChangesNoNumber_data() { backboneRows(); }
    void theCacheChangesNoNumber()
    {
        QFETCH(QString, backbone);
        BackboneBench bench(backbone.toStdString(), { 3e-3, { { "block2", 1e-3 } }, {} });
        const auto first = epochsOf(run(bench.job("a")));
        QVERIFY(sameNumbers(first, epochsOf(run(bench.job("b")))));
        bench.cache->clear();
        QVERIFY(sameNumbers(first, epochsOf(run(bench.job("c")))));
    }

    void statisticsThatTrainedBelowMakeOtherFeatures()
    {
        // Block 1 trains, then is frozen: what was cached of its first state must not serve.
        BackboneBench bench("tinyvgg_bn", { 3e-3, {}, {} });
        run(bench.job("before"));
        bench.recipe.phases
            = { { { 3e-3, { { "block1", 1e-2 } }, {} }, 1, 0 }, { { 3e-3, {}, {} }, 2, 0 } };
        const auto warm = epochsOf(run(bench.job("warm")));
        bench.cache->clear();
        QVERIFY(sameNumbers(warm, epochsOf(run(bench.job("cold")))));
    }

    void aKilledRunGoesOnWithTheSameBits_data()
    {
        QTest::addColumn<QString>("backbone");
        QTest::addColumn<double>("average");
        for (const auto* backbone : { "tinyvgg_bn", "tinyresnet" }) {
            QTest::addRow("%s", backbone) << backbone << 0.0;
            QTest::addRow("%s, averaged", backbone) << backbone << 0.9;
        }
    }
    void aKilledRunGoesOnWithTheSameBits()
    {
        QFETCH(QString, backbone);
        QFETCH(double, average);
        BackboneBench bench(backbone.toStdString(), { 3e-3, { { "block2", 1e-3 } }, {} });
        bench.recipe.averageDecay = average;
        run(bench.job("whole"));
        runAndStopAfter(bench.job("broken"), 1);
        const auto resumed = run(bench.job("broken", RunMode::Resume));
        QVERIFY(std::holds_alternative<Finished>(resumed.back()));
        for (const auto* file : { run_files::kBest, run_files::kLast, run_files::kResume })
            QVERIFY2(bench.tensors("whole", file) == bench.tensors("broken", file), file);
    }

    void theBestEpochKeepsItsStatisticsWhenLaterOnesAreWorse_data() { backboneRows(); }
    void theBestEpochKeepsItsStatisticsWhenLaterOnesAreWorse()
    {
        QFETCH(QString, backbone);
        BackboneBench bench(backbone.toStdString(), { 3e-3, { { "block2", 1e-3 } }, {} });
        bench.recipe.phases.front().epochs = 10;
        // At such rates nothing that was learnt is left.
        bench.recipe.phases.push_back({ { 9, { { "block2", 9 } }, {} }, 2, 0 });
        const auto whole = std::get<Finished>(run(bench.job("whole")).back());
        QVERIFY(whole.bestEpoch <= 10);
        bench.recipe.phases.pop_back();
        bench.recipe.phases.front().epochs = whole.bestEpoch;
        const auto then = std::get<Finished>(run(bench.job("until then")).back());
        QVERIFY(bench.tensors("whole", run_files::kBest)
            == bench.tensors("until then", run_files::kLast));
        // The test pass takes the best from memory.
        QCOMPARE(whole.testAccuracy, then.testAccuracy);
        QVERIFY(whole.testAccuracy > 0.8);
    }

    void aKeptEpochHoldsStatisticsAndLayersThatTrainApart()
    {
        BackboneBench bench(
            "tinyresnet", { 3e-3, { { "block3", 1e-3 } }, { { "block2_unit1", 1e-4 } } });
        auto job = bench.job("kept");
        job.keepEpochs = true;
        run(job);
        const auto last = bench.tensors("kept", run_files::kLast);
        const auto kept = SafetensorsFile::open(keptEpochFile(bench.folder / "kept", 3));
        QVERIFY(kept);
        std::size_t held = 0;
        for (const auto& [name, bytes] : last) {
            const auto* tensor = kept->find(name);
            const bool trains = !name.starts_with("block1_");
            QVERIFY2((tensor != nullptr) == trains, name.c_str());
            if (tensor) {
                QCOMPARE(std::string(reinterpret_cast<const char*>(tensor->data.data()),
                             tensor->data.size()),
                    bytes);
                held += isStatistic(name);
            }
        }
        QVERIFY(held > 0);
    }

    void weightsThatAreNotHereAreNamedWithWhereToGetThem()
    {
        BackboneBench bench("tinyvgg_bn", { 3e-3, {}, {} });
        const TemporaryFolder home;
        qputenv("VERNIER_DATA", home.path().c_str());
        bench.recipe.backbone = "resnet18";
        bench.recipe.transferLayer = "block5_unit2";
        bench.recipe.weights = "imagenet";
        bench.recipe.normalization = "auto";
        std::vector<TrainingEvent> events;
        const auto failed = runJob(bench.job("run"), events);
        qunsetenv("VERNIER_DATA");
        QVERIFY(!failed);
        const auto text = failed.error().text();
        QVERIFY2(text.find("resnet18") != std::string::npos, text.c_str());
        QVERIFY2(
            text.find("weights fetch resnet18-torchvision") != std::string::npos, text.c_str());
    }
};

QTEST_GUILESS_MAIN(TestBackbones)
#include "tst_backbones.moc"
