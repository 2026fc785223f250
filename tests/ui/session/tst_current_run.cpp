#include "core/dataset/scan.h"
#include "core/dataset/split.h"
#include "tests/ui/session_steps.h"

using namespace vernier;
using namespace vernier::test;
using ui::CurrentRun;
using ui::RunState;

/// The run alone, without a session around it.
class TestCurrentRun : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void initTestCase();
    void cleanup();
    void itTellsItsHistoryAndEnds();
    void aStopLeavesWhatCanBeGoneOnWith();
    void pauseIsAskedForAndFollows();
    void aSecondOneIsRefusedWhileItTrains();
    void aFailureSaysWhyAndCanBeForgotten();
    void oneOnDiskIsShownAsItWasLeft();

private:
    TrainingJob job(const Recipe& recipe) const
    {
        return { m_pictures, recipe, m_folder / "run", RunMode::Fresh, {} };
    }
    void finish(CurrentRun& run, int epochs)
    {
        const Recipe recipe = tinyRecipe(epochs);
        QSignalSpy ended(&run, &CurrentRun::ended);
        QVERIFY(run.start(job(recipe), recipe));
        QTRY_COMPARE_WITH_TIMEOUT(ended.count(), 1, kPatienceMs);
    }

    TemporaryFolder m_folder;
    SnapshotPtr m_pictures;
};

void TestCurrentRun::initTestCase()
{
    const auto scanned = scan(ui::format::path(paintedDataset(m_folder, "pictures")), {}, {});
    QVERIFY(scanned);
    m_pictures = withValidation(*scanned, splitOptions(tinyRecipe(1)));
}

void TestCurrentRun::cleanup() { std::filesystem::remove_all(m_folder / "run"); }

void TestCurrentRun::itTellsItsHistoryAndEnds()
{
    CurrentRun run;
    QVERIFY(!run.state() && run.folder().isEmpty() && run.complete() && !run.trainedOn());
    QSignalSpy epochs(&run, &CurrentRun::epochFinished);
    QSignalSpy best(&run, &CurrentRun::bestChanged);
    finish(run, 2);
    QVERIFY(!run.underWay());
    QCOMPARE(run.state(), std::optional(RunState::Finished));
    QVERIFY(run.complete() && run.begun() && !run.error());
    QCOMPARE(run.history().epochs.size(), std::size_t { 2 });
    QVERIFY(epochs.count() >= 1 && best.count() >= 1);
    QCOMPARE(run.trainedOn(), m_pictures);
    QCOMPARE(run.recipe().phases.size(), std::size_t { 1 });

    QSignalSpy changed(&run, &CurrentRun::historyChanged);
    run.forget();
    QCOMPARE(changed.count(), 1);
    QVERIFY(!run.state() && run.folder().isEmpty() && run.history().epochs.empty());
}

void TestCurrentRun::aStopLeavesWhatCanBeGoneOnWith()
{
    CurrentRun run;
    const Recipe recipe = tinyRecipe(10000);
    QVERIFY(run.start(job(recipe), recipe));
    QTRY_VERIFY_WITH_TIMEOUT(!run.history().epochs.empty(), kPatienceMs);
    QSignalSpy ended(&run, &CurrentRun::ended);
    run.stop();
    QCOMPARE(run.state(), std::optional(RunState::Stopping));
    QTRY_COMPARE_WITH_TIMEOUT(ended.count(), 1, kPatienceMs);
    QCOMPARE(run.state(), std::optional(RunState::Finished));
    QVERIFY(!run.complete());
}

void TestCurrentRun::pauseIsAskedForAndFollows()
{
    CurrentRun run;
    const Recipe recipe = tinyRecipe(10000);
    run.setPaused(true); // of nothing
    QVERIFY(run.start(job(recipe), recipe));
    QTRY_COMPARE_WITH_TIMEOUT(run.state(), std::optional(RunState::Training), kPatienceMs);
    run.togglePaused();
    QTRY_COMPARE_WITH_TIMEOUT(run.state(), std::optional(RunState::Paused), kPatienceMs);
    run.togglePaused();
    QTRY_COMPARE_WITH_TIMEOUT(run.state(), std::optional(RunState::Training), kPatienceMs);
}

void TestCurrentRun::aSecondOneIsRefusedWhileItTrains()
{
    CurrentRun run;
    const Recipe recipe = tinyRecipe(10000);
    QVERIFY(run.start(job(recipe), recipe));
    QTRY_COMPARE_WITH_TIMEOUT(run.state(), std::optional(RunState::Training), kPatienceMs);
    auto other = job(tinyRecipe(1));
    other.folder += "-2";
    QVERIFY(!run.start(other, other.recipe));
    QVERIFY(run.underWay());
    QCOMPARE(run.folder(), ui::format::path(m_folder / "run"));
    QCOMPARE(run.recipe().phases.front().epochs, 10000);
}

void TestCurrentRun::aFailureSaysWhyAndCanBeForgotten()
{
    CurrentRun run;
    Recipe recipe = tinyRecipe(1);
    recipe.weights = "/gone.safetensors";
    QSignalSpy ended(&run, &CurrentRun::ended);
    QVERIFY(run.start(job(recipe), recipe));
    QTRY_COMPARE_WITH_TIMEOUT(ended.count(), 1, kPatienceMs);
    QCOMPARE(run.state(), std::optional(RunState::Failed));
    QVERIFY(run.error() && !run.begun());
    run.forgetFailure();
    QVERIFY(!run.state() && !run.error());
}

void TestCurrentRun::oneOnDiskIsShownAsItWasLeft()
{
    {
        CurrentRun run;
        finish(run, 2);
    }
    const auto info = readRun(m_folder / "run");
    QVERIFY(info);
    CurrentRun run;
    run.show(ui::format::path(m_folder / "run"), *info, m_pictures);
    QVERIFY(!run.underWay());
    QCOMPARE(run.state(), std::optional(RunState::Finished));
    QCOMPARE(run.history().epochs.size(), std::size_t { 2 });
    QVERIFY(run.complete());
}

QTEST_GUILESS_MAIN(TestCurrentRun)
#include "tst_current_run.moc"
