#include "ui/base/tick_step.h"
#include "ui/session/run_history.h"
#include "ui/train/curves.h"

#include <QTest>

using namespace vernier;
using namespace vernier::ui;

namespace {

RunHistory historyOf(int epochs)
{
    RunHistory history;
    PhaseStarted phase;
    phase.epochs = epochs;
    history.phases.push_back(phase);
    for (int i = 1; i <= epochs; ++i) {
        EpochDone epoch;
        epoch.epoch = i;
        epoch.trainAccuracy = 0.8;
        epoch.validationAccuracy = 0.85;
        epoch.trainLoss = 0.4;
        epoch.validationLoss = 0.5;
        epoch.trainCount = 244;
        epoch.validationCount = 153;
        epoch.seconds = 4;
        history.epochs.push_back(epoch);
    }
    return history;
}

StepDone stepOf(int epoch, int step, int steps, double accuracy)
{
    StepDone done;
    done.epoch = epoch;
    done.step = step;
    done.steps = steps;
    done.runningAccuracy = accuracy;
    done.runningLoss = 1;
    return done;
}

} // namespace

class TestCurves : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void aCurveHasAsManyPointsAsEpochs()
    {
        const Curves curves = curvesOf(historyOf(12));
        QCOMPARE(curves.accuracy.train.size(), 12);
        QCOMPARE(curves.accuracy.validation.size(), 12);
        QCOMPARE(curves.loss.train.size(), 12);
        QCOMPARE(curves.accuracy.train.front(), QPointF(1, 80));
        QCOMPARE(curves.loss.validation.back(), QPointF(12, 0.5));
    }

    void aLongRunIsThinnedButKeepsItsEnds()
    {
        const Curves curves = curvesOf(historyOf(10000));
        QCOMPARE(curves.accuracy.train.size(), kMostPoints);
        QCOMPARE(curves.accuracy.train.front().x(), 1.0);
        QCOMPARE(curves.accuracy.train.back().x(), 10000.0);
    }

    void anEpochWithoutValidationHasNoValidationPoint()
    {
        RunHistory history = historyOf(3);
        history.epochs[1].validationAccuracy.reset();
        history.epochs[1].validationLoss.reset();
        const Curves curves = curvesOf(history);
        QCOMPARE(curves.accuracy.train.size(), 3);
        QCOMPARE(curves.accuracy.validation.size(), 2);
    }

    void theRunningLineLiesWithinItsEpoch()
    {
        RunHistory history;
        history.steps = { stepOf(1, 5, 10, 0.6), stepOf(1, 10, 10, 0.7), stepOf(2, 5, 10, 0.75) };
        history.step = stepOf(2, 8, 10, 0.8);
        StepDone validating = stepOf(2, 3, 5, 0);
        validating.validating = true;
        history.steps.push_back(validating);
        const Curves curves = curvesOf(history);
        QCOMPARE(curves.accuracy.running,
            (QList<QList<QPointF>> { { { 0.5, 60 }, { 1, 70 } }, { { 1.5, 75 }, { 1.8, 80 } } }));
    }

    void theRunningLineBeginsAnewWithEachEpochAndPhase()
    {
        RunHistory history;
        history.steps = { stepOf(1, 2, 10, 0.5), stepOf(1, 4, 10, 0.6), stepOf(4, 3, 10, 0.7) };
        // Broken off there, and gone on with as another phase.
        StepDone again = stepOf(4, 5, 10, 0.8);
        again.phase = 2;
        history.steps.push_back(again);
        const Curves curves = curvesOf(history);
        QCOMPARE(curves.accuracy.running,
            (QList<QList<QPointF>> {
                { { 0.2, 50 }, { 0.4, 60 } }, { { 3.3, 70 } }, { { 3.5, 80 } } }));
        QCOMPARE(curves.loss.running.size(), 3);
    }

    void theAxisReachesThePlannedEndWhileARunIsUnderWay()
    {
        RunHistory history = historyOf(4);
        history.phases.front().epochs = 10;
        QCOMPARE(curvesOf(history).end, 10.0);
        history.ended = Finished { true, 4, 0.85, 153, {}, 0, {} };
        QCOMPARE(curvesOf(history).end, 4.0);
    }

    void aSecondPhaseBeginsWhereTheFirstEnded()
    {
        RunHistory history = historyOf(10);
        PhaseStarted second;
        second.phase = 2;
        second.firstEpoch = 11;
        second.epochs = 5;
        second.plan.blockRates = { { "block5", 1e-5 } };
        history.phases.push_back(second);
        const Curves curves = curvesOf(history);
        QCOMPARE(curves.phases.size(), 2);
        QCOMPARE(curves.phases.at(0).to, 10.0);
        QCOMPARE(curves.phases.at(1).from, 10.0);
        QCOMPARE(curves.phases.at(1).text, QStringLiteral("block 5 at 1e-5"));
        QCOMPARE(curves.end, 15.0);
    }

    void aPhaseThatWasStoppedEarlyDoesNotStretchTheAxis()
    {
        RunHistory history = historyOf(4);
        history.phases.front().epochs = 30;
        PhaseStarted second;
        second.phase = 2;
        second.firstEpoch = 5;
        second.epochs = 2;
        history.phases.push_back(second);
        const Curves curves = curvesOf(history);
        QCOMPARE(curves.end, 6.0);
        QCOMPARE(curves.phases.at(0).to, 4.0);
        QCOMPARE(curves.phases.at(1).to, 6.0);
    }

    void theTestFigureIsOneMarkAtTheBestEpoch()
    {
        RunHistory history = historyOf(5);
        history.bestEpoch = 3;
        QVERIFY(!curvesOf(history).test);
        history.ended = Finished { false, 3, 0.85, 153, 0.9, 120, {} };
        const Curves curves = curvesOf(history);
        QCOMPARE(*curves.test, QPointF(3, 90));
        QCOMPARE(*curves.best, QPointF(3, 85));
    }

    void accuracyStartsAtARoundBoundThatShowsAllEpochs()
    {
        RunHistory history = historyOf(5);
        history.epochs[0].trainAccuracy = 0.635;
        QCOMPARE(accuracyBounds(curvesOf(history)), (Bounds { 60, 100 }));
        history.epochs[0].trainAccuracy = 0.01;
        QCOMPARE(accuracyBounds(curvesOf(history)), (Bounds { 0, 100 }));
    }

    void aPoorFirstBatchDoesNotPushTheBoundDown()
    {
        RunHistory history = historyOf(5);
        const Bounds before = accuracyBounds(curvesOf(history));
        history.steps.push_back(stepOf(1, 1, 20, 0.05));
        QCOMPARE(accuracyBounds(curvesOf(history)), before);
    }

    void theLowerBoundOnlyFallsWhileARunGoesOn()
    {
        RunHistory history = historyOf(1);
        double low = accuracyBounds(curvesOf(history)).low;
        for (const double accuracy : { 0.9, 0.55, 0.95, 0.99 }) {
            EpochDone epoch = history.epochs.back();
            ++epoch.epoch;
            epoch.trainAccuracy = accuracy;
            history.epochs.push_back(epoch);
            const double now = accuracyBounds(curvesOf(history)).low;
            QVERIFY(now <= low);
            low = now;
        }
    }

    void theLossOfEveryEpochIsOnTheAxis()
    {
        for (const std::size_t epoch : { 0, 3, 5 }) {
            RunHistory history = historyOf(6);
            history.epochs[epoch].trainLoss = 40;
            QVERIFY(lossBounds(curvesOf(history)).high >= 40);
            history = historyOf(6);
            history.epochs[epoch].validationLoss = 40;
            QVERIFY(lossBounds(curvesOf(history)).high >= 40);
        }
    }

    void aWildStartWithinAnEpochDoesNotFlattenTheLoss()
    {
        RunHistory history = historyOf(3);
        const Bounds before = lossBounds(curvesOf(history));
        history.steps = { stepOf(1, 5, 10, 0.5) };
        history.steps.front().runningLoss = 40;
        const Bounds after = lossBounds(curvesOf(history));
        QVERIFY(after.high >= before.high);
        QVERIFY(after.high < 3 * before.high);
        // Before an epoch is done there is nothing else to see.
        history.epochs.clear();
        QVERIFY(lossBounds(curvesOf(history)).high >= 40);
    }

    void anInfiniteLossLeavesAFiniteAxis()
    {
        RunHistory history = historyOf(3);
        history.epochs[1].trainLoss = std::numeric_limits<double>::infinity();
        history.epochs[2].validationLoss = std::numeric_limits<double>::quiet_NaN();
        const Bounds bounds = lossBounds(curvesOf(history));
        QVERIFY(std::isfinite(bounds.high));
        QVERIFY(bounds.high > 0);
    }

    void ticksAreRoundAndFew_data()
    {
        QTest::addColumn<double>("span");
        QTest::addColumn<double>("step");
        QTest::newRow("ten epochs") << 10.0 << 1.0;
        QTest::newRow("sixteen epochs") << 16.0 << 2.0;
        QTest::newRow("forty") << 40.0 << 5.0;
        QTest::newRow("a hundred") << 100.0 << 10.0;
        QTest::newRow("never between epochs") << 2.0 << 1.0;
    }
    void ticksAreRoundAndFew()
    {
        QFETCH(double, span);
        QFETCH(double, step);
        QCOMPARE(tickStep(span, 12, 1), step);
    }

    void theCsvHasAHeaderAndALineForEachEpoch()
    {
        RunHistory history = historyOf(3);
        history.bestEpoch = 2;
        history.epochs[2].validationAccuracy.reset();
        history.phases.front().plan.blockRates = { { "block4", 1e-5 }, { "block5", 1e-5 } };
        const QStringList lines
            = QString::fromUtf8(historyToCsv(history)).split(QStringLiteral("\r\n"));
        QCOMPARE(lines.size(), 5); // the last is what follows the last line break
        QVERIFY(lines.at(0).startsWith(QStringLiteral("epoch,phase,plan,train_loss")));
        QCOMPARE(lines.at(2),
            QStringLiteral("2,1,\"blocks 4, 5 at 1e-5\",0.4,0.8,244,0.5,0.85,153,4,0,1"));
        QVERIFY(lines.at(3).contains(QStringLiteral(",0.5,,153,")));
        QVERIFY(lines.at(4).isEmpty());
    }
};

QTEST_GUILESS_MAIN(TestCurves)
#include "tst_curves.moc"
