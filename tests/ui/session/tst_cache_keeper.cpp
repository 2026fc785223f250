#include "ui/session/cache_keeper.h"

#include "tests/support/temporary_folder.h"

#include <QSignalSpy>
#include <QTest>

using namespace vernier;
using namespace vernier::ui;

class TestCacheKeeper : public QObject {
    Q_OBJECT

private:
    test::TemporaryFolder m_folder;

private Q_SLOTS:
    void initTestCase() { qputenv("VERNIER_CACHE", m_folder.path().c_str()); }

    void whatIsInItIsReadWhenSomebodyAsks()
    {
        CacheKeeper keeper;
        QSignalSpy changed(&keeper, &CacheKeeper::changed);
        QVERIFY(!keeper.info());
        keeper.read();
        QTRY_COMPARE(changed.count(), 1);
        QVERIFY(keeper.info());
        QVERIFY(!keeper.error());
    }

    void changesAreMadeOneAfterTheOtherAndToldBefore()
    {
        CacheKeeper keeper;
        QSignalSpy changed(&keeper, &CacheKeeper::changed);
        QSignalSpy limiting(&keeper, &CacheKeeper::limiting);
        QSignalSpy clearing(&keeper, &CacheKeeper::clearing);
        constexpr quint64 kLimit = 123 << 20;
        keeper.setLimit(kLimit);
        keeper.clear();
        QCOMPARE(limiting.count(), 1);
        QCOMPARE(clearing.count(), 1);
        QTRY_COMPARE(changed.count(), 2);
        QCOMPARE(keeper.info()->diskLimit, kLimit);
        QVERIFY(!keeper.error());
    }
};

QTEST_GUILESS_MAIN(TestCacheKeeper)
#include "tst_cache_keeper.moc"
