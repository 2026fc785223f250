#include "core/dataset/passed_over.h"
#include "core/dataset/scan.h"
#include "core/runs/run_store.h"
#include "tests/core/dataset/scan_words.h"
#include "tests/support/painted_picture.h"

#include <QTest>

#include <unistd.h>

using namespace vernier;
using namespace vernier::test;
namespace fs = std::filesystem;

class TestScan : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void aFolderAClassIsRead();
    void foldersBelowAClassBelongToIt();
    void hiddenFilesAndFoldersArePassedOver();
    void whatSystemsAndDrivesKeepIsNoClassAndNoPicture_data();
    void whatSystemsAndDrivesKeepIsNoClassAndNoPicture();
    void namesThatOnlyRemindOfThoseAreClasses();
    void aRunAmongThePicturesIsNoClass_data();
    void aRunAmongThePicturesIsNoClass();
    void aRunIsKnownByAnyOfItsFiles();
    void aClassThatARunWasWrittenIntoStaysOne();
    void aRunInAClassLeavesTheClass();
    void linksAreFollowedAndLoopsEnd();
    void aLinkNeverTakesTheFoldersPlace();
    void aBrokenLinkIsListed();
    void namesInAnyScriptAreRead();
    void aNameThatIsNoUtf8IsRead();
    void aNameThatIsNoUtf8IsNotTheClassThatIsCalledAsItIsWritten();
    void aNameOfUncommonLengthIsRead();
    void anEmptyClassIsKeptAndNoted();
    void oneClassIsNoFailure();
    void theFolderAboveTheDatasetIsNoted();
    void aFolderWithoutClassesSaysWhatItShouldLookLike();
    void aFolderWithoutAUsablePictureFails();
    void aFolderThatIsNotThereFails();
    void stoppingEndsIt();
    void progressComesToItsEnd();
};

void TestScan::aFolderAClassIsRead()
{
    TemporaryFolder folder;
    writePaintedClass(folder, "cat", 2, 0);
    writePaintedClass(folder, "Dog", 1, 1);
    const auto snapshot = scan(folder.path());
    QVERIFY(snapshot);
    QCOMPARE((*snapshot)->root, folder.path());
    QCOMPARE(classes(**snapshot), QStringList({ "Dog", "cat" }));
    QCOMPARE(paths(**snapshot), QStringList({ "Dog/1.jpg", "cat/1.jpg", "cat/2.jpg" }));
    QCOMPARE((*snapshot)->count(Split::Train), 3);
    QCOMPARE((*snapshot)->count(1, Split::Train), 2);
    QVERIFY((*snapshot)->problems.empty());
    QVERIFY(!(*snapshot)->validationDrawn);
    QCOMPARE((*snapshot)->absolute((*snapshot)->images[0]), folder / "Dog/1.jpg");
}

void TestScan::foldersBelowAClassBelongToIt()
{
    TemporaryFolder folder;
    writePaintedClass(folder, "cat/2023/spring", 2, 0);
    writePaintedClass(folder, "cat/2024/test", 1, 0);
    writePaintedClass(folder, "dog", 1, 1);
    const auto snapshot = scan(folder.path());
    QVERIFY(snapshot);
    QCOMPARE(paths(**snapshot),
        QStringList({ "cat/2023/spring/1.jpg", "cat/2023/spring/2.jpg", "cat/2024/test/1.jpg",
            "dog/1.jpg" }));
    QCOMPARE((*snapshot)->count(0, Split::Train), 3);
}

void TestScan::hiddenFilesAndFoldersArePassedOver()
{
    TemporaryFolder folder;
    writePaintedClass(folder, "cat", 1, 0);
    writePaintedClass(folder, "dog", 1, 1);
    writePaintedClass(folder, ".thumbnails", 1, 1);
    writePaintedClass(folder, "dog/.cache", 1, 1);
    writePaintedClass(folder, "__MACOSX/dog", 1, 1);
    folder.write("cat/._1.jpg", "not a picture");
    const auto snapshot = scan(folder.path());
    QVERIFY(snapshot);
    QCOMPARE(classes(**snapshot), QStringList({ "cat", "dog" }));
    QCOMPARE((*snapshot)->images.size(), std::size_t { 2 });
    QVERIFY((*snapshot)->problems.empty());
}

