#include "core/model/micro_batch.h"
#include "core/training/running_score.h"
#include "tests/core/training/training_bench.h"
#include "tests/support/tight_memory.h"

#include <cmath>
#include <limits>

using namespace vernier;
using namespace vernier::test;

namespace {

// The first convolution gives 32 KB a picture, and is the largest there is.
constexpr std::size_t kRoomForFour = 200'000;
constexpr std::size_t kRoomForTwo = 100'000;
constexpr std::size_t kRoomForNone = 20'000;

std::vector<Note> notesOf(const std::vector<TrainingEvent>& events)
{
    std::vector<Note> notes;
    for (const auto& event : events) {
        if (const auto* note = std::get_if<Note>(&event))
            notes.push_back(*note);
    }
    return notes;
}

void allTrains(TrainingBench& bench)
{
    bench.recipe.head.dropout = 0;
    bench.recipe.precision = Precision::Fp32;
    bench.recipe.optimizer = { OptimizerKind::Sgd, 0.9, 0, 1e-7 };
    bench.recipe.phases = { { { 1e-2, { { "block1", 1e-2 }, { "block2", 1e-2 } } }, 3, 0 } };
}

} // namespace

class TestMicroBatch : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void aBatchThatFitsIsOnePiece()
    {
        MicroBatch micro(8, torch::kCPU);
        std::vector<std::pair<int, int>> pieces;
        micro.run(
            5, [] {}, [&](std::int64_t from, std::int64_t to) { pieces.emplace_back(from, to); });
        QCOMPARE(pieces, (std::vector<std::pair<int, int>> { { 0, 5 } }));
        QVERIFY(!micro.takeNews());
    }

    void whereMemoryRunsOutAllBeginsAnewInHalves()
    {
        MicroBatch micro(9, torch::kCPU);
        std::vector<std::pair<int, int>> pieces;
        int begun = 0;
        const auto run = [&](std::int64_t most) {
            micro.run(
                9,
                [&] {
                    pieces.clear();
                    ++begun;
                },
                [&](std::int64_t from, std::int64_t to) {
                    TORCH_CHECK_WITH(OutOfMemoryError, to - from <= most, "full");
                    pieces.emplace_back(from, to);
                });
        };
        run(3);
        QCOMPARE(pieces, (std::vector<std::pair<int, int>> { { 0, 3 }, { 3, 6 }, { 6, 9 } }));
        QCOMPARE(micro.size(), std::int64_t { 3 });
        QVERIFY(micro.takeNews() == 3);
        QVERIFY(!micro.takeNews());
        // It stays with what it has learnt.
        begun = 0;
        run(3);
        QCOMPARE(begun, 1);
        QVERIFY(!micro.takeNews());
        QVERIFY_THROWS_EXCEPTION(c10::OutOfMemoryError, run(0));
    }

    void anotherErrorIsPassedOn()
    {
        MicroBatch micro(8, torch::kCPU);
        QVERIFY_THROWS_EXCEPTION(c10::Error,
            micro.run(
                8, [] {}, [](std::int64_t, std::int64_t) { TORCH_CHECK(false, "broken"); }));
        QCOMPARE(micro.size(), std::int64_t { 8 });
    }

    void partsTrainLikeTheWholeBatchAndThePersonIsToldOnce_data()
    {
        QTest::addColumn<std::size_t>("room");
        QTest::addColumn<int>("part");
        QTest::newRow("half") << kRoomForFour << 4;
        QTest::newRow("a quarter") << kRoomForTwo << 2;
    }
    void partsTrainLikeTheWholeBatchAndThePersonIsToldOnce()
    {
        QFETCH(std::size_t, room);
        QFETCH(int, part);
        TrainingBench bench;
        allTrains(bench);
        const auto wholeEvents = run(bench.job("whole"));
        QVERIFY(notesOf(wholeEvents).empty());
        bench.cache->clear();
        std::vector<TrainingEvent> events;
        {
            const TightMemory tight(room);
            events = run(bench.job("parts"));
        }
        const auto whole = epochsOf(wholeEvents);
        const auto parts = epochsOf(events);
        QCOMPARE(parts.size(), std::size_t { 3 });
        for (std::size_t i = 0; i < parts.size(); ++i) {
            qInfo("loss %.9f and %.9f", whole[i].trainLoss, parts[i].trainLoss);
            QVERIFY(std::abs(whole[i].trainLoss - parts[i].trainLoss) < 1e-5);
            QVERIFY(std::abs(*whole[i].validationLoss - *parts[i].validationLoss) < 1e-5);
            QCOMPARE(parts[i].trainAccuracy, whole[i].trainAccuracy);
            QCOMPARE(parts[i].trainCount, whole[i].trainCount);
        }
        const auto notes = notesOf(events);
        QCOMPARE(notes.size(), std::size_t { 1 });
        const auto said = "in parts of " + std::to_string(part);
        QVERIFY2(notes[0].text.find(said) != std::string::npos, notes[0].text.c_str());
    }

    void frozenBlocksRunInPartsToo()
    {
        TrainingBench bench;
        bench.recipe.precision = Precision::Fp32;
        const auto whole = epochsOf(run(bench.job("whole")));
        bench.cache->clear();
        std::vector<TrainingEvent> events;
        {
            const TightMemory tight(kRoomForFour);
            events = run(bench.job("parts"));
        }
        const auto parts = epochsOf(events);
        QCOMPARE(parts.size(), whole.size());
        for (std::size_t i = 0; i < parts.size(); ++i)
            QVERIFY(std::abs(whole[i].trainLoss - parts[i].trainLoss) < 1e-5);
        QCOMPARE(notesOf(events).size(), std::size_t { 1 });
    }

    void notEvenOnePictureFailsWithAdvice()
    {
        TrainingBench bench;
        allTrains(bench);
        bench.recipe.head = { Pooling::Average, {}, 0 };
        std::vector<TrainingEvent> events;
        const TightMemory tight(kRoomForNone);
        QVERIFY(!runJob(bench.job("run"), events));
        const auto& error = std::get<Failed>(events.back()).error;
        QCOMPARE(error.code, ErrorCode::OutOfMemory);
        QVERIFY(!error.advice.empty());
    }

    void sumsAreTheSameHoweverSeldomTheyAreRead()
    {
        RunningScore often(torch::kCPU);
        RunningScore seldom(torch::kCPU, std::chrono::hours(1));
        for (int i = 1; i < 20; ++i) {
            const auto loss = torch::full({}, 1.0F / static_cast<float>(i));
            const auto right = torch::full({}, i % 3, torch::kLong);
            often.add(loss, right, 3);
            seldom.add(loss, right, 3);
            QVERIFY(often.readIfDue());
            QVERIFY(often.allRead());
            QVERIFY(!seldom.readIfDue());
            QCOMPARE(often.score().count, std::int64_t { 3 * i });
        }
        QVERIFY(!seldom.allRead());
        seldom.read();
        QVERIFY(seldom.allRead());
        QCOMPARE(seldom.score().loss, often.score().loss);
        QCOMPARE(seldom.score().right, often.score().right);
        seldom.add(torch::full({}, std::numeric_limits<float>::quiet_NaN()),
            torch::zeros({}, torch::kLong), 1);
        seldom.add(torch::ones({}), torch::zeros({}, torch::kLong), 1);
        seldom.read();
        QVERIFY(std::isnan(seldom.score().loss));
    }

    void aGpuIsReadEveryFiftyMilliseconds()
    {
        QCOMPARE(RunningScore::usualInterval(torch::kCPU).count(), 0);
        QCOMPARE(RunningScore::usualInterval(torch::Device(torch::kCUDA, 0)).count(), 50);
    }
};

QTEST_GUILESS_MAIN(TestMicroBatch)
#include "tst_micro_batch.moc"
