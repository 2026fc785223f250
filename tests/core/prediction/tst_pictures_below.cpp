#include "core/prediction/predictor.h"
#include "tests/support/temporary_folder.h"

#include <QTest>

using namespace vernier;
using namespace vernier::test;
namespace fs = std::filesystem;

class TestPicturesBelow : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void foldersAreSearchedAndSorted();
    void filesAreTakenAsTheyAre();
    void theOrderOfThePathsIsKept();
    void whatSystemsAndDrivesKeepIsNoPicture();
    void whatLiesInARunIsNoPicture();
    void linksThatLoopAreFollowedOnce();
    void whatIsNamedLikeAPictureIsAnsweredForEvenWhenItIsNone();
    void whatIsAPictureByContentIsFoundWhateverItsName();
    void aStopEndsTheSearch();
};

void TestPicturesBelow::foldersAreSearchedAndSorted()
{
    const TemporaryFolder folder;
    for (const char* name : { "b/2.jpg", "b/1.PNG", "a.jpeg", "b/c/d/сова.webp", "b/notes.txt",
             "b/scan0001", "b/raw.NEF", ".hidden.jpg", ".hidden/x.jpg", "z.jpg" })
        folder.write(name, "x");
    const std::vector<fs::path> expected { folder / "a.jpeg", folder / "b/1.PNG",
        folder / "b/2.jpg", folder / "b/c/d/сова.webp", folder / "b/raw.NEF", folder / "b/scan0001",
        folder / "z.jpg" };
    QCOMPARE(picturesBelow({ folder.path() }), expected);
}

void TestPicturesBelow::filesAreTakenAsTheyAre()
{
    const TemporaryFolder folder;
    const auto text = folder.write("notes.txt", "x");
    const auto hidden = folder.write(".hidden.jpg", "x");
    const std::vector<fs::path> paths { folder / "gone.jpg", text, hidden };
    QCOMPARE(picturesBelow(paths), paths);
}

void TestPicturesBelow::theOrderOfThePathsIsKept()
{
    const TemporaryFolder folder;
    const auto late = folder.write("z/1.jpg", "x");
    const auto early = folder.write("a/1.jpg", "x");
    QCOMPARE(
        picturesBelow({ folder / "z", folder / "a" }), (std::vector<fs::path> { late, early }));
}

void TestPicturesBelow::whatSystemsAndDrivesKeepIsNoPicture()
{
    const TemporaryFolder folder;
    const auto picture = folder.write("a/1.jpg", "x");
    for (const char* name : { "@eaDir/1.jpg/SYNOPHOTO_THUMB_M.jpg", "#recycle/2.jpg",
             "$RECYCLE.BIN/S-1-5/3.jpg", "lost+found/4", "System Volume Information/Guid",
             "a/@eaDir/5.jpg", "a/__MACOSX/6.jpg", "a/._1.jpg", "a/Thumbs.db" })
        folder.write(name, "x");
    QCOMPARE(picturesBelow({ folder.path() }), std::vector<fs::path> { picture });
    // What is asked for is answered for.
    QCOMPARE(picturesBelow({ folder / "#recycle" }).size(), 1U);
}

void TestPicturesBelow::whatLiesInARunIsNoPicture()
{
    const TemporaryFolder folder;
    const auto picture = folder.write("a/1.jpg", "x");
    folder.write("run/recipe.json", "{}");
    folder.write("run/dataset.json", "{}");
    const auto map = folder.write("run/maps/1.png", "x");
    QCOMPARE(picturesBelow({ folder.path() }), std::vector<fs::path> { picture });
    QCOMPARE(picturesBelow({ folder / "run" }), std::vector<fs::path> { map });
}

void TestPicturesBelow::linksThatLoopAreFollowedOnce()
{
    const TemporaryFolder folder;
    folder.write("a/1.jpg", "x");
    fs::create_directory_symlink(folder.path(), folder / "a/up");
    fs::create_directory_symlink(folder / "a", folder / "again");
    QCOMPARE(picturesBelow({ folder.path() }).size(), 1U);
    // From below, a link that leads up brings nothing in.
    folder.write("b/2.jpg", "x");
    QCOMPARE(picturesBelow({ folder / "a" }).size(), 1U);
}

void TestPicturesBelow::whatIsNamedLikeAPictureIsAnsweredForEvenWhenItIsNone()
{
    const TemporaryFolder folder;
    folder.write("a.jpg", "x");
    fs::create_symlink(folder / "nowhere", folder / "broken.jpg");
    QCOMPARE(picturesBelow({ folder.path() }).size(), 2U);
}

void TestPicturesBelow::whatIsAPictureByContentIsFoundWhateverItsName()
{
    const TemporaryFolder folder;
    folder.write("a/owl.jpg_large.3", "\xFF\xD8\xFF");
    folder.write("a/labels.csv", "owl,1");
    QCOMPARE(
        picturesBelow({ folder.path() }), std::vector<fs::path> { folder / "a/owl.jpg_large.3" });
}

void TestPicturesBelow::aStopEndsTheSearch()
{
    const TemporaryFolder folder;
    folder.write("a/1.jpg", "x");
    std::stop_source source;
    source.request_stop();
    QVERIFY(picturesBelow({ folder.path() }, source.get_token()).empty());
}

QTEST_APPLESS_MAIN(TestPicturesBelow)
#include "tst_pictures_below.moc"
