#include "core/evaluation/metrics.h"

#include <cmath>

#include <QTest>

using namespace vernier;

class TestMetrics : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void theIntervalIsWilsons_data();
    void theIntervalIsWilsons();
    void rowsAreTrueClassesAndColumnsPredictedOnes();
    void precisionRecallAndF1AreCounted();
    void whatIsUndefinedIsNone();
    void aClassNeverHitHasTheF1Zero();
    void noPicturesGiveNoDivisionByZero();
    void confidenceIsThePredictedClasss();
    void probabilitiesAreScoredByTheLabelsOfTheDataset();
    void aLossIsNotCutWhereProbabilitiesEnd();
};

namespace {

ScoredImage scored(ClassIndex label, ClassIndex predicted, double loss = 0)
{
    ScoredImage image;
    image.label = label;
    image.predicted = predicted;
    for (const double p : { 0.1, 0.2, 0.7 })
        image.logProbabilities.push_back(static_cast<float>(std::log(p)));
    image.loss = loss;
    return image;
}

} // namespace

void TestMetrics::theIntervalIsWilsons_data()
{
    QTest::addColumn<int>("right");
    QTest::addColumn<int>("total");
    QTest::addColumn<double>("low");
    QTest::addColumn<double>("high");
    QTest::newRow("8 of 10") << 8 << 10 << 0.4901625 << 0.9433178;
    QTest::newRow("143 of 153") << 143 << 153 << 0.8838762 << 0.9641139;
    QTest::newRow("none of 10") << 0 << 10 << 0. << 0.2775328;
    QTest::newRow("all of 10") << 10 << 10 << 0.7224672 << 1.;
    QTest::newRow("nothing") << 0 << 0 << 0. << 1.;
}

void TestMetrics::theIntervalIsWilsons()
{
    QFETCH(int, right);
    QFETCH(int, total);
    QFETCH(double, low);
    QFETCH(double, high);
    const auto interval = wilson(right, total);
    QVERIFY2(qAbs(interval.low - low) < 1e-6, qPrintable(QString::number(interval.low, 'g', 9)));
    QVERIFY2(qAbs(interval.high - high) < 1e-6, qPrintable(QString::number(interval.high, 'g', 9)));
}

void TestMetrics::rowsAreTrueClassesAndColumnsPredictedOnes()
{
    const auto result = evaluate(Split::Test, { "a", "b", "c" },
        { scored(0, 0, 1), scored(0, 2, 3), scored(1, 1, 2), scored(2, 0, 2) });
    QVERIFY((result.confusion
        == std::vector<std::vector<std::int64_t>> { { 1, 0, 1 }, { 0, 1, 0 }, { 1, 0, 0 } }));
    QCOMPARE(result.right, 2);
    QCOMPARE(result.accuracy, 0.5);
    QCOMPARE(result.loss, 2.);
    QCOMPARE(result.split, Split::Test);
    QCOMPARE(result.images.size(), 4U);
    QCOMPARE(result.interval.low, wilson(2, 4).low);
}

void TestMetrics::precisionRecallAndF1AreCounted()
{
    const auto result = evaluate(Split::Validation, { "a", "b" },
        { scored(0, 0), scored(0, 0), scored(0, 1), scored(0, 1), scored(1, 1) });
    const auto& a = result.perClass[0];
    QCOMPARE(a.count, 4);
    QCOMPARE(*a.precision, 1.);
    QCOMPARE(*a.recall, 0.5);
    QCOMPARE(*a.f1, 2. / 3);
    const auto& b = result.perClass[1];
    QCOMPARE(*b.precision, 1. / 3);
    QCOMPARE(*b.recall, 1.);
    QCOMPARE(*b.f1, 0.5);
}

void TestMetrics::whatIsUndefinedIsNone()
{
    const auto result
        = evaluate(Split::Validation, { "a", "b", "c" }, { scored(0, 0), scored(1, 0) });
    const auto& neverPredicted = result.perClass[1];
    QVERIFY(!neverPredicted.precision);
    QCOMPARE(*neverPredicted.recall, 0.);
    QVERIFY(!neverPredicted.f1);
    const auto& absent = result.perClass[2];
    QCOMPARE(absent.count, 0);
    QVERIFY(!absent.precision);
    QVERIFY(!absent.recall);
    QVERIFY(!absent.f1);
}

void TestMetrics::aClassNeverHitHasTheF1Zero()
{
    const auto result = evaluate(Split::Validation, { "a", "b" }, { scored(0, 1), scored(1, 0) });
    QCOMPARE(*result.perClass[0].precision, 0.);
    QCOMPARE(*result.perClass[0].recall, 0.);
    QCOMPARE(*result.perClass[0].f1, 0.);
}

void TestMetrics::noPicturesGiveNoDivisionByZero()
{
    const auto result = evaluate(Split::Validation, { "a", "b" }, {});
    QCOMPARE(result.accuracy, 0.);
    QCOMPARE(result.loss, 0.);
    QCOMPARE(result.interval.high, 1.);
    QCOMPARE(result.confusion.size(), 2U);
}

void TestMetrics::confidenceIsThePredictedClasss()
{
    QVERIFY(std::abs(scored(0, 2).confidence() - 0.7) < 1e-7);
    QCOMPARE(ScoredImage {}.confidence(), 0.);
}

void TestMetrics::probabilitiesAreScoredByTheLabelsOfTheDataset()
{
    DatasetSnapshot dataset;
    dataset.classes = { "a", "b" };
    for (const ClassIndex label : { 0, 1, 1 })
        dataset.images.push_back({ "x.png", label, Split::Validation, 0, 1, 1 });
    const auto result = evaluate(
        Split::Validation, dataset, { { 0, { -0.25F, -1.5F } }, { 2, { -0.7F, -0.7F } } });
    QCOMPARE(result.classes, dataset.classes);
    QCOMPARE(result.images.size(), std::size_t { 2 });
    QCOMPARE(result.images[0].loss, 0.25);
    QCOMPARE(result.images[1].image, std::size_t { 2 });
    QCOMPARE(result.images[1].label, 1);
    // Equal probabilities go to the first class.
    QCOMPARE(result.images[1].predicted, 0);
    QCOMPARE(result.right, std::int64_t { 1 });
}

void TestMetrics::aLossIsNotCutWhereProbabilitiesEnd()
{
    ScoredImage image;
    image.logProbabilities = { -250, 0 };
    QCOMPARE(image.probabilities(), (std::vector<float> { 0, 1 }));
    image.judgeAs(0);
    QCOMPARE(image.label, 0);
    QCOMPARE(image.loss, 250.0);
    image.judgeAs(1);
    QCOMPARE(image.loss, 0.0);
}

QTEST_APPLESS_MAIN(TestMetrics)
#include "tst_metrics.moc"
