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
