#include "core/base/files.h"
#include "core/base/folder_lock.h"
#include "tests/ui/runs/made_runs.h"
#include "tests/ui/runs/shelf.h"
#include "tests/ui/session_steps.h"
#include "tests/ui/silent_controls.h"
#include "ui/base/theme.h"
#include "ui/inspect/scored_gallery_model.h"
#include "ui/pictures/thumbnail_service.h"
#include "ui/runs/fork_dialog.h"
#include "ui/runs/overlay_chart.h"
#include "ui/runs/recipe_comparison_model.h"
#include "ui/runs/run_comparison.h"
#include "ui/runs/run_queue.h"
#include "ui/runs/runs_page.h"

#include <QAbstractItemModelTester>
#include <QAction>
#include <QDir>
#include <QHeaderView>
#include <QImage>
#include <QLabel>
#include <QLineEdit>
#include <QPushButton>
#include <QTableView>

using namespace vernier;
using namespace vernier::ui;
using namespace vernier::test;

namespace {

QAction* action(const RunsView& view, const QString& text)
{
    for (QAction* each : view.table()->actions()) {
        if (each->text() == text)
            return each;
    }
    return nullptr;
}

/// Without what keeps a number and its word together.
QString plain(QString text) { return text.replace(QChar::Nbsp, QLatin1Char(' ')); }

bool says(const QWidget& widget, const QString& text)
{
    const auto labels = widget.findChildren<QLabel*>();
    return std::any_of(labels.begin(), labels.end(),
        [&](const QLabel* label) { return plain(label->text()).contains(plain(text)); });
}

void showTwoRuns(const RunsView& view)
{
    for (QPushButton* button : view.findChildren<QPushButton*>()) {
        if (button->text() == QStringLiteral("Two runs"))
            button->click();
    }
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

    void whatCannotBeDeletedKeepsNoOtherFromIt()
    {
        Shelf shelf;
        shelf.library.refresh();
        QTRY_COMPARE_WITH_TIMEOUT(shelf.library.runs().size(), std::size_t { 2 }, kPatienceMs);
        QSignalSpy failed(&shelf.library, &RunLibrary::failed);
        {
            const auto trains = FolderLock::take(shelf.folder / "runs/first");
            QVERIFY(trains);
            shelf.library.remove({ shelf.path("first"), shelf.path("second") });
            QTRY_COMPARE_WITH_TIMEOUT(shelf.library.runs().size(), std::size_t { 1 }, kPatienceMs);
            QCOMPARE(shelf.nameOf(0), std::string("first"));
            QCOMPARE(failed.count(), 1);
            shelf.undo.undo();
            QTRY_COMPARE_WITH_TIMEOUT(shelf.library.runs().size(), std::size_t { 2 }, kPatienceMs);
        }
        shelf.undo.redo();
        QTRY_VERIFY_WITH_TIMEOUT(shelf.library.runs().empty(), kPatienceMs);
        // One whose place is taken stays in the bin; the other comes back.
        std::filesystem::create_directories(shelf.folder / "runs/first");
        shelf.undo.undo();
        QTRY_COMPARE_WITH_TIMEOUT(shelf.library.runs().size(), std::size_t { 1 }, kPatienceMs);
        QCOMPARE(shelf.nameOf(0), std::string("second"));
        QCOMPARE(failed.count(), 2);
        QCOMPARE(readRunList(binOf(shelf.folder / "runs"))->size(), std::size_t { 1 });
    }

    void aFailureIsSaidAndNothingIsLost()
    {
        Shelf shelf;
        shelf.library.refresh();
        QTRY_COMPARE_WITH_TIMEOUT(shelf.library.runs().size(), std::size_t { 2 }, kPatienceMs);
        QSignalSpy failed(&shelf.library, &RunLibrary::failed);
        QSignalSpy working(&shelf.library, &RunLibrary::working);
        shelf.library.fork(shelf.path("first"), 1); // there are no weights
        QCOMPARE(working.count(), 1);
        QVERIFY(!working[0][0].toString().isEmpty());
        QTRY_COMPARE_WITH_TIMEOUT(failed.count(), 1, kPatienceMs);
        QTRY_VERIFY_WITH_TIMEOUT(shelf.library.idle(), kPatienceMs);
        QVERIFY(working.last()[0].toString().isEmpty());
        QCOMPARE(shelf.library.runs().size(), std::size_t { 2 });
    }

    void theFiguresOfARunCanBeSaved()
    {
        Shelf shelf;
        shelf.library.exportCsv(shelf.path("first"), format::path(shelf.folder / "first.csv"));
        QTRY_VERIFY_WITH_TIMEOUT(std::filesystem::exists(shelf.folder / "first.csv"), kPatienceMs);
        const auto text = *readTextFile(shelf.folder / "first.csv", 1 << 20);
        QVERIFY(text.find("\r\n1,1,,0.5,0.75,100,0.6,0.7,20,1.5,66,1\r\n") != std::string::npos);
    }

    void theFiguresOfARunCanBeSavedForTensorBoard()
    {
        Shelf shelf;
        QSignalSpy failed(&shelf.library, &RunLibrary::failed);
        const auto logs = shelf.folder / "logs/first";
        shelf.library.exportTensorBoard(shelf.path("first"), format::path(logs));
        QTRY_VERIFY_WITH_TIMEOUT(std::filesystem::exists(logs / "validation"), kPatienceMs);
        QTRY_VERIFY_WITH_TIMEOUT(shelf.library.idle(), kPatienceMs);
        for (const char* split : { "train", "validation" }) {
            const QStringList files = QDir(format::path(logs / split)).entryList(QDir::Files);
            QCOMPARE(files.size(), 1);
            QVERIFY(files[0].startsWith(QStringLiteral("events.out.tfevents.")));
        }
        QCOMPARE(failed.count(), 0);

        shelf.folder.write("in the way", "");
        shelf.library.exportTensorBoard(
            shelf.path("first"), format::path(shelf.folder / "in the way"));
        QTRY_COMPARE_WITH_TIMEOUT(failed.count(), 1, kPatienceMs);
        QVERIFY(format::text(failed[0][0].value<Error>()).contains(QStringLiteral("in the way")));
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

    void whatCannotBeDoneSaysWhy()
    {
        ThumbnailService thumbnails;
        RunsView view(thumbnails);
        RunSummary broken = madeRun("broken", {});
        broken.problem
            = Error { ErrorCode::Corrupt, "is no valid JSON", "/runs/broken/recipe.json", {} };
        view.setRuns({ madeRun("a", { 0.5 }), madeRun("b", {}), broken }, {});
        const auto why = [&](const QString& text) {
            const QAction* one = action(view, text);
            return one->isEnabled() ? QString() : one->toolTip();
        };
        for (const QAction* each : view.table()->actions())
            QCOMPARE(why(each->text()), QStringLiteral("Choose a run first."));
        const auto choose = [&](const QString& run) {
            view.table()->clearSelection();
            view.select(run);
        };
        // As it may be given on the command line.
        view.setOpen(QStringLiteral("/runs/a/"), false);
        choose(QStringLiteral("/runs/a"));
        QCOMPARE(
            why(QStringLiteral("Delete")), QStringLiteral("A run that trains cannot be deleted."));
        QVERIFY(why(QStringLiteral("Open")).contains(QStringLiteral("training is under way")));
        QVERIFY(why(QStringLiteral("Fork…")).contains(QStringLiteral("training is under way")));
        view.setOpen(QStringLiteral("/runs/a"), true);
        QVERIFY(why(QStringLiteral("Delete")).contains(QStringLiteral("other pages show")));
        QVERIFY(why(QStringLiteral("Fork…")).isEmpty());
        choose(QStringLiteral("/runs/b"));
        QVERIFY(why(QStringLiteral("Fork…")).contains(QStringLiteral("no finished epoch")));
        for (const char* save : { "Save figures…", "Save for TensorBoard…" })
            QVERIFY(why(QString::fromUtf8(save)).contains(QStringLiteral("no finished epoch")));
        choose(QStringLiteral("/runs/broken"));
        QVERIFY(why(QStringLiteral("Open")).contains(QStringLiteral("recipe.json")));
        view.select(QStringLiteral("/runs/b"));
        QCOMPARE(why(QStringLiteral("Rename")), QStringLiteral("Choose one run only."));
        QVERIFY(why(QStringLiteral("Delete")).isEmpty());
        for (const QPushButton* button : view.findChildren<QPushButton*>()) {
            if (const QAction* same = action(view, button->text()))
                QCOMPARE(button->toolTip(), same->toolTip());
        }
    }

    void namesGetTheRoomThatIsLeft()
    {
        ThumbnailService thumbnails;
        const RunsView view(thumbnails);
        QCOMPARE(view.table()->horizontalHeader()->sectionResizeMode(RunsModel::Name),
            QHeaderView::Stretch);
    }

    void textStandsBelowItsHeadingAndStaysThereWhenItsRunIsSelected()
    {
        ThumbnailService thumbnails;
        RunsView view(thumbnails);
        view.resize(1192, 700);
        view.setRuns({ madeRun("a", { 0.5 }), madeRun("b", { 0.7 }) }, {});
        view.show();
        const QTableView& table = *view.table();
        const auto firstInk = [](QWidget& widget, int left, int top, int width, int height) {
            const QImage image = widget.grab().toImage();
            constexpr int kDark = 150;
            for (int x = left; x < left + width; ++x) {
                for (int y = top; y < top + height; ++y) {
                    if (qGray(image.pixel(x, y)) < kDark)
                        return x - left;
                }
            }
            return -1;
        };
        const auto inCell = [&](int column) {
            const QRect cell = table.visualRect(table.model()->index(0, column));
            return firstInk(
                *table.viewport(), cell.left(), cell.top() + 4, cell.width(), cell.height() - 8);
        };
        const auto inHeading = [&](int column) {
            const QHeaderView& header = *table.horizontalHeader();
            return firstInk(*header.viewport(), header.sectionViewportPosition(column), 0,
                header.sectionSize(column), header.height() - 4);
        };
        const int columns[] { RunsModel::Name, RunsModel::Accuracy, RunsModel::Difference,
            RunsModel::Duration, RunsModel::Computed, RunsModel::Started };
        QList<int> before;
        for (const int column : columns) {
            before << inCell(column);
            QVERIFY2(before.last() > 0, qPrintable(QString::number(column)));
        }
        view.table()->selectRow(0);
        for (int i = 0; i < before.size(); ++i)
            QCOMPARE(inCell(columns[i]), before[i]);
        for (const int column : { RunsModel::Difference, RunsModel::Computed, RunsModel::Started })
            QVERIFY2(std::abs(inHeading(column) - inCell(column)) <= 2,
                qPrintable(QString::number(column)));
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
            QStringLiteral("Dropout"));
        QVERIFY(model.index(0, RecipeComparisonModel::Setting)
                    .data(Qt::ToolTipRole)
                    .toString()
                    .contains(QStringLiteral("head.dropout")));
        QCOMPARE(model.index(1, RecipeComparisonModel::Setting).data().toString(),
            QStringLiteral("Phase 2: head's rate"));
        QCOMPARE(
            model.index(0, RecipeComparisonModel::Mark).data().toString(), QStringLiteral("≠"));
        QCOMPARE(model.index(0, RecipeComparisonModel::Second).data().toString(),
            format::percent(0.1, 0));
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
        const std::vector<float> a { -0.1F, -2.3F };
        const std::vector<float> b { -1.6F, -0.2F };
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
        showTwoRuns(view);
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

    void theHeadingsSayWhoseMistakesTheyAreOrWhatToDo()
    {
        ThumbnailService thumbnails;
        RunsView view(thumbnails);
        view.resize(1192, 700);
        const std::vector two { madeRun("a", { 0.5 }), madeRun("b", { 0.7 }) };
        view.setRuns(two, {});
        view.show();
        showTwoRuns(view);
        const RunComparison& comparison = *view.comparison();
        view.select(QStringLiteral("/runs/b"));
        QVERIFY(says(comparison, QStringLiteral("Choose two runs")));
        QVERIFY(!says(comparison, QStringLiteral("is wrong")));
        QVERIFY2(silentControls(comparison).isEmpty(), qPrintable(silentControls(comparison)));
        view.select(QStringLiteral("/runs/a"));
        QVERIFY(!says(comparison, QStringLiteral("Choose two runs")));
        QVERIFY(says(comparison, QStringLiteral("Only “a” is wrong")));
        QVERIFY(says(comparison, QStringLiteral("Only “b” is wrong")));

        // What was compared outlives another run, a new name and another order of the list.
        PictureComparison compared;
        compared.compared = 5;
        view.comparison()->showPictures(compared);
        QVERIFY(says(comparison, QStringLiteral("right twice")));
        auto more = two;
        more[1].notes.name = "better";
        more.push_back(madeRun("c", { 0.6 }));
        view.setRuns(more, {});
        view.table()->sortByColumn(RunsModel::Accuracy, Qt::DescendingOrder);
        view.setRuns(more, {});
        QVERIFY(says(comparison, QStringLiteral("right twice")));
        QVERIFY(says(comparison, QStringLiteral("Only “better” is wrong")));
        view.setRuns({ two[0] }, {});
        QVERIFY(says(comparison, QStringLiteral("Choose two runs")));
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
        session.run().setKeepEpochs(true);
        train(session, data, tinyRecipe(3));
        QTRY_COMPARE_WITH_TIMEOUT(page.view()->model()->rowCount(), 1, kPatienceMs);
        QTRY_COMPARE_WITH_TIMEOUT(
            library.runs()[0].forkable, (std::vector { 1, 2, 3 }), kPatienceMs);
        const QString original = session.run().folder();

        library.fork(original, 2);
        QTRY_VERIFY_WITH_TIMEOUT(session.run().folder() != original && session.idle(), kPatienceMs);
        QCOMPARE(session.run().history().epochs.size(), std::size_t { 2 });
        QTRY_COMPARE_WITH_TIMEOUT(page.view()->model()->rowCount(), 2, kPatienceMs);
        QVERIFY(session.canContinue());
        session.continueRun();
        QTRY_COMPARE_WITH_TIMEOUT(session.state(), RunState::Finished, kPatienceMs);
        QVERIFY(session.run().history().epochs.size() > 2);
        const auto record = readRunRecord(format::path(session.run().folder()));
        QCOMPARE(record->parent, (RunParent { format::path(original), 2 }));
        QTRY_VERIFY_WITH_TIMEOUT(session.idle(), kPatienceMs);

        QSignalSpy failed(&page, &RunsPage::failed);
        RunComparison* const comparison = page.view()->comparison();
        comparison->setRuns(library.runs()[0], library.runs()[1]);
        comparison->comparePictures();
        QTRY_VERIFY_WITH_TIMEOUT(says(*comparison, QStringLiteral("right twice")), kPatienceMs);
        QCOMPARE(failed.count(), 0);
        QTRY_VERIFY_WITH_TIMEOUT(
            says(*comparison, QStringLiteral("Pictures of the second: nothing changed")),
            kPatienceMs);
    }

    void twoRunsTellWhatChangedInTheirPicturesAndAreComparedByTodaysLabels()
    {
        TemporaryFolder folder;
        Session session;
        train(session, paintedDataset(folder, "data"), tinyRecipe(1));
        const auto first = format::path(session.run().folder());
        const std::size_t validation = firstOf(*session.dataset(), Split::Validation);
        session.pictures().relabel({ firstOf(*session.dataset(), Split::Train) }, 1);
        session.pictures().moveTo(
            { firstOf(*session.dataset(), Split::Train) + 1 }, Split::LeftOut);
        session.train();
        QTRY_COMPARE_WITH_TIMEOUT(session.state(), RunState::Finished, kPatienceMs);
        QTRY_VERIFY_WITH_TIMEOUT(session.idle(), kPatienceMs);
        const auto second = format::path(session.run().folder());
        session.pictures().moveTo({ validation }, Split::LeftOut);

        ThumbnailService thumbnails;
        RunComparison comparison(thumbnails);
        const auto summary = [](const std::filesystem::path& run) {
            RunSummary named;
            named.folder = run;
            return named;
        };
        comparison.setPictures(session.openPictures());
        comparison.setOpen(session.dataset(), session.asFound());
        comparison.setRuns(summary(first), summary(second));
        QTRY_VERIFY_WITH_TIMEOUT(
            says(comparison, QStringLiteral("Pictures of the second: 1 label changed, 1 left out")),
            kPatienceMs);
        comparison.comparePictures();
        QTRY_VERIFY_WITH_TIMEOUT(says(comparison, QStringLiteral("right twice")), kPatienceMs);
        const auto count = session.run().trainedOn()->count(Split::Validation);
        QVERIFY(says(comparison, QStringLiteral("%1 validation pictures").arg(count - 1)));
    }
};

QTEST_MAIN(TestRunsPage)
#include "tst_runs_page.moc"
#include "ui/session/current_run.h"
