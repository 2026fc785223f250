#include "core/evaluation/split_scores.h"
#include "core/weights/model_metadata.h"
#include "core/weights/safetensors.h"
#include "tests/core/training/training_bench.h"

#include <algorithm>
#include <cmath>
#include <cstring>
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

    void logitsAndFeaturesComeWithTheAnswers()
    {
        // A head of one layer over averages: its logits are told from what it was given.
        TrainingBench bench;
        bench.recipe.head = { Pooling::Average, {}, 0 };
        run(bench.job("a"));
        const auto scores = scoreSplit(
            bench.folder / "a", *bench.dataset, Split::Test, "cpu", *bench.cache, {}, {});
        QVERIFY(scores);
        const auto best = SafetensorsFile::open(bench.folder / "a" / kBestModelFile);
        QVERIFY(best);
        std::vector<float> weights;
        std::vector<float> biases;
        for (const auto& tensor : best->tensors()) {
            if (!tensor.name.starts_with("head_predictions"))
                continue;
            auto& values = tensor.shape.size() == 2 ? weights : biases;
            values.resize(static_cast<std::size_t>(tensor.count()));
            std::memcpy(values.data(), tensor.data.data(), tensor.data.size());
        }
        QCOMPARE(biases.size(), std::size_t { 2 });
        const auto channels = weights.size() / 2;
        QCOMPARE(scores->logits.size(), std::size_t { 12 });
        QCOMPARE(scores->features.size(), std::size_t { 12 });
        for (const auto& [image, answer] : scores->logProbabilities) {
            const auto& logits = scores->logits.at(image);
            const auto& features = scores->features.at(image);
            QCOMPARE(features.size(), channels);
            double sum = 0;
            for (std::size_t k = 0; k < 2; ++k) {
                const double logit = std::inner_product(features.begin(), features.end(),
                    weights.begin() + static_cast<std::ptrdiff_t>(k * channels),
                    static_cast<double>(biases[k]));
                QVERIFY(std::abs(logit - static_cast<double>(logits.at(k))) < 1e-4);
                sum += std::exp(static_cast<double>(logits[k]));
            }
            for (std::size_t k = 0; k < 2; ++k)
                QVERIFY(std::abs(static_cast<double>(logits[k]) - std::log(sum)
                            - static_cast<double>(answer.at(k)))
                    < 1e-4);
        }
    }
};

QTEST_GUILESS_MAIN(TestSplitScores)
#include "tst_split_scores.moc"
