#include "core/training/time_estimate.h"

#include <QtTest>

using namespace vernier;

/// What a phase still takes, told from batches whose seconds are made up.
class TestTimeEstimate : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void nothingIsKnownBeforeTheFirstBatch()
    {
        TimeEstimate estimate({ 100, 20, 3, 1 });
        estimate.startEpoch(0);
        estimate.startTraining(0);
        QCOMPARE(estimate.secondsLeft(), -1.0);
    }

    void allEpochsThatFollowCount()
    {
        TimeEstimate estimate({ 100, 20, 3, 1 });
        estimate.startEpoch(0);
        estimate.startTraining(0);
        estimate.add(20, 0, 0.5, 2); // 0.1 s each
        QCOMPARE(estimate.secondsLeft(), 0.1 * (100 + 2 * 120));
        estimate.startEpoch(2);
        QCOMPARE(estimate.secondsLeft(), 0.1 * 120);
    }

    void featuresThatAreMissingCostMoreAndAreMissingOnce()
    {
        TimeEstimate estimate({ 100, 0, 2, 1 });
        estimate.startEpoch(0);
        estimate.startTraining(100);
        estimate.add(10, 10, 5, 6); // 0.1 s each, and 0.5 s for features
        QCOMPARE(estimate.secondsLeft(), 0.1 * 190 + 0.5 * 90);
        estimate.add(90, 90, 45, 54);
        QCOMPARE(estimate.secondsLeft(), 0.1 * 100);
    }

    void everyViewThatIsKeptIsMissingOnce()
    {
        TimeEstimate estimate({ 10, 0, 5, 3 });
        estimate.startEpoch(0);
        estimate.startTraining(10);
        estimate.add(10, 10, 10, 20);
        // Two epochs more meet a view for the first time.
        QCOMPARE(estimate.secondsLeft(), 1.0 * 40 + 1.0 * 20);
    }

    void freshViewsAreMissingInEveryEpoch()
    {
        TimeEstimate estimate({ 10, 0, 5, 0 });
        estimate.startEpoch(0);
        estimate.startTraining(10);
        estimate.add(10, 10, 10, 20);
        QCOMPARE(estimate.secondsLeft(), 1.0 * 40 + 1.0 * 40);
    }

    void validationMissesItsOwnOnlyOnce()
    {
        TimeEstimate estimate({ 10, 10, 3, 0 });
        estimate.startEpoch(0);
        estimate.startTraining(0);
        estimate.add(10, 0, 0, 10);
        estimate.startScoring(10);
        QCOMPARE(estimate.secondsLeft(), 1.0 * 50);
        estimate.add(5, 5, 10, 15); // 1 s each, and 2 s for features
        QCOMPARE(estimate.secondsLeft(), 1.0 * 45 + 2.0 * 5);
    }
};

QTEST_APPLESS_MAIN(TestTimeEstimate)
#include "tst_time_estimate.moc"
