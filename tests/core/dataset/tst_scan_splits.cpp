#include "core/dataset/scan.h"
#include "tests/core/dataset/scan_words.h"
#include "tests/support/painted_picture.h"

#include <QTest>

using namespace vernier;
using namespace vernier::test;
namespace fs = std::filesystem;

/// Which folders are splits, and which are classes.
class TestScanSplits : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void splitsAreReadInAnyCase();
    void splitsBelowTheClassesAreRead();
    void aClassCalledTrainIsNoSplit();
    void foldersThatLookLikeSplitsAreReadAsSuch_data();
    void foldersThatLookLikeSplitsAreReadAsSuch();
    void foldersThatMayBeClassesAreReadAsSuch_data();
    void foldersThatMayBeClassesAreReadAsSuch();
    void splitsAreClassesWhereSomebodySaysSo_data();
    void splitsAreClassesWhereSomebodySaysSo();
    void classesAreSplitsWhereSomebodySaysSo_data();
    void classesAreSplitsWhereSomebodySaysSo();
    void aClassMissingFromASplitIsNoted();
    void splitsWithoutClassesSayWhatTheyShouldLookLike();
};

void TestScanSplits::splitsAreReadInAnyCase()
{
    for (const char* validation : { "val", "VALID", "Validation" }) {
        TemporaryFolder folder;
        writePaintedClass(folder, "Train/cat", 3, 0);
        writePaintedClass(folder, "Train/dog", 2, 1);
        writePaintedClass(folder, fs::path(validation) / "cat", 1, 0);
        writePaintedClass(folder, fs::path(validation) / "dog", 1, 0);
        writePaintedClass(folder, "TEST/dog", 1, 1);
        writePaintedClass(folder, "drafts/dog", 1, 1);
        const auto snapshot = scan(folder.path());
        QVERIFY(snapshot);
        QCOMPARE(classes(**snapshot), QStringList({ "cat", "dog" }));
        QCOMPARE((*snapshot)->count(Split::Train), 5);
        QCOMPARE((*snapshot)->count(Split::Validation), 2);
        QCOMPARE((*snapshot)->count(1, Split::Test), 1);
        QCOMPARE(problems(**snapshot),
            QStringList("drafts: left out: a folder beside train, validation and test"));
    }
}

void TestScanSplits::splitsBelowTheClassesAreRead()
{
    TemporaryFolder folder;
    writePaintedClass(folder, "forky", 3, 0);
    writePaintedClass(folder, "forky/test", 2, 0);
    writePaintedClass(folder, "spoony/Train", 3, 1);
    writePaintedClass(folder, "spoony/val", 1, 1);
    const auto snapshot = scan(folder.path());
    QVERIFY(snapshot);
    QCOMPARE(classes(**snapshot), QStringList({ "forky", "spoony" }));
    QCOMPARE((*snapshot)->count(0, Split::Train), 3);
    QCOMPARE((*snapshot)->count(0, Split::Test), 2);
    QCOMPARE((*snapshot)->count(1, Split::Train), 3);
    QCOMPARE((*snapshot)->count(1, Split::Validation), 1);
}

void TestScanSplits::aClassCalledTrainIsNoSplit()
{
    TemporaryFolder folder;
    writePaintedClass(folder, "bus", 1, 0);
    writePaintedClass(folder, "train", 2, 1);
    const auto snapshot = scan(folder.path());
    QVERIFY(snapshot);
    QCOMPARE(classes(**snapshot), QStringList({ "bus", "train" }));
    QCOMPARE((*snapshot)->count(1, Split::Train), 2);
}

void TestScanSplits::foldersThatLookLikeSplitsAreReadAsSuch_data()
{
    QTest::addColumn<QString>("train");
    QTest::addColumn<QString>("validation");
    QTest::addColumn<QString>("test");
    QTest::newRow("ing") << "Training"
                         << ""
                         << "Testing";
    QTest::newRow("set") << "training_set"
                         << ""
                         << "test_set";
    QTest::newRow("dev") << "train"
                         << "dev"
                         << "test";
    QTest::newRow("eval") << "Train"
                          << "Eval"
                          << "";
    QTest::newRow("joined") << "trainset"
                            << "valset"
                            << "testset";
    QTest::newRow("data") << "train-data"
                          << "validation data"
                          << "";
    QTest::newRow("one alone") << "TRAINING"
                               << ""
                               << "";
}

