#include "ui/session/file_writer.h"

#include <QSignalSpy>
#include <QTest>

#include <atomic>
#include <semaphore>

using namespace vernier;
using namespace vernier::ui;

class TestFileWriter : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void whatIsGivenIsWrittenInOrder()
    {
        JobBoard jobs;
        FileWriter writer(jobs);
        writer.allWritten().wait();
        std::binary_semaphore goOn(0);
        std::vector<int> order;
        writer.write(
            [&] {
                goOn.acquire();
                order.push_back(1);
                return Status();
            },
            {});
        writer.write(
            [&] {
                order.push_back(2);
                return Status();
            },
            {});
        const auto all = writer.allWritten();
        goOn.release();
        all.wait();
        QCOMPARE(order, (std::vector<int> { 1, 2 }));
    }

    void whatFailsIsReportedWithItsRetry()
    {
        JobBoard jobs;
        FileWriter writer(jobs);
        QSignalSpy failed(&jobs, &JobBoard::failed);
        bool again = false;
        writer.write([] { return Status(fail(ErrorCode::Unreadable, "the disk is full")); },
            [&again] { again = true; });
        QTRY_COMPARE(failed.count(), 1);
        jobs.retry();
        QVERIFY(again);
    }

    void itDoesNotGoBeforeAllIsWritten()
    {
        JobBoard jobs;
        std::atomic<int> written { 0 };
        {
            FileWriter writer(jobs);
            for (int i = 0; i < 20; ++i) {
                writer.write(
                    [&written] {
                        ++written;
                        return Status();
                    },
                    {});
            }
        }
        QCOMPARE(written.load(), 20);
    }
};

QTEST_GUILESS_MAIN(TestFileWriter)
#include "tst_file_writer.moc"
