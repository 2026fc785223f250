#include "tests/ui/answer_question.h"
#include "tests/ui/runs/made_runs.h"
#include "tests/ui/runs/shelf.h"
#include "tests/ui/session_steps.h"
#include "tests/ui/silent_controls.h"
#include "ui/base/empty_state.h"
#include "ui/base/theme.h"
#include "ui/pictures/thumbnail_service.h"
#include "ui/runs/bin_dialog.h"
#include "ui/runs/bin_model.h"
#include "ui/runs/run_queue.h"
#include "ui/runs/runs_page.h"

#include <QAbstractItemModelTester>
#include <QLabel>
#include <QTableView>

using namespace vernier;
using namespace vernier::ui;
using namespace vernier::test;

namespace {

BinnedRun made(const std::string& name, double accuracy, std::uint64_t bytes,
    const std::string& deleted = "2026-01-02T03:04:05Z")
{
    return { madeRun(name, { accuracy }), deleted, bytes };
}

QPushButton* button(const QWidget& widget, const QString& text)
{
    for (QPushButton* each : widget.findChildren<QPushButton*>()) {
        if (each->text() == text)
            return each;
    }
    return nullptr;
}

QString why(const BinDialog& dialog, const QString& text)
{
    const QPushButton* one = button(dialog, text);
    return one->isEnabled() ? QString() : one->toolTip();
}

QStringList names(const BinDialog& dialog)
{
    const QAbstractItemModel& rows = *dialog.table()->model();
    QStringList names;
    for (int row = 0; row < rows.rowCount(); ++row)
        names << rows.index(row, BinModel::Name).data().toString();
    return names;
}

QString problemIn(const BinDialog& dialog)
{
    return dialog.findChild<QLabel*>(QStringLiteral("problem"))->text();
}

const QString kTakeBack = QStringLiteral("Take back");
const QString kRemove = QStringLiteral("Delete for good…");
const QString kEmpty = QStringLiteral("Empty the bin…");

} // namespace

class TestBinDialog : public QObject {
    Q_OBJECT

private:
    /// Both runs in the bin, and nothing under way.
    static void deleteBoth(Shelf& shelf)
    {
        shelf.library.remove({ shelf.path("first"), shelf.path("second") });
        QTRY_VERIFY_WITH_TIMEOUT(shelf.library.idle(), kPatienceMs);
        QVERIFY(shelf.library.anyDeleted());
    }

private Q_SLOTS:
    void initTestCase() { theme::apply(Scheme::Light); }
    void init() { startWithNothingRemembered(); }

    void theModelSaysWhatLiesInTheBin()
    {
        BinModel model;
        const QAbstractItemModelTester tester(
            &model, QAbstractItemModelTester::FailureReportingMode::QtTest);
        auto broken = made("broken", 0.5, 0, "");
        broken.run.problem
            = Error { ErrorCode::Corrupt, "is no valid JSON", "/runs/broken/recipe.json", {} };
        model.setRuns({ made("a", 0.93, 29'000'000), broken });
        QCOMPARE(model.rowCount(), 2);
        const auto cell
            = [&](int row, int column) { return model.index(row, column).data().toString(); };
        QCOMPARE(cell(0, BinModel::Name), QStringLiteral("a"));
        QCOMPARE(cell(0, BinModel::Deleted), QStringLiteral("2026-01-02 03:04"));
        QVERIFY(cell(0, BinModel::Accuracy).startsWith(format::percent(0.93)));
        QCOMPARE(cell(0, BinModel::Size), format::bytes(29'000'000));
        QCOMPARE(cell(1, BinModel::Deleted), QStringLiteral("–"));
        QCOMPARE(cell(1, BinModel::Accuracy), QStringLiteral("–"));
        QVERIFY(model.index(1, BinModel::Name)
                    .data(Qt::ToolTipRole)
                    .toString()
                    .contains(QStringLiteral("recipe.json")));
        model.setRuns({});
        QCOMPARE(model.rowCount(), 0);
    }

