#include "core/base/resource_dir.h"
#include "core/base/version.h"

#include <QTest>

class TestVersion : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void aVersionHasThreeNumbers();
    void theResourcesOfTheSourcesAreFound();
};

void TestVersion::aVersionHasThreeNumbers()
{
    const QString version = QString::fromStdString(vernier::vernierVersion());
    QCOMPARE(version.split(QLatin1Char('.')).size(), 3);
    QVERIFY(!vernier::torchVersion().empty());
}

void TestVersion::theResourcesOfTheSourcesAreFound()
{
    QVERIFY(std::filesystem::is_directory(vernier::resourceDir() / "icons"));
}

QTEST_APPLESS_MAIN(TestVersion)
#include "tst_version.moc"
