#include "ui/session/job_board.h"

#include <QSignalSpy>
#include <QTest>

#include <semaphore>

using namespace vernier;
using namespace vernier::ui;

namespace {

/// Work that ends when it is let go, or is asked to stop.
void startOn(Job& job, std::binary_semaphore& goOn)
{
    job.start(
        [&goOn](std::stop_token stop, const ProgressSink&) -> Status {
            while (!goOn.try_acquire_for(std::chrono::milliseconds(1))) {
                if (stop.stop_requested())
                    return cancelled();
            }
            return {};
        },
        [](const Status&) {});
}

const Error kFailure { ErrorCode::Unreadable, "it cannot be read", "somewhere", {} };

} // namespace

class TestJobBoard : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void theNewestThatRunsIsShown()
    {
        JobBoard jobs;
        std::binary_semaphore first(0);
        std::binary_semaphore second(0);
        startOn(jobs.begin(JobKind::Open, QStringLiteral("first")), first);
        startOn(jobs.begin(JobKind::Export, QStringLiteral("second")), second);
        QCOMPARE(jobs.newest().title, QStringLiteral("second"));
        QCOMPARE(jobs.progress(JobKind::Open)->title, QStringLiteral("first"));
        QVERIFY(!jobs.progress(JobKind::Predict));
        second.release();
        QTRY_COMPARE(jobs.newest().title, QStringLiteral("first"));
        QVERIFY(!jobs.idle());
        first.release();
        QTRY_VERIFY(jobs.idle());
        QVERIFY(jobs.newest().title.isEmpty());
    }

    void whatFailedIsKeptWithItsRetryUntilTheNextBegins()
    {
        JobBoard jobs;
        QSignalSpy failed(&jobs, &JobBoard::failed);
        int tries = 0;
        jobs.report(
            kFailure, [&tries] { ++tries; }, JobKind::Model);
        QCOMPARE(failed.count(), 1);
        QCOMPARE(jobs.failedKind(), JobKind::Model);
        QCOMPARE(jobs.error()->detail, kFailure.detail);
        jobs.retry();
        jobs.retry();
        QCOMPARE(tries, 1);
        jobs.begin(JobKind::Open, QStringLiteral("next"));
        QVERIFY(!jobs.error());
    }

    void whatNobodyAskedForLeavesTheLastFailure()
    {
        JobBoard jobs;
        jobs.report(kFailure, {});
        jobs.begin(JobKind::Prepare, QStringLiteral("preparing"));
        QVERIFY(jobs.error());
        QVERIFY(!jobs.failedKind());
    }

    void whatWasCancelledIsNoFailure()
    {
        JobBoard jobs;
        QSignalSpy failed(&jobs, &JobBoard::failed);
        jobs.report(cancelled().value(), {});
        QVERIFY(failed.isEmpty());
        QVERIFY(!jobs.error());
    }

    void nothingIsDeliveredAfterTheEnd()
    {
        JobBoard jobs;
        bool delivered = false;
        jobs.begin(JobKind::Open, QStringLiteral("reading"))
            .start([](std::stop_token, const ProgressSink&) -> Result<int> { return 1; },
                [&delivered](const Result<int>&) { delivered = true; });
        jobs.end();
        QCoreApplication::processEvents();
        QVERIFY(!delivered);
    }
};

QTEST_GUILESS_MAIN(TestJobBoard)
#include "tst_job_board.moc"
