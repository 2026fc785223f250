#include "core/base/files.h"
#include "core/training/run_bin.h"
#include "tests/support/temporary_folder.h"
#include "tests/ui/runs/made_runs.h"
#include "tests/ui/session_steps.h"
#include "tests/ui/silent_controls.h"
#include "ui/base/theme.h"
#include "ui/base/thumbnail_service.h"
#include "ui/inspect/scored_gallery_model.h"
#include "ui/runs/fork_dialog.h"
#include "ui/runs/overlay_chart.h"
#include "ui/runs/recipe_comparison_model.h"
#include "ui/runs/run_comparison.h"
#include "ui/runs/run_queue.h"
#include "ui/runs/runs_page.h"

#include <QAbstractItemModelTester>
#include <QAction>
#include <QLabel>
#include <QLineEdit>
#include <QPushButton>
#include <QTableView>

using namespace vernier;
using namespace vernier::ui;
using namespace vernier::test;

namespace {

/// A folder with two runs, without weights.
struct Shelf {
    TemporaryFolder folder;
    QUndoStack undo;
    RunLibrary library { undo, format::path(folder / "runs") };

    Shelf()
    {
        for (const std::string name : { "first", "second" }) {
            folder.write("runs/" + name + "/recipe.json", toJson(Recipe()));
            folder.write("runs/" + name + "/events.jsonl",
                toJson(
                    TrainingEvent(EpochDone { 1, 1, 0.5, 0.75, 100, 0.6, 0.7, 20, 1.5, 66, true }))
                    + "\n");
        }
    }
    QString path(const std::string& name) const { return format::path(folder / "runs" / name); }
    std::string nameOf(std::size_t run) const { return library.runs().at(run).name(); }
};

QAction* action(const RunsView& view, const QString& text)
{
    for (QAction* each : view.table()->actions()) {
        if (each->text() == text)
            return each;
    }
    return nullptr;
}

} // namespace