void TestScan::whatSystemsAndDrivesKeepIsNoClassAndNoPicture_data()
{
    QTest::addColumn<QString>("name");
    for (const char* name : { "@eaDir", "#recycle", "$RECYCLE.BIN", "$Recycle.Bin",
             "System Volume Information", "lost+found", "__MACOSX", ".thumbnails",
             ".ipynb_checkpoints", "@Recycle", "@Recently-Snapshot", "@tmp", "#snapshot",
             ".Trash-1000", ".Trashes", ".@__thumb", ".AppleDouble", "RECYCLER", "FOUND.000",
             "Network Trash Folder", "Thumbs.db", "._1.jpg" })
        QTest::newRow(name) << name;
}

void TestScan::whatSystemsAndDrivesKeepIsNoClassAndNoPicture()
{
    QFETCH(const QString, name);
    const fs::path kept = name.toStdString();
    TemporaryFolder folder;
    writePaintedClass(folder, "cat", 1, 0);
    writePaintedClass(folder, "dog", 1, 1);
    writePaintedClass(folder, kept, 1, 1);
    writePaintedClass(folder, kept / "a.jpg", 1, 1);
    writePaintedClass(folder, "dog" / kept, 1, 1);
    folder.write("cat" / kept, paintedJpeg(8, 8));
    const auto snapshot = scan(folder.path());
    QVERIFY(snapshot);
    QCOMPARE(classes(**snapshot), QStringList({ "cat", "dog" }));
    QCOMPARE(paths(**snapshot), QStringList({ "cat/1.jpg", "dog/1.jpg" }));
    QCOMPARE(problems(**snapshot), QStringList());
}

void TestScan::namesThatOnlyRemindOfThoseAreClasses()
{
    TemporaryFolder folder;
    const QStringList names { "FOUND", "FOUND.now", "lost", "recycle", "recycler", "snapshot" };
    for (const auto& name : names)
        writePaintedClass(folder, name.toStdString(), 1, 0);
    const auto snapshot = scan(folder.path());
    QVERIFY(snapshot);
    QCOMPARE(classes(**snapshot), names);
}

void TestScan::aRunAmongThePicturesIsNoClass_data()
{
    QTest::addColumn<QStringList>("runs");
    QTest::newRow("beside the classes") << QStringList { "first try" };
    QTest::newRow("in a folder of runs") << QStringList { "runs/a", "runs/b" };
    QTest::newRow("deeper") << QStringList { "runs/2026/a", "runs/2026/b" };
}

void TestScan::aRunAmongThePicturesIsNoClass()
{
    QFETCH(const QStringList, runs);
    for (const bool splits : { false, true }) {
        TemporaryFolder folder;
        const fs::path top = splits ? "Training" : "";
        writePaintedClass(folder, top / "cat", 1, 0);
        writePaintedClass(folder, top / "dog", 1, 1);
        for (const auto& run : runs) {
            const fs::path place = top / run.toStdString();
            for (const char* file : run_files::kAll)
                folder.write(place / file, "{}");
            writePaintedClass(folder, place / "heat maps", 1, 1);
            if (run.startsWith("runs/"))
                folder.write(top / "runs/figures.csv", "1,2\n");
        }
        const auto snapshot = scan(folder.path());
        QVERIFY(snapshot);
        QCOMPARE(classes(**snapshot), QStringList({ "cat", "dog" }));
        QCOMPARE((*snapshot)->images.size(), std::size_t { 2 });
        QCOMPARE(problems(**snapshot), QStringList());
        QVERIFY(notes(**snapshot).filter("passed over among the pictures").size() == 1);
    }
}

void TestScan::aRunIsKnownByAnyOfItsFiles()
{
    for (const char* file : run_files::kAll) {
        TemporaryFolder folder;
        folder.write(run_files::kRecipe, "{}");
        folder.write(file, "{}");
        QVERIFY2(isRunFolder(folder.path()) || file == run_files::kNotes, file);
    }
    TemporaryFolder begun;
    begun.write(run_files::kRecipe, "{}");
    QVERIFY(isRunFolder(begun.path()));
    begun.write("1.jpg", paintedJpeg(8, 8));
    QVERIFY(!isRunFolder(begun.path()));
}

void TestScan::aClassThatARunWasWrittenIntoStaysOne()
{
    TemporaryFolder folder;
    writePaintedClass(folder, "cat", 2, 0);
    writePaintedClass(folder, "dog", 1, 1);
    for (const char* file : run_files::kAll)
        folder.write(fs::path("cat") / file, "{}");
    const auto snapshot = scan(folder.path());
    QVERIFY(snapshot);
    QCOMPARE(paths(**snapshot), QStringList({ "cat/1.jpg", "cat/2.jpg", "dog/1.jpg" }));
}