    void theLastDeletedStandsFirst()
    {
        BinDialog dialog;
        dialog.showRuns({ made("early", 0.5, 1, "2026-01-01T00:00:00Z"),
            made("late", 0.5, 1, "2026-03-01T00:00:00Z"),
            made("between", 0.5, 1, "2026-02-01T00:00:00Z") });
        QCOMPARE(names(dialog), (QStringList { "late", "between", "early" }));
    }

    void anEmptyBinSaysWhatItIs()
    {
        BinDialog dialog;
        dialog.show();
        const auto* empty = dialog.findChild<EmptyState*>();
        dialog.showRuns({ made("a", 0.5, 1) });
        QVERIFY(!empty->isVisible());
        dialog.showRuns({});
        QVERIFY(empty->isVisible());
        for (const QString& each : { kTakeBack, kRemove, kEmpty })
            QCOMPARE(why(dialog, each), QStringLiteral("There is no deleted run."));
        QVERIFY2(silentControls(dialog).isEmpty(), qPrintable(silentControls(dialog)));
    }

    void whatCannotBeDoneSaysWhy()
    {
        BinDialog dialog;
        dialog.showRuns({ made("a", 0.5, 1), made("b", 0.5, 1) });
        dialog.show();
        QVERIFY2(silentControls(dialog).isEmpty(), qPrintable(silentControls(dialog)));
        QCOMPARE(why(dialog, kTakeBack), QStringLiteral("Choose a run first."));
        QCOMPARE(why(dialog, kRemove), QStringLiteral("Choose a run first."));
        QVERIFY(why(dialog, kEmpty).isEmpty());
        dialog.table()->selectRow(0);
        QVERIFY(why(dialog, kTakeBack).isEmpty() && why(dialog, kRemove).isEmpty());
        dialog.showWork(QStringLiteral("Deleting…"));
        for (const QString& each : { kTakeBack, kRemove, kEmpty })
            QCOMPARE(why(dialog, each), QStringLiteral("Deleting…"));
        dialog.showWork({});
        QVERIFY(why(dialog, kRemove).isEmpty());
    }

    void deletingForGoodAsksAndSaysWhatIsLost()
    {
        BinDialog dialog;
        dialog.showRuns({ made("a", 0.5, 29'000'000), made("b", 0.5, 1'000'000) });
        dialog.show();
        QSignalSpy removed(&dialog, &BinDialog::removeRequested);
        QString asked;
        dialog.table()->sortByColumn(BinModel::Name, Qt::AscendingOrder);
        dialog.table()->selectRow(0);
        answerNextQuestion(QStringLiteral("Keep"), asked);
        button(dialog, kRemove)->click();
        QVERIFY(asked.contains(QStringLiteral("“a”")));
        QVERIFY(asked.contains(format::bytes(29'000'000)));
        QCOMPARE(removed.count(), 0);
        answerNextQuestion(QStringLiteral("Delete for good"), asked);
        button(dialog, kRemove)->click();
        QCOMPARE(removed.count(), 1);
        QCOMPARE(removed[0][0].toStringList(), QStringList { "/runs/a" });

        answerNextQuestion(QStringLiteral("Keep"), asked);
        button(dialog, kEmpty)->click();
        QVERIFY(asked.contains(format::plural(2, "run", "runs")));
        QVERIFY(asked.contains(format::bytes(30'000'000)));
        QCOMPARE(removed.count(), 1);
        answerNextQuestion(QStringLiteral("Delete for good"), asked);
        button(dialog, kEmpty)->click();
        QCOMPARE(removed[1][0].toStringList(), (QStringList { "/runs/a", "/runs/b" }));
    }

    void aRunIsTakenBackAndTheOthersAreDeletedForGood()
    {
        Shelf shelf;
        deleteBoth(shelf);
        BinDialog dialog(shelf.library);
        dialog.show();
        QTRY_COMPARE_WITH_TIMEOUT(names(dialog).size(), 2, kPatienceMs);
        dialog.table()->selectRow(static_cast<int>(names(dialog).indexOf("first")));
        button(dialog, kTakeBack)->click();
        QTRY_COMPARE_WITH_TIMEOUT(names(dialog), QStringList { "second" }, kPatienceMs);
        QTRY_COMPARE_WITH_TIMEOUT(shelf.library.runs().size(), std::size_t { 1 }, kPatienceMs);
        QCOMPARE(shelf.nameOf(0), std::string("first"));
        QVERIFY(!shelf.library.runs()[0].problem);

        QString asked;
        answerNextQuestion(QStringLiteral("Delete for good"), asked);
        button(dialog, kEmpty)->click();
        QTRY_VERIFY_WITH_TIMEOUT(dialog.findChild<EmptyState*>()->isVisible(), kPatienceMs);
        QVERIFY(!std::filesystem::exists(format::path(shelf.binned("second"))));
        QTRY_VERIFY_WITH_TIMEOUT(!shelf.library.anyDeleted(), kPatienceMs);
        QVERIFY(problemIn(dialog).isEmpty());
    }

