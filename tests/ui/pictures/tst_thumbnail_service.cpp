#include "tests/support/painted_picture.h"
#include "tests/support/temporary_folder.h"
#include "tests/support/thread_limit.h"
#include "ui/base/format.h"
#include "ui/pictures/thumbnail_service.h"

#include <QSignalSpy>
#include <QTest>
#include <QThread>

using namespace vernier;
using namespace vernier::ui;
using test::TemporaryFolder;

class TestThumbnailService : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void aPictureIsNullUntilItIsReady()
    {
        const TemporaryFolder folder;
        const QString path = format::path(folder.write("a.jpg", test::paintedJpeg(300, 200)));
        ThumbnailService service;
        QSignalSpy ready(&service, &ThumbnailService::ready);
        QVERIFY(service.pixmap(path, 96).isNull());
        QVERIFY(!service.hasFailed(path));
        QTRY_COMPARE(ready.count(), 1);
        const QPixmap pixmap = service.pixmap(path, 96);
        QVERIFY(!pixmap.isNull());
        QCOMPARE(pixmap.width(), pixmap.height());
    }

    void askingTwiceLoadsOnce()
    {
        const TemporaryFolder folder;
        const QString path = format::path(folder.write("a.jpg", test::paintedJpeg(300, 200)));
        ThumbnailService service;
        QSignalSpy ready(&service, &ThumbnailService::ready);
        service.pixmap(path, 96);
        service.pixmap(path, 96);
        QTRY_COMPARE(ready.count(), 1);
        QTest::qWait(50);
        QCOMPARE(ready.count(), 1);
    }

    void anUnreadableFileHasFailedAndIsNotTriedAgain()
    {
        const TemporaryFolder folder;
        const QString path = format::path(folder.write("a.jpg", std::string_view("no picture")));
        ThumbnailService service;
        QSignalSpy ready(&service, &ThumbnailService::ready);
        service.pixmap(path, 96);
        QTRY_COMPARE(ready.count(), 1);
        QVERIFY(service.hasFailed(path));
        QVERIFY(service.pixmap(path, 96).isNull());
        QTest::qWait(30);
        QCOMPARE(ready.count(), 1);
    }

    void whatIsVisibleComesFirstAndWhatIsFarAwayIsDiscarded()
    {
        const TemporaryFolder folder;
        ThumbnailService service;
        QStringList paths;
        for (int i = 0; i < 200; ++i) {
            const std::string file = std::to_string(i) + ".jpg";
            paths << format::path(
                folder.write(file, test::paintedJpeg(600, 400, static_cast<std::uint64_t>(i))));
        }
        QStringList order;
        connect(&service, &ThumbnailService::ready, this,
            [&order](const QString& path) { order << path; });
        for (const QString& path : paths)
            service.pixmap(path, 96);
        const QStringList visible = paths.mid(190);
        service.setVisible(visible);
        QVERIFY(service.queued() <= 10);
        QTRY_VERIFY(service.queued() == 0);
        QTest::qWait(100);
        for (const QString& path : visible)
            QVERIFY(order.contains(path) || !service.pixmap(path, 96).isNull());
        QVERIFY2(order.size() < 100, qPrintable(QString::number(order.size())));

        // What was discarded is loaded when it is asked for again.
        QTRY_VERIFY(!service.pixmap(paths[150], 96).isNull());
    }

    void aSmallerThumbnailStandsInForALargerOne()
    {
        const TemporaryFolder folder;
        const QString path = format::path(folder.write("a.jpg", test::paintedJpeg(900, 900)));
        ThumbnailService service;
        QTRY_VERIFY(!service.pixmap(path, 64).isNull());
        QVERIFY(!service.pixmap(path, 256).isNull());
        QTRY_VERIFY(service.pixmap(path, 256).width() >= 256);
    }

    void oneThreadIsEnough()
    {
        const TemporaryFolder folder;
        const QString path = format::path(folder.write("a.jpg", test::paintedJpeg(300, 200)));
        const test::ThreadLimit limit(1);
        ThumbnailService service;
        QTRY_VERIFY(!service.pixmap(path, 96).isNull());
    }

    void clearingForgetsAnswersThatAreOnTheirWay()
    {
        const TemporaryFolder folder;
        const QString path = format::path(folder.write("a.jpg", test::paintedJpeg(300, 200)));
        ThumbnailService service;
        QSignalSpy ready(&service, &ThumbnailService::ready);
        service.pixmap(path, 96);
        service.clear();
        QTest::qWait(100);
        QCOMPARE(ready.count(), 0);
        QCOMPARE(service.bytes(), 0);
        QTRY_VERIFY(!service.pixmap(path, 96).isNull());

        // Just when one is taken up.
        ready.clear();
        constexpr int count = 8;
        for (int round = 0; round < 20; ++round) {
            for (int i = 0; i < count; ++i)
                service.pixmap(path + QString::number(i), 96);
            while (service.queued() == count)
                QThread::usleep(100);
            service.clear();
        }
        QTest::qWait(50);
        QCOMPARE(ready.count(), 0);
    }
};

QTEST_MAIN(TestThumbnailService)
#include "tst_thumbnail_service.moc"