void TestScan::aRunInAClassLeavesTheClass()
{
    TemporaryFolder folder;
    writePaintedClass(folder, "cat", 2, 0);
    writePaintedClass(folder, "dog", 1, 1);
    folder.write("cat/run/recipe.json", "{}");
    folder.write("cat/run/dataset.json", "{}");
    writePaintedClass(folder, "cat/run/views", 1, 0);
    const auto snapshot = scan(folder.path());
    QVERIFY(snapshot);
    QCOMPARE(paths(**snapshot), QStringList({ "cat/1.jpg", "cat/2.jpg", "dog/1.jpg" }));
}

void TestScan::linksAreFollowedAndLoopsEnd()
{
    TemporaryFolder elsewhere;
    writePaintedClass(elsewhere, "owls", 2, 2);
    TemporaryFolder folder;
    writePaintedClass(folder, "cat", 1, 0);
    fs::create_symlink("../cat", folder / "cat/again");
    fs::create_symlink("..", folder / "cat/up");
    fs::create_symlink(folder.path().parent_path(), folder / "cat/far up");
    fs::create_symlink(elsewhere / "owls", folder / "owl");
    fs::create_symlink(elsewhere / "owls/1.jpg", folder / "cat/a single one.jpg");
    fs::create_symlink("self", folder / "self");
    const auto snapshot = scan(folder.path());
    QVERIFY(snapshot);
    QCOMPARE(paths(**snapshot),
        QStringList({ "cat/1.jpg", "cat/a single one.jpg", "owl/1.jpg", "owl/2.jpg" }));
    QCOMPARE(problems(**snapshot),
        QStringList({ "cat/again: left out: leads to a folder that was already read",
            "cat/far up: left out: leads to a folder that was already read",
            "cat/up: left out: leads to a folder that was already read",
            "self: the link leads nowhere" }));
}

void TestScan::aLinkNeverTakesTheFoldersPlace()
{
    TemporaryFolder folder;
    writePaintedClass(folder, "zebra", 2, 0);
    writePaintedClass(folder, "horse", 1, 0);
    fs::create_symlink("zebra", folder / "a link");
    fs::create_symlink("../zebra", folder / "horse/striped");
    const auto snapshot = scan(folder.path());
    QVERIFY(snapshot);
    QCOMPARE(classes(**snapshot), QStringList({ "horse", "zebra" }));
    QCOMPARE((*snapshot)->count(1, Split::Train), 2);
    QCOMPARE((*snapshot)->problems.size(), std::size_t { 2 });
}

void TestScan::aBrokenLinkIsListed()
{
    TemporaryFolder folder;
    writePaintedClass(folder, "cat", 1, 0);
    fs::create_symlink("gone.jpg", folder / "cat/2.jpg");
    const auto snapshot = scan(folder.path());
    QVERIFY(snapshot);
    QCOMPARE(problems(**snapshot), QStringList("cat/2.jpg: the link leads nowhere"));
}

void TestScan::namesInAnyScriptAreRead()
{
    TemporaryFolder folder;
    const QStringList names { QString::fromUtf8("Émile"), QString::fromUtf8("ложка"),
        QString::fromUtf8("フォーク"), QString::fromUtf8("שוקו חם"), QString::fromUtf8("🍴 big") };
    for (const auto& name : names)
        writePaintedClass(folder, fs::path(name.toStdString()), 1, 0);
    const auto snapshot = scan(folder.path());
    QVERIFY(snapshot);
    auto sorted = names;
    std::sort(sorted.begin(), sorted.end(),
        [](const QString& a, const QString& b) { return a.toUtf8() < b.toUtf8(); });
    QCOMPARE(classes(**snapshot), sorted);
    QVERIFY((*snapshot)->problems.empty());
}

void TestScan::aNameThatIsNoUtf8IsRead()
{
    TemporaryFolder folder;
    writePaintedClass(folder, fs::path("caf\xE8"), 1, 0);
    writePaintedClass(folder, fs::path("caf\xE9"), 1, 0);
    writePaintedClass(folder, "tea", 1, 0);
    fs::rename(folder / "tea/1.jpg", folder / "tea/\xFF\xFE.jpg");
    const auto snapshot = scan(folder.path());
    QVERIFY(snapshot);
    // Two such classes stay two.
    QCOMPARE(classes(**snapshot), QStringList({ "caf%E8", "caf%E9", "tea" }));
    QCOMPARE((*snapshot)->images.size(), std::size_t { 3 });
    QVERIFY(fs::exists((*snapshot)->absolute((*snapshot)->images[0])));
}

