#include "core/runs/grid_step.h"
#include "core/runs/run_store.h"
#include "tests/support/temporary_folder.h"

#include <QtTest>

using namespace vernier;
using namespace vernier::test;

class TestGridStep : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void whatIsLeftToDoIsSeenInTheFolder()
    {
        const TemporaryFolder folder;
        const auto run = gridRuns(Recipe(), { *gridAxisFromText("seed=3") })->front();
        QCOMPARE(*stepOf(run, folder / "x"), GridStep::Begin);
        // A run that was cut off before it had written more begins anew.
        folder.write("x/recipe.json", toJson(run.recipe));
        QCOMPARE(*stepOf(run, folder / "x"), GridStep::Begin);
        folder.write("x/events.jsonl",
            toJson(TrainingEvent(Finished { true, 0, 0, 0, std::nullopt, 0, {} })) + "\n");
        QCOMPARE(*stepOf(run, folder / "x"), GridStep::GoOn);
        folder.write("x/events.jsonl",
            toJson(TrainingEvent(Finished { false, 0, 0, 0, std::nullopt, 0, {} })) + "\n");
        QCOMPARE(*stepOf(run, folder / "x"), GridStep::Nothing);
        folder.write("x/recipe.json", toJson(Recipe()));
        QCOMPARE(stepOf(run, folder / "x").error().code, ErrorCode::Exists);
    }
};

QTEST_GUILESS_MAIN(TestGridStep)
#include "tst_grid_step.moc"
