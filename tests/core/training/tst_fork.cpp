#include "core/base/files.h"
#include "core/runs/fork_points.h"
#include "core/runs/run_list.h"
#include "core/training/fork.h"
#include "tests/core/training/training_bench.h"

using namespace vernier;
using namespace vernier::test;

namespace {

std::string trouble(const Status& status) { return status ? std::string() : status.error().text(); }

} // namespace

class TestFork : public QObject {
    Q_OBJECT
private Q_SLOTS:
    /// What fork.h promises.
    void aForkGivesTheNumbersOfARunThatWasEndedThere_data()
    {
        QTest::addColumn<int>("at");
        QTest::addColumn<bool>("keep");
        QTest::addColumn<double>("average");
        QTest::newRow("within the first phase") << 1 << true << 0.0;
        QTest::newRow("at the end of the first phase") << 2 << true << 0.0;
        QTest::newRow("within the second phase") << 3 << true << 0.0;
        QTest::newRow("at the end") << 4 << true << 0.0;
        QTest::newRow("at the end, nothing kept") << 4 << false << 0.0;
        QTest::newRow("averaged weights") << 3 << true << 0.9;
        QTest::newRow("averaged weights, nothing kept") << 4 << false << 0.9;
    }

    void aForkGivesTheNumbersOfARunThatWasEndedThere()
    {
        QFETCH(int, at);
        QFETCH(bool, keep);
        QFETCH(double, average);
        TrainingBench bench;
        const Phase head { { 3e-3, {} }, 2, 0 };
        const Phase deeper { { 1e-3, { { "block2", 1e-3 } } }, 2, 0 };
        const Phase next { { 5e-4, { { "block1", 1e-4 } } }, 2, 0 };
        bench.recipe.phases = { head, deeper };
        bench.recipe.averageDecay = average;
        auto whole = bench.job("whole");
        whole.keepEpochs = keep;
        const auto original = epochsOf(run(whole));
        QCOMPARE(original.size(), std::size_t { 4 });
        QCOMPARE(keptEpochs(bench.folder / "whole"),
            keep ? (std::vector { 1, 2, 3, 4 }) : std::vector<int>());

        auto ended = bench.recipe;
        ended.phases = { head, deeper };
        ended.phases.resize(at > 2 ? 2 : 1);
        ended.phases.back().epochs = at > 2 ? at - 2 : at;
        bench.recipe.phases = ended.phases;
        run(bench.job("ended"));
        const auto forked = forkRun(bench.folder / "whole", at, bench.folder / "forked");
        QVERIFY2(forked, trouble(forked).c_str());
        const auto standing = readRun(bench.folder / "forked");
        QVERIFY(standing && standing->finished);
        QCOMPARE(standing->epochsDone(), at);
        QCOMPARE(standing->recipe, ended);
        QCOMPARE(standing->bestEpoch, readRun(bench.folder / "ended")->bestEpoch);

        bench.recipe.phases = { next };
        run(bench.job("ended", RunMode::Extend));
        run(bench.job("forked", RunMode::Extend));
        const auto expected = readRun(bench.folder / "ended");
        const auto found = readRun(bench.folder / "forked");
        QVERIFY(expected && found && found->finished);
        QCOMPARE(found->recipe, expected->recipe);
        QCOMPARE(found->epochsDone(), at + 2);
        QVERIFY(sameNumbers(epochsOf(found->events), epochsOf(expected->events)));
        QCOMPARE(found->bestEpoch, expected->bestEpoch);
        // The one that it came from is as it was.
        QVERIFY(sameNumbers(epochsOf(readRun(bench.folder / "whole")->events), original));

        const auto summary = summarizeRun(bench.folder / "forked");
        QVERIFY(!summary.problem);
        QCOMPARE(summary.record.parent, (RunParent { bench.folder / "whole", at }));
    }

    void onlyWhatTrainsIsKept()
    {
        TrainingBench bench;
        bench.recipe.phases
            = { { { 3e-3, {} }, 1, 0 }, { { 1e-3, { { "block2", 1e-3 } } }, 1, 0 } };
        auto job = bench.job("run");
        job.keepEpochs = true;
        run(job);
        const auto size = [&](int epoch) {
            return std::filesystem::file_size(keptEpochFile(bench.folder / "run", epoch));
        };
        QVERIFY(size(1) < size(2));
        QVERIFY(size(2) < std::filesystem::file_size(bench.folder / "run/last.safetensors"));
        run(bench.job("plain"));
        QVERIFY(!std::filesystem::exists(bench.folder / "plain/epochs"));
        // A run that keeps its epochs goes on doing so.
        run(bench.job("run", RunMode::Extend));
        QCOMPARE(keptEpochs(bench.folder / "run").size(), std::size_t { 4 });
    }

