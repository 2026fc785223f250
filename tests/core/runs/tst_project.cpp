#include "core/base/files.h"
#include "core/runs/project.h"
#include "tests/support/source_dir.h"
#include "tests/support/temporary_folder.h"

#include <QtTest>

using namespace vernier;
using namespace vernier::test;

namespace {

Project made(const TemporaryFolder& folder)
{
    Project project;
    project.pictures = folder / "work/birds";
    project.runs = folder / "work/mine/runs";
    project.recipe.head.dropout = 0.25;
    project.edits = { { "a.jpg", "robin", Split::Train, "robin" } };
    std::filesystem::create_directories(project.pictures);
    std::filesystem::create_directories(project.runs);
    return project;
}

} // namespace

class TestProject : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void aProjectComesBackAsItWas()
    {
        const TemporaryFolder folder;
        const auto project = made(folder);
        const auto file = folder / "work/mine/birds.vernier";
        QVERIFY(writeProject(file, project));
        const auto read = readProject(file);
        QVERIFY2(read, read ? "" : read.error().text().c_str());
        QCOMPARE(read->pictures, project.pictures);
        QCOMPARE(read->runs, project.runs);
        QCOMPARE(read->recipe, project.recipe);
        QCOMPARE(read->edits, project.edits);
        QVERIFY(read->picturesAreThere());
    }

    void aProjectThatMovesWithItsPicturesFindsThem()
    {
        const TemporaryFolder folder;
        QVERIFY(writeProject(folder / "work/mine.vernier", made(folder)));
        std::filesystem::rename(folder / "work", folder / "elsewhere");
        const auto read = readProject(folder / "elsewhere/mine.vernier");
        QCOMPARE(read->pictures, folder / "elsewhere/birds");
        QVERIFY(read->picturesAreThere());
    }

    void aProjectThatMovesAloneFindsItsPicturesToo()
    {
        const TemporaryFolder folder;
        const auto project = made(folder);
        QVERIFY(writeProject(folder / "work/mine.vernier", project));
        std::filesystem::create_directories(folder / "far/away");
        std::filesystem::rename(folder / "work/mine.vernier", folder / "far/away/mine.vernier");
        QCOMPARE(readProject(folder / "far/away/mine.vernier")->pictures, project.pictures);
    }

    void picturesThatAreGoneAreSaidToBe()
    {
        const TemporaryFolder folder;
        const auto project = made(folder);
        QVERIFY(writeProject(folder / "mine.vernier", project));
        std::filesystem::remove_all(project.pictures);
        const auto read = readProject(folder / "mine.vernier");
        QVERIFY(read && !read->picturesAreThere());
        QCOMPARE(read->pictures, project.pictures);
    }

    void anyFolderNameComesBack()
    {
        const TemporaryFolder folder;
        auto project = made(folder);
        project.pictures = folder / "a\xe9t\xe9 \"x\"";
        std::filesystem::create_directories(project.pictures);
        QVERIFY(writeProject(folder / "mine.vernier", project));
        QCOMPARE(readProject(folder / "mine.vernier")->pictures, project.pictures);
    }

    void aBrokenProjectIsRefusedByName_data()
    {
        QTest::addColumn<QString>("file");
        int count = 0;
        for (const auto& entry : std::filesystem::directory_iterator(dataDir() / "projects")) {
            const auto name = entry.path().filename().string();
            QTest::newRow(name.c_str()) << QString::fromStdString(entry.path().string());
            ++count;
        }
        QVERIFY(count > 10);
    }
    void aBrokenProjectIsRefusedByName()
    {
        QFETCH(QString, file);
        const auto read = readProject(file.toStdString());
        QVERIFY(!read);
        const auto& error = read.error();
        QVERIFY2(error.code == ErrorCode::Corrupt || error.code == ErrorCode::Unsupported,
            error.text().c_str());
        QCOMPARE(error.path, std::filesystem::path(file.toStdString()));
    }

    void aFileThatIsTooLongIsNotRead()
    {
        const TemporaryFolder folder;
        const auto file = folder.write("long.vernier", "{}");
        std::filesystem::resize_file(file, 100ull << 20);
        QCOMPARE(readProject(file).error().code, ErrorCode::TooLarge);
    }
};

QTEST_GUILESS_MAIN(TestProject)
#include "tst_project.moc"
