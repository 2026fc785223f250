#include "core/training/training_thread.h"
#include "tests/support/thread_limit.h"

#include <QTest>

#include <atomic>

using namespace vernier;
using test::ThreadLimit;

namespace {

constexpr int kSteps = 200;

/// Steps that have gone on at a rate of 2.
std::atomic<int> doubled { 0 };

} // namespace

/// Stands in for core's own: steps without a network, which asks the knobs as the real one does.
/// None ends before it is told of a rate.
Result<Finished> vernier::train(
    const TrainingJob& /*job*/, LiveKnobs& knobs, const EventSink& events, std::stop_token stop)
{
    double rate = 0;
    events(Preparing { 1, 1, 0 });
    for (int step = 1; step <= kSteps || rate == 0; ++step) {
        if (knobs.paused()) {
            events(Paused { true });
            knobs.waitWhilePaused(stop);
            events(Paused { false });
        }
        if (stop.stop_requested()) {
            Finished finished;
            finished.stopped = true;
            events(finished);
            return finished;
        }
        for (const auto& [block, wanted] : knobs.takeRates()) {
            rate = wanted;
            events(RateChanged { block, rate });
        }
        doubled += rate == 2;
        StepDone done;
        done.step = step;
        events(done);
        std::this_thread::yield();
    }
    events(Finished {});
    return Finished {};
}

class TestTrainingThread : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void whatIsTurnedIsHeardAndNothingIsLost();
    void aStopWakesAPausedOne();
    void goingAwayStopsIt();
    void thatThereIsNoThreadLeftIsAFailure();
};

void TestTrainingThread::whatIsTurnedIsHeardAndNothingIsLost()
{
    TrainingThread thread;
    for (int round = 1; round <= 3; ++round) {
        doubled = 0;
        QVERIFY(thread.start({}));
        std::vector<TrainingEvent> events;
        const auto drain = [&] {
            for (auto& event : thread.take())
                events.push_back(std::move(event));
        };
        const auto heard = [&](auto kind) {
            drain();
            return std::ranges::any_of(events, [](const TrainingEvent& event) {
                return std::holds_alternative<decltype(kind)>(event);
            });
        };
        thread.setPaused(true);
        QTRY_VERIFY(heard(Paused {}));
        QVERIFY(thread.running());
        thread.setPaused(false);
        while (thread.running()) {
            thread.setRate("head", 2);
            std::this_thread::yield();
        }
        QVERIFY(heard(RateChanged {}));
        QVERIFY(std::holds_alternative<Finished>(events.back()));
        QVERIFY(doubled > 0);
    }
}

void TestTrainingThread::aStopWakesAPausedOne()
{
    TrainingThread thread;
    QVERIFY(thread.start({}));
    thread.setPaused(true);
    thread.stop();
    QTRY_VERIFY(!thread.running());
    QVERIFY(std::get<Finished>(thread.take().back()).stopped);
}

void TestTrainingThread::goingAwayStopsIt()
{
    for (const bool paused : { false, true }) {
        TrainingThread thread;
        QVERIFY(thread.start({}));
        thread.setPaused(paused);
    }
}

void TestTrainingThread::thatThereIsNoThreadLeftIsAFailure()
{
    TrainingThread thread;
    {
        const ThreadLimit limit(0);
        QVERIFY(thread.start({}));
    }
    QVERIFY(!thread.running());
    const auto events = thread.take();
    QCOMPARE(events.size(), std::size_t { 1 });
    QVERIFY(!std::get<Failed>(events[0]).error.detail.empty());
    thread.setRate("head", 1);
    QVERIFY(thread.start({}));
    thread.setRate("head", 1);
    QTRY_VERIFY(!thread.running());
}

QTEST_GUILESS_MAIN(TestTrainingThread)
#include "tst_training_thread.moc"
