#include "core/runs/run_course.h"

#include <QTest>

using namespace vernier;

namespace {

PhaseStarted phase(int number, int firstEpoch)
{
    PhaseStarted event;
    event.phase = number;
    event.firstEpoch = firstEpoch;
    return event;
}

EpochDone epoch(int number, bool best)
{
    EpochDone event;
    event.epoch = number;
    event.best = best;
    event.seconds = 2;
    return event;
}

StepDone step(int inEpoch, bool validating)
{
    StepDone event;
    event.epoch = inEpoch;
    event.validating = validating;
    return event;
}

RunCourse courseOf(const std::vector<TrainingEvent>& events)
{
    RunCourse course;
    for (const auto& event : events)
        append(course, event);
    return course;
}

std::vector<int> numbers(const RunCourse& course)
{
    std::vector<int> all;
    for (const auto& done : course.epochs)
        all.push_back(done.epoch);
    return all;
}

} // namespace

class TestRunCourse : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void epochsAreKeptInOrder()
    {
        const auto course = courseOf({ phase(1, 1), epoch(1, true), epoch(2, false) });
        QCOMPARE(numbers(course), (std::vector { 1, 2 }));
        QCOMPARE(course.epochsDone(), 2);
        QCOMPARE(course.bestEpoch, 1);
        QCOMPARE(course.best()->epoch, 1);
        QCOMPARE(course.seconds(), 4.0);
        QVERIFY(!course.ended);
        QCOMPARE(courseOf({}).epochsDone(), 0);
        QVERIFY(!courseOf({}).best());
    }

    /// By whichever event it shows.
    void epochsThatAreTrainedAgainCountOnce()
    {
        const std::vector<TrainingEvent> before { phase(1, 1), epoch(1, true), epoch(2, false),
            epoch(3, true) };
        auto events = before;
        events.emplace_back(epoch(2, false));
        QCOMPARE(numbers(courseOf(events)), (std::vector { 1, 2 }));
        QCOMPARE(courseOf(events).bestEpoch, 1);
        events = before;
        events.emplace_back(step(3, false));
        QCOMPARE(numbers(courseOf(events)), (std::vector { 1, 2 }));
        events = before;
        events.emplace_back(phase(2, 3));
        QCOMPARE(numbers(courseOf(events)), (std::vector { 1, 2 }));
    }

    void scoringAnEpochLeavesIt()
    {
        QCOMPARE(
            numbers(courseOf({ phase(1, 1), epoch(1, true), step(1, true) })), std::vector { 1 });
    }

    void aPhaseWithoutAnEpochWasNone()
    {
        const auto course
            = courseOf({ phase(1, 1), epoch(1, true), phase(2, 2), phase(2, 2), epoch(2, true) });
        QCOMPARE(course.phases.size(), std::size_t { 2 });
    }

    void whatGoesOnHasNotEnded()
    {
        std::vector<TrainingEvent> events { phase(1, 1), epoch(1, true),
            Finished { true, 1, 0.9, 20, std::nullopt, 0, {} } };
        QVERIFY(courseOf(events).ended->stopped);
        for (const TrainingEvent& next : { TrainingEvent(phase(2, 2)),
                 TrainingEvent(step(2, false)), TrainingEvent(epoch(2, false)) }) {
            auto further = events;
            further.push_back(next);
            QVERIFY(!courseOf(further).ended);
            QCOMPARE(courseOf(further).bestEpoch, 1);
        }
    }

    void ratesAreOfTheNewestPhase()
    {
        RateChanged changed;
        changed.block = "head";
        changed.rate = 0.5;
        auto course = courseOf({ phase(1, 1), changed });
        QCOMPARE(course.rates.at("head"), 0.5);
        append(course, phase(2, 1));
        QVERIFY(course.rates.empty());
    }
};

QTEST_APPLESS_MAIN(TestRunCourse)
#include "tst_run_course.moc"