void TestScan::aNameThatIsNoUtf8IsNotTheClassThatIsCalledAsItIsWritten()
{
    TemporaryFolder folder;
    for (const std::string split : { "train/", "test/" }) {
        writePaintedClass(folder, fs::path(split + "caf\xE9"), 1, 0);
        writePaintedClass(folder, split + "caf%E9", 2, 0);
        writePaintedClass(folder, split + "tea", 1, 0);
    }
    const auto snapshot = scan(folder.path());
    QVERIFY(snapshot);
    QCOMPARE(classes(**snapshot), QStringList({ "caf%E9", "caf%E9%", "tea" }));
    for (const auto split : { Split::Train, Split::Test }) {
        QCOMPARE((*snapshot)->count(0, split), 2);
        QCOMPARE((*snapshot)->count(1, split), 1);
    }
}

void TestScan::aNameOfUncommonLengthIsRead()
{
    TemporaryFolder folder;
    const std::string name(255, 'n');
    fs::path below = name;
    for (int i = 0; i < 8; ++i)
        below /= name;
    writePaintedClass(folder, below, 1, 0);
    const auto snapshot = scan(folder.path());
    QVERIFY(snapshot);
    QCOMPARE((*snapshot)->classes, std::vector<std::string> { name });
    QCOMPARE((*snapshot)->images.size(), std::size_t { 1 });
}

void TestScan::anEmptyClassIsKeptAndNoted()
{
    TemporaryFolder folder;
    writePaintedClass(folder, "cat", 1, 0);
    fs::create_directory(folder / "owl");
    const auto snapshot = scan(folder.path());
    QVERIFY(snapshot);
    QCOMPARE(classes(**snapshot), QStringList({ "cat", "owl" }));
    QVERIFY(notes(**snapshot).contains("Class owl has no pictures."));
}

void TestScan::oneClassIsNoFailure()
{
    TemporaryFolder folder;
    writePaintedClass(folder, "cat", 2, 0);
    const auto snapshot = scan(folder.path());
    QVERIFY(snapshot);
    QCOMPARE(
        notes(**snapshot).first(), QString("There is one class only, cat; training needs two."));
}

void TestScan::theFolderAboveTheDatasetIsNoted()
{
    TemporaryFolder folder;
    writePaintedClass(folder, "pets/cat", 2, 0);
    writePaintedClass(folder, "pets/dog", 2, 0);
    const auto snapshot = scan(folder.path());
    QVERIFY(snapshot);
    QCOMPARE(notes(**snapshot).first(),
        QString("There is one class only, pets, and it holds folders: if those are the classes, "
                "open pets instead."));
}

void TestScan::aFolderWithoutClassesSaysWhatItShouldLookLike()
{
    TemporaryFolder folder;
    folder.write("1.jpg", paintedJpeg(20, 20));
    const auto snapshot = scan(folder.path());
    QVERIFY(!snapshot);
    QCOMPARE(snapshot.error().code, ErrorCode::Invalid);
    QVERIFY(snapshot.error().text().find("cat/1.jpg and dog/1.jpg") != std::string::npos);
}

void TestScan::aFolderWithoutAUsablePictureFails()
{
    TemporaryFolder folder;
    folder.write("cat/1.gif", "GIF89a");
    folder.write("dog/notes.txt", "none");
    const auto snapshot = scan(folder.path());
    QVERIFY(!snapshot);
    QCOMPARE(snapshot.error().code, ErrorCode::Invalid);
    QVERIFY(snapshot.error().detail.find("cat/1.gif: cut off") != std::string::npos);
}

void TestScan::aFolderThatIsNotThereFails()
{
    TemporaryFolder folder;
    QCOMPARE(scan(folder / "gone").error().code, ErrorCode::NotFound);
    QCOMPARE(scan(folder.write("file", "x")).error().code, ErrorCode::Invalid);
}

void TestScan::stoppingEndsIt()
{
    TemporaryFolder folder;
    writePaintedClass(folder, "cat", 5, 0);
    std::stop_source source;
    int seen = 0;
    const auto snapshot = scan(folder.path(), source.get_token(), [&](const Progress& progress) {
        if (progress.total > 0 && ++seen == 2)
            source.request_stop();
    });
    QVERIFY(!snapshot);
    QCOMPARE(snapshot.error().code, ErrorCode::Cancelled);
    QCOMPARE(seen, 2);
}

void TestScan::progressComesToItsEnd()
{
    TemporaryFolder folder;
    writePaintedClass(folder, "cat", 5, 0);
    std::int64_t done = 0;
    std::int64_t total = 0;
    QVERIFY(scan(folder.path(), {}, [&](const Progress& progress) {
        done = progress.done;
        total = progress.total;
    }));
    QCOMPARE(done, 5);
    QCOMPARE(total, 5);
}

QTEST_APPLESS_MAIN(TestScan)
#include "tst_scan.moc"
