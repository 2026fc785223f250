#include "core/base/folder_lock.h"
#include "core/runs/run_bin.h"
#include "tests/support/temporary_folder.h"

#include <QtTest>

#include <unistd.h>

using namespace vernier;
using namespace vernier::test;

namespace fs = std::filesystem;

namespace {

/// A run folder without weights.
void writeRun(const TemporaryFolder& folder, const fs::path& name, double accuracy = 0.9)
{
    folder.write(name / "recipe.json", toJson(Recipe()));
    folder.write(name / "events.jsonl",
        toJson(TrainingEvent(EpochDone { 1, 1, 0.5, 0.75, 100, 0.6, accuracy, 20, 1.5, 66, true }))
            + "\n");
}

/// One that lies in the bin of "runs".
fs::path writeBinned(const TemporaryFolder& folder, const std::string& name)
{
    writeRun(folder, fs::path("runs") / name);
    return moveToBin(folder / "runs" / name).value();
}

fs::path linkTo(const fs::path& target, const fs::path& link)
{
    fs::create_directory_symlink(target, link);
    return link;
}

} // namespace

class TestRunBin : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void aDeletedRunCanBeTakenBack()
    {
        const TemporaryFolder folder;
        writeRun(folder, "runs/a");
        const auto runs = folder / "runs";
        const auto binned = moveToBin(runs / "a");
        QVERIFY2(binned, binned ? "" : binned.error().text().c_str());
        QVERIFY(!fs::exists(runs / "a"));
        QCOMPARE(readRunList(runs)->size(), std::size_t { 0 });
        QCOMPARE(readRunList(binOf(runs))->size(), std::size_t { 1 });
        // Another of that name may be there by now, and go the same way.
        writeRun(folder, "runs/a");
        QCOMPARE(takeBack(*binned, runs / "a").error().code, ErrorCode::Exists);
        const auto second = moveToBin(runs / "a");
        QVERIFY(second && *second != *binned);
        QVERIFY(takeBack(*binned, runs / "a"));
        QVERIFY(!(*readRunList(runs))[0].problem);
        QCOMPARE(takeBack(*binned, runs / "b").error().code, ErrorCode::NotFound);
    }

    void aRunThatIsBeingTrainedStays()
    {
        const TemporaryFolder folder;
        writeRun(folder, "a");
        const auto lock = FolderLock::take(folder / "a");
        QVERIFY(lock);
        QCOMPARE(moveToBin(folder / "a").error().code, ErrorCode::Exists);
        QVERIFY(fs::exists(folder / "a/recipe.json"));
    }

    void theBinIsListedWithTimesAndSizes()
    {
        const TemporaryFolder folder;
        const auto runs = folder / "runs";
        QVERIFY(!holdsDeleted(runs));
        QVERIFY(readBin(runs)->empty());
        writeRun(folder, "runs/a", 0.8);
        folder.write("runs/a/epochs/1.safetensors", std::string(100'000, 'x'));
        const auto before = std::time(nullptr);
        QVERIFY(moveToBin(runs / "a"));
        // What a broken-off removal leaves.
        fs::create_directories(binOf(runs) / "left");
        // None of these is a run's folder.
        folder.write("runs/.bin/a file", "");
        folder.write("elsewhere/large", std::string(1'000'000, 'x'));
        linkTo(folder / "elsewhere", binOf(runs) / "a link");
        linkTo(folder / "elsewhere", binOf(runs) / "a/link");

        QVERIFY(holdsDeleted(runs));
        const auto read = readBin(runs);
        QVERIFY2(read, read ? "" : read.error().text().c_str());
        QCOMPARE(read->size(), std::size_t { 2 });
        const auto& a = (*read)[0];
        QCOMPARE(a.run.folder, binOf(runs) / "a");
        QVERIFY(!a.run.problem);
        QCOMPARE(a.run.best()->validationAccuracy, std::optional(0.8));
        QVERIFY(a.bytes > 100'000 && a.bytes < 1'000'000);
        QVERIFY(std::abs(timeOfStamp(a.deleted) - before) < 60);
        QVERIFY((*read)[1].run.problem);
        QCOMPARE((*read)[1].bytes, std::uint64_t { 0 });
    }

    void whatIsTakenOutStandsAmongTheRunsAgain()
    {
        const TemporaryFolder folder;
        const auto runs = folder / "runs";
        const auto a = writeBinned(folder, "a");
        const auto b = writeBinned(folder, "b");
        writeRun(folder, "runs/a", 0.5);
        QVERIFY(takeOut(runs, { a, b }));
        QVERIFY(!holdsDeleted(runs));
        const auto list = readRunList(runs);
        QCOMPARE(list->size(), std::size_t { 3 });
        // The one that had its name by then keeps it.
        QCOMPARE((*list)[0].folder, runs / "a");
        QCOMPARE((*list)[0].best()->validationAccuracy, std::optional(0.5));
        QCOMPARE((*list)[1].folder, runs / "a 2");
        QCOMPARE((*list)[2].folder, runs / "b");
        QCOMPARE(takeOut(runs, { a }).error().code, ErrorCode::NotFound);
    }

    void whatIsRemovedForGoodIsGone()
    {
        const TemporaryFolder folder;
        const auto runs = folder / "runs";
        const auto a = writeBinned(folder, "a");
        const auto b = writeBinned(folder, "b");
        writeRun(folder, "runs/c");
        folder.write("runs/.bin/a/epochs/1.safetensors", "weights");
        QVERIFY(removeForGood(runs, { a }));
        QVERIFY(!fs::exists(a));
        QVERIFY(fs::exists(b / "recipe.json"));
        QVERIFY(fs::exists(runs / "c/recipe.json"));
        QVERIFY(removeForGood(runs, { b }));
        QVERIFY(!holdsDeleted(runs));
        QVERIFY(fs::is_directory(binOf(runs)));
    }

    void whatIsNotInTheBinIsNeitherRemovedNorMoved_data()
    {
        QTest::addColumn<QString>("path");
        QTest::newRow("a run") << "runs/a";
        QTest::newRow("all runs") << "runs";
        QTest::newRow("the bin") << "runs/.bin";
        QTest::newRow("the bin, with a slash") << "runs/.bin/";
        QTest::newRow("the bin, with a dot") << "runs/.bin/.";
        QTest::newRow("above the bin") << "runs/.bin/..";
        QTest::newRow("out of the bin") << "runs/.bin/../a";
        QTest::newRow("into the bin again") << "runs/.bin/../.bin/binned";
        QTest::newRow("within a run") << "runs/.bin/binned/epochs";
        QTest::newRow("another bin") << "others/.bin/a";
        QTest::newRow("nothing") << "";
        QTest::newRow("a link in the bin") << "runs/.bin/link";
        QTest::newRow("what a link in the bin leads to") << "runs/.bin/link/a";
        QTest::newRow("a file in the bin") << "runs/.bin/file";
    }
    void whatIsNotInTheBinIsNeitherRemovedNorMoved()
    {
        QFETCH(QString, path);
        const TemporaryFolder folder;
        const auto runs = folder / "runs";
        const auto binned = writeBinned(folder, "binned");
        folder.write("runs/.bin/binned/epochs/1.safetensors", "weights");
        folder.write("runs/.bin/file", "of somebody");
        writeRun(folder, "runs/a");
        writeRun(folder, "others/.bin/a");
        linkTo(folder / "others/.bin", binOf(runs) / "link");
        const auto given = path.isEmpty() ? fs::path() : folder / path.toStdString();
        for (const auto& done : { removeForGood(runs, { given }), takeOut(runs, { given }) }) {
            QVERIFY(!done);
            QCOMPARE(done.error().code, ErrorCode::Invalid);
            QCOMPARE(done.error().path, given);
        }
        for (const char* file : { "runs/a/recipe.json", "others/.bin/a/recipe.json",
                 "runs/.bin/binned/epochs/1.safetensors", "runs/.bin/link/a", "runs/.bin/file" })
            QVERIFY2(fs::exists(folder / file), file);
    }

    void aBinThatIsALinkIsLeftAlone()
    {
        const TemporaryFolder folder;
        const auto runs = folder / "runs";
        writeRun(folder, "elsewhere/a");
        fs::create_directories(runs);
        linkTo(folder / "elsewhere", binOf(runs));
        for (const auto& done :
            { removeForGood(runs, { binOf(runs) / "a" }), takeOut(runs, { binOf(runs) / "a" }) }) {
            QCOMPARE(done.error().code, ErrorCode::Invalid);
            QCOMPARE(done.error().path, binOf(runs));
        }
        QCOMPARE(readBin(runs).error().path, binOf(runs));
        // So that the list is asked for, and says why.
        QVERIFY(holdsDeleted(runs));
        QVERIFY(fs::exists(folder / "elsewhere/a/recipe.json"));
        // Nor is a run moved to where it leads, or from there.
        writeRun(folder, "runs/b");
        const auto moved = moveToBin(runs / "b");
        QVERIFY(!moved);
        QCOMPARE(moved.error().path, binOf(runs));
        QVERIFY(fs::exists(runs / "b/recipe.json"));
        QVERIFY(!fs::exists(folder / "elsewhere/b"));
        QCOMPARE(takeBack(binOf(runs) / "a", runs / "a").error().code, ErrorCode::Invalid);
    }

    void ofALinkInARunTheLinkAloneIsRemoved()
    {
        const TemporaryFolder folder;
        const auto a = writeBinned(folder, "a");
        folder.write("pictures/1.jpg", "a picture");
        linkTo(folder / "pictures", a / "pictures");
        linkTo("..", a / "up");
        fs::create_symlink(folder / "pictures/1.jpg", a / "1.jpg");
        QVERIFY(removeForGood(folder / "runs", { a }));
        QVERIFY(!fs::exists(a));
        QVERIFY(fs::exists(folder / "pictures/1.jpg"));
        QVERIFY(fs::is_directory(binOf(folder / "runs")));
    }

    void whatCannotBeRemovedKeepsNoOtherFromIt()
    {
        const TemporaryFolder folder;
        const auto runs = folder / "runs";
        const auto a = writeBinned(folder, "a");
        const auto b = writeBinned(folder, "b");
        {
            const auto lock = FolderLock::take(a);
            const auto removed = removeForGood(runs, { a, b });
            QCOMPARE(removed.error().code, ErrorCode::Exists);
            QCOMPARE(removed.error().path, a);
        }
        QVERIFY(fs::exists(a / "recipe.json"));
        QVERIFY(!fs::exists(b));
        QVERIFY(removeForGood(runs, { a }));
        QVERIFY(!fs::exists(a));
    }

    void aFolderThatMayNotBeWrittenIsNamed()
    {
        if (::geteuid() == 0)
            QSKIP("root may write everywhere");
        const TemporaryFolder folder;
        const auto a = writeBinned(folder, "a");
        folder.write("runs/.bin/a/epochs/1.safetensors", "weights");
        fs::permissions(a / "epochs", fs::perms::owner_read | fs::perms::owner_exec);
        const auto removed = removeForGood(folder / "runs", { a });
        fs::permissions(a / "epochs", fs::perms::owner_all);
        QVERIFY(!removed);
        QCOMPARE(removed.error().path, a);
        // What is left is still listed, and can be removed.
        QVERIFY(holdsDeleted(folder / "runs"));
        QVERIFY(removeForGood(folder / "runs", { a }));
    }

    void whatIsStoppedLeavesWholeRuns()
    {
        const TemporaryFolder folder;
        const auto a = writeBinned(folder, "a");
        std::stop_source stop;
        stop.request_stop();
        const auto runs = folder / "runs";
        QCOMPARE(removeForGood(runs, { a }, stop.get_token()).error().code, ErrorCode::Cancelled);
        QCOMPARE(takeOut(runs, { a }, stop.get_token()).error().code, ErrorCode::Cancelled);
        QCOMPARE(readBin(runs, stop.get_token()).error().code, ErrorCode::Cancelled);
        QVERIFY(!(*readBin(runs))[0].run.problem);
    }
};

QTEST_GUILESS_MAIN(TestRunBin)
#include "tst_run_bin.moc"