class TestRunsPage : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void initTestCase() { theme::apply(Scheme::Light); }
    void init() { startWithNothingRemembered(); }

    void namesNotesAndDeletingAreOnDiskAndCanBeUndone()
    {
        Shelf shelf;
        shelf.library.refresh();
        QTRY_COMPARE_WITH_TIMEOUT(shelf.library.runs().size(), std::size_t { 2 }, kPatienceMs);
        shelf.library.setNotes(shelf.path("first"), { "better", "said" });
        QTRY_COMPARE_WITH_TIMEOUT(shelf.nameOf(0), std::string("better"), kPatienceMs);
        QCOMPARE(readRunNotes(shelf.folder / "runs/first")->note, std::string("said"));
        shelf.undo.undo();
        QTRY_COMPARE_WITH_TIMEOUT(shelf.nameOf(0), std::string("first"), kPatienceMs);
        shelf.undo.redo();
        QTRY_COMPARE_WITH_TIMEOUT(shelf.nameOf(0), std::string("better"), kPatienceMs);

        shelf.library.remove({ shelf.path("first"), shelf.path("second") });
        QTRY_VERIFY_WITH_TIMEOUT(shelf.library.runs().empty(), kPatienceMs);
        QCOMPARE(readRunList(binOf(shelf.folder / "runs"))->size(), std::size_t { 2 });
        shelf.undo.undo();
        QTRY_COMPARE_WITH_TIMEOUT(shelf.library.runs().size(), std::size_t { 2 }, kPatienceMs);
        QCOMPARE(shelf.nameOf(0), std::string("better"));
    }

    void changesThatComeTogetherAreAllMade()
    {
        Shelf shelf;
        shelf.library.refresh();
        QTRY_COMPARE_WITH_TIMEOUT(shelf.library.runs().size(), std::size_t { 2 }, kPatienceMs);
        shelf.library.setNotes(shelf.path("first"), { "a", {} });
        shelf.library.setNotes(shelf.path("second"), { "b", {} });
        shelf.undo.undo();
        shelf.library.remove({ shelf.path("second") });
        QTRY_VERIFY_WITH_TIMEOUT(shelf.library.idle(), kPatienceMs);
        QTRY_COMPARE_WITH_TIMEOUT(shelf.library.runs().size(), std::size_t { 1 }, kPatienceMs);
        QCOMPARE(shelf.nameOf(0), std::string("a"));
    }

    void aFailureIsSaidAndNothingIsLost()
    {
        Shelf shelf;
        shelf.library.refresh();
        QTRY_COMPARE_WITH_TIMEOUT(shelf.library.runs().size(), std::size_t { 2 }, kPatienceMs);
        QSignalSpy failed(&shelf.library, &RunLibrary::failed);
        shelf.library.fork(shelf.path("first"), 1); // there are no weights
        QTRY_COMPARE_WITH_TIMEOUT(failed.count(), 1, kPatienceMs);
        QTRY_VERIFY_WITH_TIMEOUT(shelf.library.idle(), kPatienceMs);
        QCOMPARE(shelf.library.runs().size(), std::size_t { 2 });
    }

    void theFiguresOfARunCanBeSaved()
    {
        Shelf shelf;
        shelf.library.exportCsv(shelf.path("first"), format::path(shelf.folder / "first.csv"));
        QTRY_VERIFY_WITH_TIMEOUT(std::filesystem::exists(shelf.folder / "first.csv"), kPatienceMs);
        const auto text = *readTextFile(shelf.folder / "first.csv", 1 << 20);
        QVERIFY(
            text.find("\r\n1,1,\"\",0.5,0.75,100,0.6,0.7,20,1.5,66,1\r\n") != std::string::npos);
    }

    void anEmptyPageSaysWhatToDo()
    {
        ThumbnailService thumbnails;
        RunsView view(thumbnails);
        view.resize(1192, 700);
        view.show();
        QSignalSpy train(&view, &RunsView::trainRequested);
        view.setCanTrain(true);
        const QList<QPushButton*> buttons = view.findChildren<QPushButton*>();
        const auto button = std::find_if(buttons.begin(), buttons.end(),
            [](QPushButton* each) { return each->isVisible() && each->text() == "Train"; });
        QVERIFY(button != buttons.end());
        (*button)->click();
        QCOMPARE(train.count(), 1);
        view.setRuns({ madeRun("a", { 0.5 }) }, QStringLiteral("/runs"));
        QVERIFY(view.table()->isVisible());
    }

    void tickedRunsAreLaidOverEachOther()
    {
        ThumbnailService thumbnails;
        RunsView view(thumbnails);
        view.resize(1192, 700);
        view.setRuns({ madeRun("a", { 0.5, 0.6 }), madeRun("b", { 0.7, 0.8 }) }, {});
        view.show();
        QCOMPARE(view.chart()->lineCount(), 0);
        view.select(QStringLiteral("/runs/a"));
        QCOMPARE(view.chart()->lineCount(), 2); // training and validation
        for (int row = 0; row < 2; ++row)
            view.model()->setData(
                view.model()->index(row, RunsModel::Name), Qt::Checked, Qt::CheckStateRole);
        QCOMPARE(view.chart()->lineCount(), 4);
        view.chart()->setFigure(OverlayChart::Figure::Loss);
        QCOMPARE(view.chart()->lineCount(), 4);
    }

    void theKeyboardDoesEverything()
    {
        ThumbnailService thumbnails;
        RunsView view(thumbnails);
        view.resize(1192, 700);
        view.setRuns({ madeRun("a", { 0.5 }), madeRun("b", { 0.7 }) }, {});
        view.show();
        QVERIFY(QTest::qWaitForWindowExposed(&view));
        view.table()->setFocus();
        view.select(QStringLiteral("/runs/b"));
        QSignalSpy opened(&view, &RunsView::openRequested);
        QSignalSpy deleted(&view, &RunsView::deleteRequested);
        QTest::keyClick(view.table(), Qt::Key_Return);
        QCOMPARE(opened.value(0).value(0).toString(), QStringLiteral("/runs/b"));
        QTest::keyClick(view.table(), Qt::Key_Delete);
        QCOMPARE(deleted.value(0).value(0).toStringList(), QStringList { "/runs/b" });
        QTest::keyClick(view.table(), Qt::Key_Space);
        QCOMPARE(view.model()->ticked().size(), std::size_t { 1 });

        QSignalSpy edited(&view, &RunsView::notesEdited);
        action(view, QStringLiteral("Rename"))->trigger();
        auto* editor = view.table()->findChild<QLineEdit*>();
        QVERIFY(editor);
        editor->setText(QStringLiteral("best of all"));
        QTest::keyClick(editor, Qt::Key_Return);
        QTRY_COMPARE(edited.count(), 1);
        QCOMPARE(edited[0][1].value<RunNotes>().name, std::string("best of all"));
    }

    void whatIsOpenIsNotDeleted()
    {
        ThumbnailService thumbnails;
        RunsView view(thumbnails);
        view.setRuns({ madeRun("a", { 0.5 }), madeRun("b", {}) }, {});
        view.setOpen(QStringLiteral("/runs/a"), true);
        QVERIFY(!action(view, QStringLiteral("Delete"))->isEnabled());
        view.select(QStringLiteral("/runs/a"));
        QVERIFY(!action(view, QStringLiteral("Delete"))->isEnabled());
        QVERIFY(action(view, QStringLiteral("Fork…"))->isEnabled());
        view.setOpen(QStringLiteral("/runs/a"), false);
        QVERIFY(!action(view, QStringLiteral("Open"))->isEnabled());
        QVERIFY(!action(view, QStringLiteral("Fork…"))->isEnabled());
        view.table()->clearSelection();
        view.select(QStringLiteral("/runs/b"));
        QVERIFY(action(view, QStringLiteral("Delete"))->isEnabled());
        QVERIFY(!action(view, QStringLiteral("Fork…"))->isEnabled());
    }

    void recipesStandSideBySideWithTheirDifferencesMarked()
    {
        RecipeComparisonModel model;
        const QAbstractItemModelTester tester(
            &model, QAbstractItemModelTester::FailureReportingMode::QtTest);
        Recipe other;
        other.head.dropout = 0.1;
        other.phases.push_back(other.phases[0]);
        model.setRecipes({ "a", "b" }, Recipe(), other);
        const int differing = model.rowCount();
        QVERIFY(differing > 1);
        QCOMPARE(model.index(0, RecipeComparisonModel::Setting).data().toString(),
            QStringLiteral("head.dropout"));
        QCOMPARE(
            model.index(0, RecipeComparisonModel::Mark).data().toString(), QStringLiteral("≠"));
        QCOMPARE(
            model.index(0, RecipeComparisonModel::Second).data().toString(), QStringLiteral("0.1"));
        // The recipe that lacks the phase has a dash there.
        QCOMPARE(
            model.index(1, RecipeComparisonModel::First).data().toString(), QStringLiteral("–"));
        model.setOnlyDifferences(false);
        QVERIFY(model.rowCount() > differing + 10);
        int marked = 0;
        for (int row = 0; row < model.rowCount(); ++row)
            marked += !model.index(row, RecipeComparisonModel::Mark).data().toString().isEmpty();
        QCOMPARE(marked, differing);
    }

    void picturesThatOneRunAloneGetsWrongAreFound()
    {
        const auto dataset = [](const std::vector<std::string>& files) {
            auto made = std::make_shared<DatasetSnapshot>();
            made->classes = { "a", "b" };
            for (const auto& file : files)
                made->images.push_back({ file, file[0] == 'b', Split::Validation, 1, 8, 8 });
            return SnapshotPtr(made);
        };
        const std::vector<float> a { 0.9F, 0.1F };
        const std::vector<float> b { 0.2F, 0.8F };
        // The second run saw them in another order, and one of them not at all.
        const auto comparison = compare(
            { dataset({ "a1", "a2", "b1", "b2", "a3" }), dataset({ "b2", "b1", "a2", "a1" }) },
            { std::map<std::size_t, std::vector<float>> {
                  { 0, a }, { 1, b }, { 2, a }, { 3, b }, { 4, a } },
                std::map<std::size_t, std::vector<float>> {
                    { 0, a }, { 1, a }, { 2, a }, { 3, a } } });
        QCOMPARE(comparison.compared, std::int64_t { 4 });
        QCOMPARE(comparison.bothRight, std::int64_t { 1 }); // a1
        QCOMPARE(comparison.bothWrong, std::int64_t { 1 }); // b1
        ScoredGalleryModel wrong;
        const auto paths = [&](std::size_t side) {
            wrong.setEvaluation(comparison.sides[side].wrong, comparison.sides[side].dataset);
            QStringList found;
            for (int row = 0; row < wrong.rowCount(); ++row)
                found << QString::fromStdString(
                    comparison.sides[side].dataset->images[wrong.scored(row).image].path.string());
            return found;
        };
        QCOMPARE(paths(0), QStringList { "a2" });
        QCOMPARE(paths(1), QStringList { "b2" });
    }

    void twoSelectedRunsAreCompared()
    {
        ThumbnailService thumbnails;
        RunsView view(thumbnails);
        view.resize(1192, 700);
        auto other = madeRun("b", { 0.7 });
        other.recipe.batchSize = 5;
        view.setRuns({ madeRun("a", { 0.5 }), other }, {});
        view.show();
        for (QPushButton* button : view.findChildren<QPushButton*>()) {
            if (button->text() == QStringLiteral("Two runs"))
                button->click();
        }
        QVERIFY(view.comparison()->isVisible());
        view.select(QStringLiteral("/runs/a"));
        QCOMPARE(view.comparison()->recipes()->rowCount(), 0);
        view.select(QStringLiteral("/runs/b"));
        QCOMPARE(view.comparison()->recipes()->rowCount(), 1);
        QVERIFY2(silentControls(view).isEmpty(), qPrintable(silentControls(view)));
        QSignalSpy failed(&view, &RunsView::failed);
        view.comparison()->comparePictures(); // there is nothing behind these runs
        QTRY_COMPARE_WITH_TIMEOUT(failed.count(), 1, kPatienceMs);
    }

    void aForkOffersTheEpochsThatAreThere()
    {
        RunSummary run = madeRun("a", { 0.5, 0.9, 0.8, 0.7 });
        ForkDialog dialog(run);
        QCOMPARE(dialog.epoch(), 2);
        QVERIFY2(silentControls(dialog).isEmpty(), qPrintable(silentControls(dialog)));
    }

    void everyControlSaysWhatItIs()
    {
        ThumbnailService thumbnails;
        RunsView view(thumbnails);
        view.resize(1192, 700);
        view.setRuns({ madeRun("a", { 0.5 }) }, QStringLiteral("/runs"));
        view.show();
        QVERIFY2(silentControls(view).isEmpty(), qPrintable(silentControls(view)));
    }

    void aTrainedRunIsForkedAndGoesOn()
    {
        TemporaryFolder folder;
        const QString data = paintedDataset(folder, "data");
        Session session;
        RunLibrary library(*session.undoStack(), Session::runsFolder());
        ThumbnailService thumbnails;
        RunQueue queue(session);
        RunsPage page(session, library, queue, thumbnails);
        page.resize(1192, 700);
        page.show();
        connect(&page, &RunsPage::openRequested, &session, &Session::openRun);
        session.setKeepEpochs(true);
        train(session, data, tinyRecipe(3));
        QTRY_COMPARE_WITH_TIMEOUT(page.view()->model()->rowCount(), 1, kPatienceMs);
        QTRY_COMPARE_WITH_TIMEOUT(
            library.runs()[0].forkable, (std::vector { 1, 2, 3 }), kPatienceMs);
        const QString original = session.runFolder();

        library.fork(original, 2);
        QTRY_VERIFY_WITH_TIMEOUT(session.runFolder() != original && session.idle(), kPatienceMs);
        QCOMPARE(session.history().epochs.size(), std::size_t { 2 });
        QTRY_COMPARE_WITH_TIMEOUT(page.view()->model()->rowCount(), 2, kPatienceMs);
        QVERIFY(session.canContinue());
        session.continueRun();
        QTRY_COMPARE_WITH_TIMEOUT(session.state(), RunState::Finished, kPatienceMs);
        QVERIFY(session.history().epochs.size() > 2);
        const auto record = readRunRecord(format::path(session.runFolder()));
        QCOMPARE(record->parent, (RunParent { format::path(original), 2 }));
        QTRY_VERIFY_WITH_TIMEOUT(session.idle(), kPatienceMs);

        QSignalSpy failed(&page, &RunsPage::failed);
        RunComparison* const comparison = page.view()->comparison();
        comparison->setRuns(library.runs()[0], library.runs()[1]);
        comparison->comparePictures();
        const auto says = [comparison](const QString& text) {
            const auto labels = comparison->findChildren<QLabel*>();
            return std::any_of(labels.begin(), labels.end(),
                [&](const QLabel* label) { return label->text().contains(text); });
        };
        QTRY_VERIFY_WITH_TIMEOUT(says(QStringLiteral("right twice")), kPatienceMs);
        QCOMPARE(failed.count(), 0);
    }
};

QTEST_MAIN(TestRunsPage)
#include "tst_runs_page.moc"