void TestScanSplits::foldersThatLookLikeSplitsAreReadAsSuch()
{
    QFETCH(const QString, train);
    QFETCH(const QString, validation);
    QFETCH(const QString, test);
    TemporaryFolder folder;
    int count = 3;
    for (const auto& split : { train, validation, test }) {
        for (const char* name : { "cat", "dog" }) {
            if (!split.isEmpty())
                writePaintedClass(folder, fs::path(split.toStdString()) / name, count, 0);
        }
        --count;
    }
    folder.write("runs/one/recipe.json", "{}");
    folder.write("runs/one/dataset.json", "{}");
    writePaintedClass(folder, "@eaDir/cat", 1, 0);
    const auto snapshot = scan(folder.path());
    QVERIFY(snapshot);
    QCOMPARE(classes(**snapshot), QStringList({ "cat", "dog" }));
    QCOMPARE((*snapshot)->count(0, Split::Train), 3);
    QCOMPARE((*snapshot)->count(0, Split::Validation), validation.isEmpty() ? 0 : 2);
    QCOMPARE((*snapshot)->count(0, Split::Test), test.isEmpty() ? 0 : 1);
    QCOMPARE(topFoldersOf(**snapshot), TopFolders::LookLikeSplits);
    const auto note = notes(**snapshot).front();
    QVERIFY2(note.contains(train + " as train"), qPrintable(note));
}

void TestScanSplits::foldersThatMayBeClassesAreReadAsSuch_data()
{
    QTest::addColumn<QStringList>("folders");
    QTest::addColumn<TopFolders>("top");
    QTest::addColumn<QString>("note");
    QTest::newRow("one is no split")
        << QStringList { "Hiking/a", "Testing/a", "Training/a", "Training/b" }
        << TopFolders::AsNamed << "";
    QTest::newRow("no folders in them")
        << QStringList { "Testing", "Training" } << TopFolders::AsNamed
        << "since there are no folders in them";
    QTest::newRow("no folders in them, of which none is to train on") << QStringList { "dev",
        "test" } << TopFolders::AsNamed << "since there are no folders in them";
    QTest::newRow("a single one, not to train on")
        << QStringList { "dev/a", "dev/b" } << TopFolders::MayBeSplits << "dev as validation";
    QTest::newRow("none is to train on")
        << QStringList { "dev/a", "dev/b", "test/a" } << TopFolders::MayBeSplits
        << "called like one to train on, though their names look "
           "like splits: dev as validation, test as test";
    QTest::newRow("names that begin like those")
        << QStringList { "trains/a", "tests/a" } << TopFolders::AsNamed << "";
}

void TestScanSplits::foldersThatMayBeClassesAreReadAsSuch()
{
    QFETCH(const QStringList, folders);
    QFETCH(const TopFolders, top);
    QFETCH(const QString, note);
    TemporaryFolder folder;
    QStringList expected;
    for (const auto& each : folders) {
        writePaintedClass(folder, each.toStdString(), 1, 0);
        expected << each.section('/', 0, 0);
    }
    expected.removeDuplicates();
    expected.sort();
    const auto snapshot = scan(folder.path());
    QVERIFY(snapshot);
    QCOMPARE(classes(**snapshot), expected);
    QCOMPARE((*snapshot)->count(Split::Train), folders.size());
    QCOMPARE(topFoldersOf(**snapshot), top);
    QVERIFY(isOnTopFolders(notes(**snapshot).front().toStdString()) == !note.isEmpty());
    QVERIFY2(notes(**snapshot).front().contains(note), qPrintable(notes(**snapshot).front()));
}