    void withoutKeptEpochsTheBestAndTheLastCanBeForked()
    {
        TrainingBench bench;
        // The second phase makes it worse, so that the best is not the last.
        bench.recipe.phases = { { { 3e-3, {} }, 2, 0 }, { { 10, {} }, 2, 0 } };
        run(bench.job("run"));
        const auto info = *readRun(bench.folder / "run");
        QVERIFY(info.bestEpoch < 4);
        QCOMPARE(forkableEpochs(info), (std::vector { info.bestEpoch, 4 }));
        for (const int epoch : forkableEpochs(info)) {
            const auto to = bench.folder / ("fork" + std::to_string(epoch));
            const auto forked = forkRun(info.folder, epoch, to);
            QVERIFY2(forked, trouble(forked).c_str());
            QCOMPARE(readRun(to)->epochsDone(), epoch);
        }
        const auto refused = forkRun(info.folder, 3, bench.folder / "fork3");
        QCOMPARE(refused.error().code, ErrorCode::NotFound);
        QVERIFY(!std::filesystem::exists(bench.folder / "fork3"));
    }

    void anEpochWhoseBestOneIsGoneIsNotOffered()
    {
        const TemporaryFolder folder;
        RunInfo info;
        info.folder = folder.path();
        for (int epoch = 1; epoch <= 5; ++epoch) {
            EpochDone done;
            done.epoch = epoch;
            done.best = epoch == 1 || epoch == 4;
            append(info, done);
        }
        folder.write("epochs/3.safetensors", "");
        QCOMPARE(forkableEpochs(info), (std::vector { 4, 5 }));
        folder.write("epochs/1.safetensors", "");
        QCOMPARE(forkableEpochs(info), (std::vector { 1, 3, 4, 5 }));
        // One of an earlier life of the folder.
        folder.write("epochs/6.safetensors", "");
        QCOMPARE(forkableEpochs(info), (std::vector { 1, 3, 4, 5 }));
    }

    void whatCannotBeForkedIsRefused()
    {
        TrainingBench bench;
        auto job = bench.job("run");
        job.keepEpochs = true;
        run(job);
        const auto from = bench.folder / "run";
        QCOMPARE(forkRun(from, 5, bench.folder / "a").error().code, ErrorCode::NotFound);
        QCOMPARE(forkRun(from, 0, bench.folder / "a").error().code, ErrorCode::NotFound);
        QCOMPARE(forkRun(from, 1, from).error().code, ErrorCode::Exists);
        QCOMPARE(forkRun(bench.folder / "none", 1, bench.folder / "a").error().code,
            ErrorCode::NotFound);
        std::filesystem::rename(keptEpochFile(from, 3), keptEpochFile(from, 2));
        QCOMPARE(forkRun(from, 2, bench.folder / "a").error().code, ErrorCode::Mismatch);
        bench.folder.write("run/epochs/1.safetensors", "nothing of the kind");
        QVERIFY(!forkRun(from, 1, bench.folder / "a"));
        QVERIFY(!std::filesystem::exists(bench.folder / "a"));
        bench.folder.write("run/epochs/notes.safetensors", "");
        bench.folder.write("run/epochs/07.safetensors", "");
        QCOMPARE(keptEpochs(from), (std::vector { 1, 2, 4 }));
    }

    void whatWasLeftToTrainIsTheRestOfThePhases()
    {
        RunInfo info;
        info.recipe.phases = { { {}, 2, 0 }, { {}, 3, 7 } };
        for (int epoch = 1; epoch <= 5; ++epoch) {
            EpochDone done;
            done.epoch = epoch;
            done.phase = epoch > 2 ? 2 : 1;
            append(info, done);
        }
        QCOMPARE(phasesAfter(info, 1), (std::vector<Phase> { { {}, 1, 0 }, { {}, 3, 7 } }));
        QCOMPARE(phasesAfter(info, 2), (std::vector<Phase> { { {}, 3, 7 } }));
        QCOMPARE(phasesAfter(info, 4), (std::vector<Phase> { { {}, 1, 7 } }));
        QVERIFY(phasesAfter(info, 5).empty());
    }
};

QTEST_GUILESS_MAIN(TestFork)
#include "tst_fork.moc"
