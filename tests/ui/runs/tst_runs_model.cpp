#include "tests/ui/runs/made_runs.h"
#include "ui/base/format.h"
#include "ui/base/theme.h"
#include "ui/runs/runs_delegate.h"
#include "ui/runs/runs_model.h"

#include <QAbstractItemModelTester>
#include <QImage>
#include <QPainter>
#include <QSignalSpy>
#include <QTest>

using namespace vernier;
using namespace vernier::ui;
using test::madeRun;

namespace {

QStringList names(const QAbstractItemModel& model)
{
    QStringList names;
    for (int row = 0; row < model.rowCount(); ++row)
        names << model.index(row, RunsModel::Name).data().toString();
    return names;
}

std::vector<RunSummary> three()
{
    return { madeRun("a", { 0.7, 0.9, 0.8 }), madeRun("b", {}), madeRun("c", { 0.95 }) };
}

} // namespace

class TestRunsModel : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void initTestCase() { theme::apply(Scheme::Light); }

    void everyModelKeepsQtsRules()
    {
        RunsModel model;
        RunsFilter filter;
        filter.setSourceModel(&model);
        const auto mode = QAbstractItemModelTester::FailureReportingMode::QtTest;
        QAbstractItemModelTester modelTester(&model, mode);
        QAbstractItemModelTester filterTester(&filter, mode);
        model.setRuns(three());
        filter.sort(RunsModel::Accuracy, Qt::DescendingOrder);
        model.setData(model.index(0, RunsModel::Name), Qt::Checked, Qt::CheckStateRole);
        filter.setSearch(QStringLiteral("c"));
        auto fewer = three();
        fewer.erase(fewer.begin());
        model.setRuns(fewer);
        model.setRuns({});
        QCOMPARE(model.rowCount(), 0);
    }

    void aRowTellsWhatCameOfARun()
    {
        RunsModel model;
        auto runs = three();
        runs[0].notes = { "first try", "two\nlines" };
        runs[0].differences = { { "head.dropout", "0.5", "0.3" }, { "batch_size", "20", "8" } };
        model.setRuns(runs);
        const auto text
            = [&](int row, int column) { return model.index(row, column).data().toString(); };
        QCOMPARE(text(0, RunsModel::Name), QStringLiteral("first try"));
        QCOMPARE(text(0, RunsModel::Note), QStringLiteral("two lines"));
        QVERIFY2(text(0, RunsModel::Accuracy).startsWith(format::percent(0.9)),
            qPrintable(text(0, RunsModel::Accuracy)));
        QVERIFY(text(0, RunsModel::Accuracy).contains(QStringLiteral("100")));
        QCOMPARE(text(0, RunsModel::Difference),
            QStringLiteral("Dropout %1 → %2 · Batch 20 → 8")
                .arg(format::percent(0.5, 0), format::percent(0.3, 0)));
        QCOMPARE(text(0, RunsModel::Duration), format::duration(6));
        QCOMPARE(text(0, RunsModel::Computed), QStringLiteral("cpu fp32"));
        QVERIFY(model.index(0, RunsModel::Computed)
                    .data(Qt::ToolTipRole)
                    .toString()
                    .contains(QStringLiteral("a processor")));
        // What does not exist is a dash.
        QCOMPARE(text(1, RunsModel::Accuracy), QStringLiteral("–"));
        QCOMPARE(text(1, RunsModel::Duration), QStringLiteral("–"));
    }

    void aBrokenRunSaysWhy()
    {
        RunsModel model;
        RunSummary broken;
        broken.folder = "/runs/broken";
        broken.problem
            = Error { ErrorCode::Corrupt, "is no valid JSON", "/runs/broken/recipe.json", {} };
        model.setRuns({ broken });
        for (int column = 0; column < RunsModel::Columns; ++column) {
            const auto tip = model.index(0, column).data(Qt::ToolTipRole).toString();
            QVERIFY2(tip.contains(QStringLiteral("recipe.json")), qPrintable(tip));
        }
        QVERIFY(!model.setData(model.index(0, RunsModel::Name), Qt::Checked, Qt::CheckStateRole));
    }

    void aNewPhaseIsToldInWords()
    {
        RunsModel model;
        RunSummary forked = madeRun("forked", { 0.7 });
        forked.recipe.phases.push_back({ { 1e-4, { { "block5", 1e-5 } } }, 5, 0 });
        forked.furtherPhases = { forked.recipe.phases[1] };
        forked.comparedWith = "first";
        forked.comparedWithParent = true;
        forked.record.parent = RunParent { "/runs/first", 12 };
        forked.rateChanges = { { "head", 2, 13, 1e-4, 1e-5 } };
        RunSummary shortened = madeRun("shortened", { 0.7 });
        shortened.differences
            = { { "phases.0.epochs", "10", "5" }, { "phases.1.head_rate", "1e-4", "" } };
        RunSummary single = madeRun("single", { 0.7 });
        single.differences = { { "phases.0.epochs", "10", "5" } };
        model.setRuns({ forked, shortened, single });
        const auto changed
            = [&](int row) { return model.index(row, RunsModel::Difference).data().toString(); };
        QCOMPARE(changed(0),
            QStringLiteral("Goes on from epoch 12 of first with block 5 at 1e-5, head at 1e-4, 5 "
                           "epochs · Phase 2: head's rate 1e-4 → 1e-5 in epoch 13, while it "
                           "trained"));
        const auto tip = [&](int row) {
            return model.index(row, RunsModel::Difference).data(Qt::ToolTipRole).toString();
        };
        QVERIFY2(tip(0).startsWith(QStringLiteral("Forked from first after epoch 12.\nGoes on")),
            qPrintable(tip(0)));
        // Held against the recipe that ships, where its parent is gone.
        forked.comparedWith = "default";
        forked.comparedWithParent = false;
        model.setRuns({ forked, shortened, single });
        QVERIFY2(changed(0).startsWith(QStringLiteral("Phase 2: block 5 at 1e-5, head at 1e-4")),
            qPrintable(changed(0)));
        QVERIFY2(tip(0).contains(QStringLiteral("default that comes with")), qPrintable(tip(0)));
        QCOMPARE(changed(1),
            QStringLiteral("Phase 1: epochs 10 → 5 · Phase 2: head's rate 1e-4 (removed)"));
        QCOMPARE(changed(2), QStringLiteral("Epochs 10 → 5"));
    }

    void aLongNameIsCutInTheMiddleAndWholeInItsTip()
    {
        struct Delegate : RunsDelegate {
            using RunsDelegate::initStyleOption;
        };
        const std::string name(80, 'n');
        RunsModel model;
        auto runs = three();
        runs[0].notes.name = name + " 7";
        model.setRuns(runs);
        const Delegate delegate;
        const auto elided = [&](int column) {
            QStyleOptionViewItem option;
            option.textElideMode = Qt::ElideRight;
            delegate.initStyleOption(&option, model.index(0, column));
            return option.textElideMode;
        };
        QCOMPARE(elided(RunsModel::Name), Qt::ElideMiddle);
        QCOMPARE(elided(RunsModel::Difference), Qt::ElideRight);
        const auto tip = [&](int row) {
            return model.index(row, RunsModel::Name).data(Qt::ToolTipRole).toString();
        };
        QVERIFY2(tip(0).startsWith(QString::fromStdString(name + " 7\n")), qPrintable(tip(0)));
        QVERIFY(tip(0).contains(QStringLiteral("/runs/a")));
        QVERIFY2(tip(1).contains(QStringLiteral("no finished epoch")), qPrintable(tip(1)));
    }

    void runsAreSortedByFiguresAndDashesAreLast()
    {
        RunsModel model;
        model.setRuns(three());
        RunsFilter filter;
        filter.setSourceModel(&model);
        filter.sort(RunsModel::Accuracy, Qt::DescendingOrder);
        QCOMPARE(names(filter), (QStringList { "c", "a", "b" }));
        filter.sort(RunsModel::Accuracy, Qt::AscendingOrder);
        QCOMPARE(names(filter), (QStringList { "a", "c", "b" }));
        filter.sort(RunsModel::Duration, Qt::DescendingOrder);
        QCOMPARE(names(filter), (QStringList { "a", "c", "b" }));
    }

    void aSearchKeepsRowsWithAllItsWords()
    {
        RunsModel model;
        auto runs = three();
        runs[0].notes.note = "as the book says";
        runs[2].differences = { { "head.dropout", "0.5", "0.3" } };
        model.setRuns(runs);
        RunsFilter filter;
        filter.setSourceModel(&model);
        filter.setSearch(QStringLiteral("BOOK cpu"));
        QCOMPARE(names(filter), QStringList { "a" });
        filter.setSearch(QStringLiteral("dropout"));
        QCOMPARE(names(filter), QStringList { "c" });
        filter.setSearch(QStringLiteral("book dropout"));
        QCOMPARE(filter.rowCount(), 0);
        filter.setSearch({});
        QCOMPARE(filter.rowCount(), 3);
    }

    void ticksKeepTheirColoursAndTheirRuns()
    {
        RunsModel model;
        model.setRuns(three());
        const auto tick = [&](int row, bool on) {
            return model.setData(model.index(row, RunsModel::Name),
                on ? Qt::Checked : Qt::Unchecked, Qt::CheckStateRole);
        };
        QVERIFY(tick(0, true));
        QVERIFY(!tick(1, true)); // it has no epoch
        QVERIFY(tick(2, true));
        const auto color = model.index(2, RunsModel::Name).data(Qt::DecorationRole).value<QColor>();
        QCOMPARE(color, theme::classColor(1));
        QVERIFY(tick(0, false));
        QCOMPARE(model.index(2, RunsModel::Name).data(Qt::DecorationRole).value<QColor>(), color);
        auto runs = three();
        runs.erase(runs.begin());
        model.setRuns(runs);
        QCOMPARE(model.ticked().size(), std::size_t { 1 });
        QCOMPARE(model.ticked()[0].row, 1);
        model.setRuns({});
        QVERIFY(model.ticked().empty());
    }

    void whatIsWrittenIsAWish()
    {
        RunsModel model;
        auto runs = three();
        runs[0].notes = { "old", "kept" };
        model.setRuns(runs);
        QSignalSpy edited(&model, &RunsModel::notesEdited);
        QVERIFY(model.setData(model.index(0, RunsModel::Name), " new ", Qt::EditRole));
        QCOMPARE(edited.count(), 1);
        QCOMPARE(edited[0][0].toString(), QStringLiteral("/runs/a"));
        QCOMPARE(edited[0][1].value<RunNotes>(), (RunNotes { "new", "kept" }));
        QVERIFY(model.setData(model.index(2, RunsModel::Note), "said", Qt::EditRole));
        QCOMPARE(edited[1][1].value<RunNotes>(), (RunNotes { {}, "said" }));
        // The folder's own name, left as it is, is no name that somebody gave.
        QVERIFY(!model.setData(model.index(2, RunsModel::Name), "c", Qt::EditRole));
        QVERIFY(!model.setData(model.index(2, RunsModel::Accuracy), "1", Qt::EditRole));
        QCOMPARE(edited.count(), 2);
    }

    void theSameRunsAgainKeepTheirRows()
    {
        RunsModel model;
        model.setRuns(three());
        QSignalSpy reset(&model, &QAbstractItemModel::modelReset);
        QSignalSpy changed(&model, &QAbstractItemModel::dataChanged);
        auto runs = three();
        runs[1] = madeRun("b", { 0.5 });
        model.setRuns(runs);
        QCOMPARE(reset.count(), 0);
        QCOMPARE(changed.count(), 1);
        QVERIFY(
            model.index(1, RunsModel::Accuracy).data().toString().startsWith(format::percent(0.5)));
        model.setRuns({});
        QCOMPARE(reset.count(), 1);
    }

    void theRingIsAtTheRunsBestEpoch()
    {
        // Of equal accuracies the lower loss was taken, which is not the first.
        RunSummary run = madeRun("a", { 0.7, 0.9, 0.9 });
        run.bestEpoch = 3;
        RunsModel model;
        model.setRuns({ run, madeRun("b", {}) });
        const QModelIndex curve = model.index(0, RunsModel::Curve);
        QCOMPARE(curve.data(RunsModel::BestRole).toPointF(),
            curve.data(RunsModel::CurveRole).value<QList<QPointF>>().at(2));
        QVERIFY(!model.index(1, RunsModel::Curve).data(RunsModel::BestRole).isValid());
    }

    void aSmallCurveIsPaintedWhereItsValuesAre()
    {
        RunsModel model;
        model.setRuns({ madeRun("rising", { 0.5, 0.6, 1.0 }), madeRun("none", {}) });
        const RunsDelegate delegate;
        const auto paint = [&](int row) {
            QImage image(100, RunsDelegate::kRow, QImage::Format_RGB32);
            image.fill(Qt::white);
            QPainter painter(&image);
            QStyleOptionViewItem option;
            option.rect = image.rect();
            delegate.paint(&painter, option, model.index(row, RunsModel::Curve));
            return image;
        };
        const QImage rising = paint(0);
        const auto inked = [&](int fromX, int toX, int fromY, int toY) {
            int count = 0;
            for (int x = fromX; x < toX; ++x) {
                for (int y = fromY; y < toY; ++y)
                    count += rising.pixelColor(x, y) != QColor(Qt::white);
            }
            return count;
        };
        const int middle = RunsDelegate::kRow / 2;
        QVERIFY(inked(0, 30, middle, RunsDelegate::kRow) > 0);
        QCOMPARE(inked(0, 30, 0, middle), 0);
        QVERIFY(inked(80, 100, 0, middle) > 0);
        QImage blank(100, RunsDelegate::kRow, QImage::Format_RGB32);
        blank.fill(Qt::white);
        QCOMPARE(paint(1), blank);
    }
};

QTEST_MAIN(TestRunsModel)
#include "tst_runs_model.moc"
