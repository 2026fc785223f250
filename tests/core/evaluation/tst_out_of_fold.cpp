#include "core/base/random.h"
#include "core/evaluation/confident_learning.h"
#include "core/evaluation/out_of_fold.h"
#include "tests/core/evaluation/average_precision.h"

#include <cmath>
#include <limits>
#include <numbers>

#include <QtTest>

using namespace vernier;

namespace {

std::vector<ClassIndex> labelsOf(std::initializer_list<int> counts)
{
    std::vector<ClassIndex> labels;
    for (ClassIndex c = 0; const int count : counts)
        labels.insert(labels.end(), static_cast<std::size_t>(count), c++);
    return labels;
}

/// A cloud of points of length 1 around a place of its own for each class.
FeatureRows clouds(const std::vector<ClassIndex>& truth, std::size_t width)
{
    FeatureRows rows { {}, width };
    for (std::size_t i = 0; i < truth.size(); ++i) {
        Random random { 7, i };
        std::vector<double> row(width);
        double square = 0;
        for (std::size_t k = 0; k < width; ++k) {
            // Box and Muller's.
            row[k] = std::sqrt(-2 * std::log(1 - random.uniform()))
                * std::cos(2 * std::numbers::pi * random.uniform());
            row[k] += static_cast<std::size_t>(truth[i]) == k ? 4 : 0;
            square += row[k] * row[k];
        }
        for (const double value : row)
            rows.values.push_back(static_cast<float>(value / std::sqrt(square)));
    }
    return rows;
}

Result<OutOfFold> judged(const FeatureRows& rows, const std::vector<ClassIndex>& labels,
    std::size_t classes, std::uint64_t seed = 1)
{
    return outOfFoldProbabilities(rows, labels, classes, seed, {}, {});
}

} // namespace

class TestOutOfFold : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void foldsHoldOfEachClassTheSame()
    {
        const auto labels = labelsOf({ 23, 7, 3, 1, 0, 2 });
        const auto folds = stratifiedFolds(labels, 6, 5, 1);
        std::vector<std::vector<int>> counts(6, std::vector<int>(5));
        std::vector<int> all(5);
        for (std::size_t i = 0; i < labels.size(); ++i) {
            if (labels[i] == 3) {
                QCOMPARE(folds[i], kInEveryFit);
                continue;
            }
            QVERIFY(folds[i] >= 0 && folds[i] < 5);
            ++counts[static_cast<std::size_t>(labels[i])][static_cast<std::size_t>(folds[i])];
            ++all[static_cast<std::size_t>(folds[i])];
        }
        counts.push_back(all);
        for (const auto& each : counts) {
            const auto [least, most] = std::ranges::minmax(each);
            QVERIFY(most - least <= 1);
        }
    }

    void foldsAreTheSameForTheSameSeed()
    {
        const auto labels = labelsOf({ 20, 20 });
        QCOMPARE(stratifiedFolds(labels, 2, 5, 3), stratifiedFolds(labels, 2, 5, 3));
        QVERIFY(stratifiedFolds(labels, 2, 5, 3) != stratifiedFolds(labels, 2, 5, 4));
    }

    void aPicturesOwnLabelIsNeverUsed()
    {
        // Each has a feature that no other has: a head can say more of it than of any other only
        // where it has seen its label.
        const auto labels = labelsOf({ 20, 20 });
        FeatureRows rows { std::vector<float>(40 * 40), 40 };
        for (std::size_t i = 0; i < 40; ++i)
            rows.values[i * 41] = 1;
        const auto said = judged(rows, labels, 2);
        QVERIFY(said);
        QCOMPARE(said->probabilities.size(), std::size_t { 80 });
        for (const double probability : said->probabilities)
            QVERIFY2(std::abs(probability - 0.5) < 1e-6, qPrintable(QString::number(probability)));
    }

    void flippedLabelsComeFirst()
    {
        const auto truth = labelsOf({ 80, 60, 60 });
        auto labels = truth;
        std::set<std::size_t> flipped;
        for (std::size_t i = 5; i < labels.size(); i += 20) {
            labels[i] = (labels[i] + 1) % 3;
            flipped.insert(i);
        }
        const auto said = judged(clouds(truth, 32), labels, 3);
        QVERIFY(said);
        const JudgedLabels pictures { said->probabilities, labels, 3 };
        const auto ranked = worstFirst(pictures);
        const double precision = test::averagePrecision(ranked, flipped);
        QVERIFY2(precision > 0.95, qPrintable(QString::number(precision)));
        const auto wrong = likelyWrong(pictures);
        for (const auto i : flipped)
            QVERIFY(wrong[i]);
        QVERIFY(std::ranges::count(wrong, true) < 2 * std::ssize(flipped));
    }

    void isTheSameToTheBit()
    {
        const auto labels = labelsOf({ 30, 21, 12 });
        const auto rows = clouds(labels, 64);
        const auto first = judged(rows, labels, 3);
        QVERIFY(first);
        QCOMPARE(judged(rows, labels, 3)->probabilities, first->probabilities);
        QVERIFY(judged(rows, labels, 3, 2)->probabilities != first->probabilities);
    }

    void classesOfFewPicturesAreNoObstacle()
    {
        const auto labels = labelsOf({ 9, 0, 1, 2 });
        const auto said = judged(clouds(labels, 8), labels, 4);
        QVERIFY(said);
        QCOMPARE(said->alone, std::vector<std::size_t> { 9 });
        QCOMPARE(said->rows.size(), std::size_t { 11 });
        for (std::size_t i = 0; i < said->rows.size(); ++i) {
            const auto row = std::span(said->probabilities).subspan(i * 4, 4);
            QCOMPARE(row[1], 0.0);
            // The picture that is alone takes part in every fit.
            QVERIFY(row[0] > 0 && row[2] > 0 && row[3] > 0);
            QVERIFY(std::abs(row[0] + row[2] + row[3] - 1) < 1e-9);
        }
    }

    void stopsBetweenFolds()
    {
        const auto labels = labelsOf({ 30, 30 });
        std::stop_source stop;
        std::int64_t done = 0;
        const auto said = outOfFoldProbabilities(
            clouds(labels, 8), labels, 2, 1, stop.get_token(), [&](const Progress& progress) {
                QCOMPARE(progress.total, std::int64_t { 5 });
                done = progress.done;
                if (done == 2)
                    stop.request_stop();
            });
        QVERIFY(!said);
        QCOMPARE(said.error().code, ErrorCode::Cancelled);
        QCOMPARE(done, std::int64_t { 2 });
    }

    void whatIsNoNumberIsRefused()
    {
        const auto labels = labelsOf({ 5, 5 });
        auto rows = clouds(labels, 8);
        rows.values[11] = std::numeric_limits<float>::quiet_NaN();
        const auto said = judged(rows, labels, 2);
        QVERIFY(!said);
        QCOMPARE(said.error().code, ErrorCode::Invalid);
    }
};

QTEST_GUILESS_MAIN(TestOutOfFold)
#include "tst_out_of_fold.moc"