void TestScanSplits::splitsAreClassesWhereSomebodySaysSo_data()
{
    QTest::addColumn<QStringList>("folders");
    QTest::addColumn<bool>("look");
    QTest::newRow("by their looks") << QStringList { "Testing/a", "Training/b" } << true;
    QTest::newRow("by their names") << QStringList { "test/a", "train/b" } << true;
    QTest::newRow("none to train on") << QStringList { "dev/a", "test/a" } << true;
    QTest::newRow("flat") << QStringList { "test", "train" } << false;
    QTest::newRow("others") << QStringList { "cat", "dog" } << false;
}

void TestScanSplits::splitsAreClassesWhereSomebodySaysSo()
{
    QFETCH(const QStringList, folders);
    QFETCH(const bool, look);
    TemporaryFolder folder;
    QStringList expected;
    for (const auto& each : folders) {
        writePaintedClass(folder, each.toStdString(), 1, 0);
        expected << each.section('/', 0, 0);
    }
    ScanOptions options;
    options.foldersAreClasses = true;
    const auto snapshot = scan(folder.path(), {}, {}, options);
    QVERIFY(snapshot);
    QCOMPARE(classes(**snapshot), expected);
    QCOMPARE((*snapshot)->count(Split::Train), 2);
    QCOMPARE(topFoldersOf(**snapshot), look ? TopFolders::AreClasses : TopFolders::AsNamed);
    QCOMPARE(notes(**snapshot).filter("read as classes").size(), look ? 1 : 0);
}

void TestScanSplits::classesAreSplitsWhereSomebodySaysSo_data()
{
    QTest::addColumn<QStringList>("folders");
    QTest::addColumn<TopFolders>("top");
    QTest::newRow("none is to train on")
        << QStringList { "dev/a", "dev/b", "test/a" } << TopFolders::LookLikeSplits;
    QTest::newRow("they look so anyway")
        << QStringList { "Testing/a", "Training/b" } << TopFolders::LookLikeSplits;
    QTest::newRow("no folders in them")
        << QStringList { "Testing", "Training" } << TopFolders::AsNamed;
    QTest::newRow("others") << QStringList { "cat/a", "dog/b" } << TopFolders::AsNamed;
}

void TestScanSplits::classesAreSplitsWhereSomebodySaysSo()
{
    QFETCH(const QStringList, folders);
    QFETCH(const TopFolders, top);
    TemporaryFolder folder;
    for (const auto& each : folders)
        writePaintedClass(folder, each.toStdString(), 1, 0);
    ScanOptions options;
    options.foldersAreClasses = false;
    const auto snapshot = scan(folder.path(), {}, {}, options);
    QVERIFY(snapshot);
    QCOMPARE(topFoldersOf(**snapshot), top);
    const bool splits = top == TopFolders::LookLikeSplits;
    QCOMPARE(classes(**snapshot).contains("a"), splits);
    QCOMPARE((*snapshot)->count(Split::Test), splits ? 1 : 0);
}

void TestScanSplits::aClassMissingFromASplitIsNoted()
{
    TemporaryFolder folder;
    writePaintedClass(folder, "train/cat", 1, 0);
    writePaintedClass(folder, "test/cat", 1, 0);
    writePaintedClass(folder, "test/owl", 1, 1);
    const auto snapshot = scan(folder.path());
    QVERIFY(snapshot);
    QCOMPARE(classes(**snapshot), QStringList({ "cat", "owl" }));
    QCOMPARE(notes(**snapshot), QStringList("Class owl has no train pictures."));
}

void TestScanSplits::splitsWithoutClassesSayWhatTheyShouldLookLike()
{
    TemporaryFolder folder;
    writePaintedClass(folder, "train", 2, 0);
    writePaintedClass(folder, "test", 2, 0);
    const auto snapshot = scan(folder.path());
    QVERIFY(!snapshot);
    QCOMPARE(snapshot.error().code, ErrorCode::Invalid);
    QCOMPARE(snapshot.error().detail,
        std::string("its train, validation and test hold no class folders"));
}

QTEST_APPLESS_MAIN(TestScanSplits)
#include "tst_scan_splits.moc"