    void whatLeftTheBinIsNoLongerUndone()
    {
        Shelf shelf;
        QSignalSpy failed(&shelf.library, &RunLibrary::failed);
        deleteBoth(shelf);
        shelf.library.takeOut({ shelf.binned("first") });
        shelf.library.removeForGood({ shelf.binned("second") });
        shelf.undo.undo();
        QTRY_VERIFY_WITH_TIMEOUT(shelf.library.idle(), kPatienceMs);
        QCOMPARE(shelf.library.runs().size(), std::size_t { 1 });
        // Nor is it deleted again.
        shelf.undo.redo();
        QTRY_VERIFY_WITH_TIMEOUT(shelf.library.idle(), kPatienceMs);
        QCOMPARE(shelf.library.runs().size(), std::size_t { 1 });
        QCOMPARE(shelf.nameOf(0), std::string("first"));
        QCOMPARE(failed.count(), 0);
    }

    void whatIsWrongStandsInIt()
    {
        Shelf shelf;
        deleteBoth(shelf);
        BinDialog dialog(shelf.library);
        QTRY_COMPARE_WITH_TIMEOUT(names(dialog).size(), 2, kPatienceMs);
        shelf.library.removeForGood({ shelf.path("first") });
        QTRY_VERIFY_WITH_TIMEOUT(
            problemIn(dialog).contains(QStringLiteral("not in the bin")), kPatienceMs);
        QVERIFY(problemIn(dialog).contains(shelf.path("first")));
        QTRY_VERIFY_WITH_TIMEOUT(shelf.library.idle(), kPatienceMs);
        QCOMPARE(names(dialog).size(), 2);
    }

    void thePageOffersItWhereSomethingWasDeleted()
    {
        Shelf shelf;
        Session session;
        RunQueue queue(session);
        ThumbnailService thumbnails;
        RunsPage page(session, shelf.library, queue, thumbnails);
        page.resize(1192, 700);
        page.show();
        QTRY_COMPARE_WITH_TIMEOUT(page.view()->model()->rowCount(), 2, kPatienceMs);
        const QString text = QStringLiteral("Deleted runs…");
        const auto shown = [&] {
            for (QPushButton* each : page.findChildren<QPushButton*>()) {
                if (each->text() == text && each->isVisible())
                    return each;
            }
            return static_cast<QPushButton*>(nullptr);
        };
        QVERIFY(shown() && !shown()->isEnabled());
        QCOMPARE(shown()->toolTip(), QStringLiteral("No run has been deleted."));
        shelf.library.remove({ shelf.path("first") });
        QTRY_VERIFY_WITH_TIMEOUT(shown()->isEnabled(), kPatienceMs);
        // Without any run left, the empty page leads to it too.
        shelf.library.remove({ shelf.path("second") });
        QTRY_COMPARE_WITH_TIMEOUT(page.view()->model()->rowCount(), 0, kPatienceMs);
        QVERIFY(shown() && shown()->isEnabled());
        QVERIFY2(silentControls(page).isEmpty(), qPrintable(silentControls(page)));
        QSignalSpy asked(page.view(), &RunsView::binRequested);
        QTimer closer;
        connect(&closer, &QTimer::timeout, &page, [] {
            if (auto* dialog = qobject_cast<BinDialog*>(QApplication::activeModalWidget()))
                dialog->reject();
        });
        closer.start(20);
        shown()->click();
        QCOMPARE(asked.count(), 1);
    }
};

QTEST_MAIN(TestBinDialog)
#include "tst_bin_dialog.moc"
