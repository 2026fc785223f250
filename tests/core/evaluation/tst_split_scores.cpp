#include "core/evaluation/split_scores.h"
#include "tests/core/training/training_bench.h"

#include <algorithm>
#include <cmath>
#include <numeric>

using namespace vernier;
using namespace vernier::test;

class TestSplitScores : public QObject {
    Q_OBJECT
private Q_SLOTS:
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

    void logitsAndFeaturesComeWithTheAnswers_data()
    {
        QTest::addColumn<int>("pooling");
        QTest::newRow("the head flattens") << int(Pooling::Flatten);
        QTest::newRow("the head averages") << int(Pooling::Average);
    }

    void logitsAndFeaturesComeWithTheAnswers()
    {
        QFETCH(int, pooling);
        TrainingBench bench;
        bench.recipe.head.pooling = Pooling(pooling);
        run(bench.job("a"));
        const auto scores = scoreSplit(
            bench.folder / "a", *bench.dataset, Split::Test, "cpu", *bench.cache, {}, {});
        QVERIFY(scores);
        QCOMPARE(scores->logits.size(), std::size_t { 12 });
        QCOMPARE(scores->features.size(), std::size_t { 12 });
        const auto channels = scores->features.begin()->second.size();
        QVERIFY(channels > 2);
        for (const auto& [image, answer] : scores->logProbabilities) {
            const auto& logits = scores->logits.at(image);
            QCOMPARE(logits.size(), answer.size());
            // They differ by the logarithm of the sum of their exponentials, which is one number.
            double sum = 0;
            for (const double logit : logits)
                sum += std::exp(logit);
            for (std::size_t i = 0; i < answer.size(); ++i)
                QVERIFY(std::abs(double(logits[i]) - std::log(sum) - double(answer[i])) < 1e-4);
            const auto& features = scores->features.at(image);
            QCOMPARE(features.size(), channels);
            // Behind a ReLU none is negative, and some channel has seen something.
            QVERIFY(std::ranges::all_of(features, [](float value) { return value >= 0; }));
            QVERIFY(std::accumulate(features.begin(), features.end(), 0.0F) > 0);
        }
        // Other pictures have other ones.
        QVERIFY(scores->features.begin()->second != scores->features.rbegin()->second);
    }
};

QTEST_GUILESS_MAIN(TestSplitScores)
#include "tst_split_scores.moc"
