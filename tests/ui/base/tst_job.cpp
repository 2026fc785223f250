#include "tests/support/thread_limit.h"
#include "ui/base/job.h"

#include <QSignalSpy>
#include <QTest>
#include <QThread>

#include <atomic>
#include <semaphore>

using namespace vernier;
using namespace vernier::ui;

class TestJob : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void theAnswerComesOnTheOwnersThread()
    {
        Job job;
        std::thread::id worker;
        std::thread::id owner;
        int answer = 0;
        job.start(
            [&worker](std::stop_token, const ProgressSink&) -> Result<int> {
                worker = std::this_thread::get_id();
                return 7;
            },
            [&](Result<int> result) {
                owner = std::this_thread::get_id();
                answer = *result;
            });
        QVERIFY(job.running());
        QTRY_COMPARE(answer, 7);
        QVERIFY(!job.running());
        QCOMPARE(owner, std::this_thread::get_id());
        QVERIFY(worker != owner);
    }

    void anAnswerThatANewerStartMadeStaleIsDropped()
    {
        Job job;
        std::binary_semaphore goOn(0);
        QStringList answers;
        job.start(
            [&goOn](std::stop_token, const ProgressSink&) -> Result<int> {
                goOn.acquire();
                return 1;
            },
            [&](Result<int>) { answers << QStringLiteral("old"); });
        job.start([](std::stop_token, const ProgressSink&) -> Result<int> { return 2; },
            [&](Result<int>) { answers << QStringLiteral("new"); });
        goOn.release();
        QTRY_COMPARE(answers, QStringList { QStringLiteral("new") });
        QTest::qWait(50);
        QCOMPARE(answers.size(), 1);
    }

    /// What they use has one user at a time, and who was stopped while he waited does nothing.
    void inTurnANewerOneBeginsWhenTheOnesBeforeHaveEnded()
    {
        constexpr int kTimes = 20;
        Job job;
        std::atomic<int> atWork { 0 };
        std::atomic<int> begun { 0 };
        std::atomic<bool> together { false };
        int answers = 0;
        for (int i = 0; i < kTimes; ++i) {
            job.startInTurn(
                [&](std::stop_token stop, const ProgressSink&) -> Result<int> {
                    ++begun;
                    if (++atWork > 1)
                        together = true;
                    // Asked to stop, it still takes a moment.
                    for (int ms = 0; ms < 20 && !stop.stop_requested(); ++ms)
                        QThread::msleep(1);
                    QThread::msleep(20);
                    --atWork;
                    return 1;
                },
                [&](const Result<int>& answer) { answers += *answer; });
            if (i % 3 == 0)
                job.abandon();
        }
        QTRY_VERIFY(!job.running());
        QVERIFY(!together);
        QVERIFY(begun < kTimes);
        QCOMPARE(answers, 1);
    }

    void othersDoNotWaitForWhatIsStale()
    {
        Job job;
        std::binary_semaphore goOn(0);
        job.start(
            [&goOn](std::stop_token, const ProgressSink&) -> Result<int> {
                goOn.acquire();
                return 1;
            },
            [](const Result<int>&) {});
        int answer = 0;
        job.start([](std::stop_token, const ProgressSink&) -> Result<int> { return 2; },
            [&](Result<int> result) { answer = *result; });
        QTRY_COMPARE(answer, 2);
        goOn.release();
    }

    void anAnswerThatIsAlreadyPostedWhenANewerStartsIsDroppedToo()
    {
        Job job;
        std::atomic<bool> ended { false };
        QStringList answers;
        job.start(
            [&ended](std::stop_token, const ProgressSink&) -> Result<int> {
                ended = true;
                return 1;
            },
            [&](Result<int>) { answers << QStringLiteral("old"); });
        while (!ended)
            std::this_thread::yield();
        // Its answer lies in the event queue, or is about to.
        std::this_thread::sleep_for(std::chrono::milliseconds(20));
        job.start([](std::stop_token, const ProgressSink&) -> Result<int> { return 2; },
            [&](Result<int>) { answers << QStringLiteral("new"); });
        QTRY_COMPARE(answers, QStringList { QStringLiteral("new") });
    }

    void aCancelledJobStillAnswers()
    {
        Job job;
        std::optional<Error> error;
        job.start(
            [](std::stop_token stop, const ProgressSink&) -> Result<int> {
                while (!stop.stop_requested())
                    std::this_thread::yield();
                return cancelled();
            },
            [&](Result<int> result) { error = result.error(); });
        job.cancel();
        QTRY_VERIFY(error.has_value());
        QCOMPARE(error->code, ErrorCode::Cancelled);
    }

    void anAbandonedJobDoesNot()
    {
        Job job;
        QSignalSpy running(&job, &Job::runningChanged);
        bool answered = false;
        job.start(
            [](std::stop_token stop, const ProgressSink&) -> Result<int> {
                while (!stop.stop_requested())
                    std::this_thread::yield();
                return 1;
            },
            [&](Result<int>) { answered = true; });
        job.abandon();
        QVERIFY(!job.running());
        QCOMPARE(running.count(), 2);
        QTest::qWait(50);
        QVERIFY(!answered);
    }

    void whatTheWorkThrowsIsAnError()
    {
        Job job;
        std::optional<Error> error;
        job.start(
            [](std::stop_token, const ProgressSink&) -> Result<int> {
                throw std::runtime_error("the roof is leaking");
            },
            [&](Result<int> result) { error = result.error(); });
        QTRY_VERIFY(error.has_value());
        QCOMPARE(error->code, ErrorCode::Internal);
        QCOMPARE(error->detail, std::string("the roof is leaking"));
    }

    void thatThereIsNoThreadLeftIsAnError()
    {
        Job job;
        QSignalSpy running(&job, &Job::runningChanged);
        std::optional<Error> error;
        const auto work = [](std::stop_token, const ProgressSink&) -> Result<int> { return 1; };
        {
            const test::ThreadLimit limit(0);
            job.start(work, [&](Result<int> result) { error = result.error(); });
        }
        QVERIFY(job.running());
        QTRY_VERIFY(error.has_value());
        QCOMPARE(error->code, ErrorCode::Internal);
        QVERIFY(!job.running());
        QCOMPARE(running.count(), 2);
        int answer = 0;
        job.start(work, [&](Result<int> result) { answer = *result; });
        QTRY_COMPARE(answer, 1);
    }

    void progressIsThrottledButItsEndIsTold()
    {
        Job job;
        QSignalSpy progress(&job, &Job::progressed);
        bool done = false;
        job.start(
            [](std::stop_token, const ProgressSink& sink) -> Result<int> {
                for (int i = 1; i <= 100000; ++i)
                    sink({ "counting", i, 100000 });
                return 1;
            },
            [&](Result<int>) { done = true; });
        QTRY_VERIFY(done);
        QVERIFY(progress.count() < 1000);
        QCOMPARE(progress.back().at(1).toLongLong(), 100000);
    }

    void progressOfStaleWorkIsDropped()
    {
        Job job;
        QStringList stages;
        bool done = false;
        connect(&job, &Job::progressed, this, [&stages](const QString& stage) { stages << stage; });
        const auto tellUntilStopped = [](const char* stage) {
            return [stage](std::stop_token stop, const ProgressSink& sink) -> Result<int> {
                for (int i = 0; !stop.stop_requested(); ++i)
                    sink({ stage, i, i });
                return cancelled();
            };
        };
        job.start(tellUntilStopped("first"), [](Result<int>) {});
        QTRY_VERIFY(stages.contains("first"));
        job.start(tellUntilStopped("second"), [&done](Result<int>) { done = true; });
        stages.clear();
        QTRY_VERIFY(stages.contains("second"));
        job.cancel();
        QTRY_VERIFY(done);
        job.start(tellUntilStopped("third"), [](Result<int>) {});
        job.abandon();
        QTest::qWait(50);
        QVERIFY(!stages.contains("first"));
        QVERIFY(!stages.contains("third"));
    }

    void piecesThatCameBeforeTheAnswerArriveBeforeIt()
    {
        Job job;
        QList<int> arrived;
        const Job::Post post = job.poster();
        job.start(
            [post, &arrived](std::stop_token, const ProgressSink&) -> Result<int> {
                for (int i = 0; i < 3; ++i)
                    post([&arrived, i] { arrived << i; });
                return 1;
            },
            [&](Result<int>) { arrived << -1; });
        QTRY_COMPARE(arrived, (QList<int> { 0, 1, 2, -1 }));
    }

    void goingAwayInTheMiddleStopsAndJoins()
    {
        std::atomic<bool> ended { false };
        {
            Job job;
            std::binary_semaphore begun(0);
            job.start(
                [&](std::stop_token stop, const ProgressSink&) -> Result<int> {
                    begun.release();
                    while (!stop.stop_requested())
                        std::this_thread::yield();
                    ended = true;
                    return 1;
                },
                [](Result<int>) { QFAIL("it has no owner any more"); });
            begun.acquire();
        }
        QVERIFY(ended);
        QCoreApplication::processEvents();
    }
};

QTEST_GUILESS_MAIN(TestJob)
#include "tst_job.moc"
