#include "core/recipe/schedule.h"

#include <cmath>
#include <numbers>

#include <QtTest>

using namespace vernier;

namespace {

/// Of a phase of 10 epochs with 10 steps each.
double factorAt(const Schedule& schedule, std::int64_t step)
{
    return rateFactor(schedule, { step, 10, 10 });
}

bool near(double a, double b) { return std::abs(a - b) < 1e-12; }

} // namespace

class TestSchedule : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void aConstantScheduleLeavesRatesExactlyAsTheyAre()
    {
        for (const int step : { 0, 1, 50, 99 })
            QCOMPARE(factorAt({}, step), 1.0);
    }
    void aWarmUpRisesInEqualStepsAndReachesTheWholeRate()
    {
        Schedule schedule;
        schedule.warmup = 0.2;
        QVERIFY(near(factorAt(schedule, 0), 1.0 / 20));
        QVERIFY(near(factorAt(schedule, 9), 0.5));
        QVERIFY(near(factorAt(schedule, 19), 1));
        QVERIFY(near(factorAt(schedule, 20), 1));
        QVERIFY(near(factorAt(schedule, 99), 1));
    }
    void stepsDropAtTheEndOfTheirEpochs()
    {
        Schedule schedule;
        schedule.kind = ScheduleKind::Step;
        schedule.dropEvery = 3;
        schedule.dropTo = 0.5;
        QVERIFY(near(factorAt(schedule, 29), 1));
        QVERIFY(near(factorAt(schedule, 30), 0.5));
        QVERIFY(near(factorAt(schedule, 59), 0.5));
        QVERIFY(near(factorAt(schedule, 60), 0.25));
        QVERIFY(near(factorAt(schedule, 99), 0.125));
    }
    void aCosineFallsFromOneToNearlyNothing()
    {
        Schedule schedule;
        schedule.kind = ScheduleKind::Cosine;
        QVERIFY(near(factorAt(schedule, 0), 1));
        QVERIFY(near(factorAt(schedule, 25), (1 + std::numbers::sqrt2 / 2) / 2));
        QVERIFY(near(factorAt(schedule, 50), 0.5));
        const double last = factorAt(schedule, 99);
        QVERIFY(last > 0 && last < 3e-4);
    }
    void aCosineBeginsWhereItsWarmUpEnds()
    {
        Schedule schedule;
        schedule.kind = ScheduleKind::Cosine;
        schedule.warmup = 0.2;
        QVERIFY(near(factorAt(schedule, 9), 0.5));
        QVERIFY(near(factorAt(schedule, 20), 1));
        QVERIFY(near(factorAt(schedule, 60), 0.5));
    }
    void oneCycleRisesToItsPeakAndFallsFarBelowItsStart()
    {
        Schedule schedule;
        schedule.kind = ScheduleKind::OneCycle;
        QVERIFY(near(factorAt(schedule, 0), 1.0 / 25));
        QVERIFY(near(factorAt(schedule, 15), (1 + 1.0 / 25) / 2));
        QVERIFY(near(factorAt(schedule, 30), 1));
        QVERIFY(near(factorAt(schedule, 65), (1 + 4e-6) / 2));
        QVERIFY(factorAt(schedule, 99) < 1e-3);
        schedule.peakAt = 0.5;
        QVERIFY(near(factorAt(schedule, 50), 1));
        // It has a rise of its own.
        schedule.warmup = 0.9;
        QVERIFY(near(factorAt(schedule, 50), 1));
    }
};

QTEST_GUILESS_MAIN(TestSchedule)
#include "tst_schedule.moc"
