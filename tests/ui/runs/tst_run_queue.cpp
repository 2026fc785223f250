#include "core/runs/run_store.h"
#include "tests/ui/session_steps.h"
#include "tests/ui/silent_controls.h"
#include "ui/base/theme.h"
#include "ui/runs/queue_view.h"
#include "ui/runs/run_queue.h"
#include "ui/runs/try_dialog.h"

#include <QAbstractItemModelTester>
#include <QPushButton>
#include <QTableView>

#include <algorithm>

using namespace vernier;
using namespace vernier::ui;
using namespace vernier::test;

namespace {

using Step = RunQueue::Step;

RunQueue::Wish wish(const QString& name, int epochs = 1) { return { name, tinyRecipe(epochs) }; }

QStringList names(const RunQueue& queue)
{
    QStringList names;
    for (int row = 0; row < queue.rowCount(); ++row)
        names << queue.index(row, RunQueue::Name).data().toString();
    return names;
}

} // namespace

class TestRunQueue : public QObject {
    Q_OBJECT

private:
    TemporaryFolder m_folder;
    QString m_data;

private Q_SLOTS:
    void initTestCase()
    {
        m_data = paintedDataset(m_folder, "data");
        theme::apply(Scheme::Light);
    }
    void init() { startWithNothingRemembered(); }

    void everythingInLineIsTrainedAndAFailureIsPassedOver()
    {
        Session session;
        RunQueue queue(session);
        QAbstractItemModelTester tester(
            &queue, QAbstractItemModelTester::FailureReportingMode::QtTest);
        open(session, m_data);
        QSignalSpy ended(&queue, &RunQueue::ended);
        RunQueue::Wish broken = wish(QStringLiteral("broken"));
        broken.recipe.weights = "/nowhere.safetensors";
        queue.add({ wish(QStringLiteral("a")), broken, wish(QStringLiteral("b"), 2) });
        QTRY_COMPARE_WITH_TIMEOUT(queue.step(2), Step::Done, kPatienceMs);
        QCOMPARE(queue.step(0), Step::Done);
        QCOMPARE(queue.step(1), Step::Failed);
        QVERIFY(
            queue.index(1, 0).data(Qt::ToolTipRole).toString().contains(QStringLiteral("nowhere")));
        QVERIFY(queue.folder(0) != queue.folder(2));
        QCOMPARE(ended.count(), 3);
        QCOMPARE(readRun(ui::format::path(queue.folder(2)))->epochsDone(), 2);
        QVERIFY(queue.index(2, RunQueue::Accuracy).data().toString().contains(QLatin1Char('%')));
        QVERIFY(!queue.running() && !queue.held());
        // What is on the Recipe page was not touched.
        QVERIFY(session.recipe() != wish({}).recipe);
        QTRY_VERIFY_WITH_TIMEOUT(session.idle(), kPatienceMs);
    }

    void whatSomebodyStopsHoldsTheLineUp()
    {
        Session session;
        RunQueue queue(session);
        open(session, m_data);
        queue.add({ wish(QStringLiteral("long"), 10000), wish(QStringLiteral("short")) });
        QTRY_COMPARE_WITH_TIMEOUT(session.state(), RunState::Training, kPatienceMs);
        session.stop();
        QTRY_COMPARE_WITH_TIMEOUT(queue.step(0), Step::Stopped, kPatienceMs);
        QVERIFY(queue.held());
        QCOMPARE(queue.step(1), Step::Waiting);
        queue.goOn();
        QTRY_COMPARE_WITH_TIMEOUT(queue.step(1), Step::Done, kPatienceMs);
        QTRY_VERIFY_WITH_TIMEOUT(session.idle(), kPatienceMs);
    }

    void aRunOfSomebodysOwnIsWaitedFor()
    {
        Session session;
        RunQueue queue(session);
        open(session, m_data);
        session.setRecipe(tinyRecipe(10000), QStringLiteral("test"));
        session.train();
        QTRY_COMPARE_WITH_TIMEOUT(session.state(), RunState::Training, kPatienceMs);
        queue.add({ wish(QStringLiteral("a")) });
        QCOMPARE(queue.step(0), Step::Waiting);
        session.stop();
        QTRY_COMPARE_WITH_TIMEOUT(queue.step(0), Step::Done, kPatienceMs);
        QTRY_VERIFY_WITH_TIMEOUT(session.idle(), kPatienceMs);
    }

    void otherPicturesThanItWasPutInLineForAreRefused()
    {
        Session session;
        RunQueue queue(session);
        open(session, m_data);
        queue.stop();
        queue.add({ wish(QStringLiteral("a")) });
        open(session, paintedDataset(m_folder, "others"));
        queue.goOn();
        QTRY_COMPARE_WITH_TIMEOUT(queue.step(0), Step::Failed, kPatienceMs);
        QVERIFY(!session.run().underWay());
    }

    void itTrainsOnThePicturesAsTheyWereSplitWhenItWasPutInLine()
    {
        writePaintedClass(m_folder, "undrawn/amber", 20, 0);
        writePaintedClass(m_folder, "undrawn/blue", 20, 2);
        Session session;
        RunQueue queue(session);
        open(session, ui::format::path(m_folder / "undrawn"));
        const SnapshotPtr then = session.dataset();
        queue.stop();
        queue.add({ wish(QStringLiteral("a")) });
        Recipe recipe = session.recipe();
        recipe.seed = 77;
        session.setRecipe(recipe, QStringLiteral("test"));
        const auto same = [](const ImageEntry& a, const ImageEntry& b) {
            return a.path == b.path && a.split == b.split;
        };
        QVERIFY(!std::ranges::equal(session.dataset()->images, then->images, same));
        queue.goOn();
        QTRY_COMPARE_WITH_TIMEOUT(queue.step(0), Step::Done, kPatienceMs);
        const auto trained = readRunDataset(ui::format::path(queue.folder(0)));
        QVERIFY(trained);
        QVERIFY(std::ranges::equal((*trained)->images, then->images, same));
        QTRY_VERIFY_WITH_TIMEOUT(session.idle(), kPatienceMs);
    }

    void whatWaitsCanBeMovedAndRemoved()
    {
        Session session;
        RunQueue queue(session);
        QAbstractItemModelTester tester(
            &queue, QAbstractItemModelTester::FailureReportingMode::QtTest);
        open(session, m_data);
        queue.stop();
        queue.add(
            { wish(QStringLiteral("a")), wish(QStringLiteral("b")), wish(QStringLiteral("c")) });
        QCOMPARE(queue.move(0, 1), 1);
        QCOMPARE(names(queue), (QStringList { "b", "a", "c" }));
        QCOMPARE(queue.move(2, -1), 1);
        QCOMPARE(names(queue), (QStringList { "b", "c", "a" }));
        QCOMPARE(queue.move(2, 1), 2);
        queue.remove(0);
        QCOMPARE(names(queue), (QStringList { "c", "a" }));
        queue.remove(7);
        QCOMPARE(queue.waiting(), 2);
    }

    void theViewOffersWhatCanBeDone()
    {
        Session session;
        RunQueue queue(session);
        open(session, m_data);
        queue.stop();
        QueueView view(queue);
        view.resize(900, 240);
        view.show();
        const auto button = [&](const QString& text) {
            for (QPushButton* each : view.findChildren<QPushButton*>()) {
                if (each->text() == text)
                    return each;
            }
            return static_cast<QPushButton*>(nullptr);
        };
        queue.add({ wish(QStringLiteral("a")), wish(QStringLiteral("b")) });
        QVERIFY(!button(QStringLiteral("Remove"))->isEnabled());
        view.table()->selectRow(1);
        QVERIFY(!button(QStringLiteral("Later"))->isEnabled());
        button(QStringLiteral("Earlier"))->click();
        QCOMPARE(names(queue), (QStringList { "b", "a" }));
        QVERIFY(!button(QStringLiteral("Earlier"))->isEnabled());
        button(QStringLiteral("Remove"))->click();
        QCOMPARE(names(queue), QStringList { "a" });
        QVERIFY(button(QStringLiteral("Go on"))->isEnabled());
        QVERIFY2(silentControls(view).isEmpty(), qPrintable(silentControls(view)));
    }

    void whatCannotBeDoneToTheLineSaysWhy()
    {
        Session session;
        RunQueue queue(session);
        QueueView view(queue);
        const auto why = [&](const QString& text) {
            for (const QPushButton* each : view.findChildren<QPushButton*>()) {
                if (each->text() == text)
                    return each->isEnabled() ? QString() : each->toolTip();
            }
            return QStringLiteral("no such button");
        };
        QVERIFY(why(QStringLiteral("Try several…")).contains(QStringLiteral("Open a folder")));
        open(session, m_data);
        QVERIFY(why(QStringLiteral("Try several…")).isEmpty());
        QVERIFY(why(QStringLiteral("Stop")).contains(QStringLiteral("Nothing waits")));
        queue.stop();
        queue.add({ wish(QStringLiteral("a")), wish(QStringLiteral("b")) });
        QVERIFY(why(QStringLiteral("Remove")).contains(QStringLiteral("Choose a recipe")));
        view.table()->selectRow(0);
        QVERIFY(why(QStringLiteral("Earlier")).contains(QStringLiteral("next one already")));
        QVERIFY(why(QStringLiteral("Later")).isEmpty());
        view.table()->selectRow(1);
        QVERIFY(why(QStringLiteral("Later")).contains(QStringLiteral("last one already")));
        QVERIFY(why(QStringLiteral("Go on")).isEmpty());
    }

    void combinationsAreEveryHeadWithEveryBlockAndRate()
    {
        Recipe base = tinyRecipe();
        base.phases[0].plan.blockRates["block2"] = 3e-4;
        const auto made = combinations(base, 0, QStringLiteral("1e-3, 1e-4"),
            QStringLiteral("none; 32, 16"), QStringLiteral("none; 2; 1, 2"));
        QVERIFY2(made, made ? "" : made.error().text().c_str());
        QCOMPARE(made->size(), std::size_t { 12 });
        QVERIFY(made->front().recipe.head.dense.empty());
        QVERIFY(made->front().recipe.phases[0].plan.blockRates.empty());
        const Recipe& last = made->back().recipe;
        QCOMPARE(last.head.dense, (std::vector<DenseSpec> { 32, 16 }));
        QCOMPARE(last.phases[0].plan.headRate, 1e-4);
        QCOMPARE(last.phases[0].plan.rate("block2"), 3e-4);
        QCOMPARE(last.phases[0].plan.rate("block1"), 1e-5);
    }

    void whatIsNotChangedStaysAsItIs()
    {
        Recipe base;
        base.head.dense = { { 128, Activation::Tanh, 0.3 }, { 64, Activation::Sigmoid, 0.125 } };
        FreezePlan& plan = base.phases[0].plan;
        plan.blockRates = { { "block5", 2e-5 } };
        plan.layerRates = { { "block4_conv3", 3e-6 }, { "block5_conv1", 0 } };
        TryDialog dialog(base, 0);
        QCOMPARE(dialog.wishes().size(), std::size_t { 1 });
        QVERIFY(dialog.wishes()[0].recipe == base);

        const auto made = combinations(base, 0, QStringLiteral("1e-4"),
            QStringLiteral("128 tanh 30 %, 64 sigmoid 13 %; 32 tanh"),
            QStringLiteral("block4_conv3,5; 4, 5; 5; block4_conv3, block5_conv2; none"));
        QVERIFY2(made, made ? "" : made.error().text().c_str());
        QCOMPARE(made->size(), std::size_t { 10 });
        const auto planOf = [&](std::size_t i) { return made->at(i).recipe.phases[0].plan; };
        FreezePlan expected = plan;
        expected.headRate = 1e-4;
        QVERIFY(planOf(0) == expected);
        QVERIFY(made->at(0).recipe.head == base.head);
        // Block 5 keeps its frozen layer; block 4 is ticked whole.
        expected.blockRates["block4"] = 1e-5;
        expected.layerRates = { { "block5_conv1", 0 } };
        QVERIFY(planOf(1) == expected);
        expected.blockRates.erase("block4");
        QVERIFY(planOf(2) == expected);
        QVERIFY(planOf(3).blockRates.empty());
        QCOMPARE(planOf(3).layerRates,
            (std::map<std::string, double> { { "block4_conv3", 3e-6 }, { "block5_conv2", 2e-5 } }));
        QVERIFY(planOf(4).blockRates.empty() && planOf(4).layerRates.empty());
        QCOMPARE(
            made->at(5).recipe.head.dense, (std::vector<DenseSpec> { { 32, Activation::Tanh } }));
    }

    void whatIsNoCombinationIsSaid_data()
    {
        QTest::addColumn<QString>("rates");
        QTest::addColumn<QString>("heads");
        QTest::addColumn<QString>("blocks");
        QTest::addColumn<QString>("says");
        QTest::newRow("no rate") << "fast"
                                 << "16"
                                 << "none"
                                 << "fast";
        QTest::newRow("rate too high") << "100"
                                       << "16"
                                       << "none"
                                       << "head_rate";
        QTest::newRow("no units") << "1e-3"
                                  << "16, many"
                                  << "none"
                                  << "many";
        QTest::newRow("no such block") << "1e-3"
                                       << "16"
                                       << "9"
                                       << "block9";
        QTest::newRow("no such layer") << "1e-3"
                                       << "16"
                                       << "block9_conv1"
                                       << "block9_conv1";
        QTest::newRow("nothing") << ""
                                 << "16"
                                 << "none"
                                 << "value";
    }
    void whatIsNoCombinationIsSaid()
    {
        QFETCH(QString, rates);
        QFETCH(QString, heads);
        QFETCH(QString, blocks);
        QFETCH(QString, says);
        const auto made = combinations(tinyRecipe(), 0, rates, heads, blocks);
        QVERIFY(!made);
        QVERIFY2(made.error().text().find(says.toStdString()) != std::string::npos,
            made.error().text().c_str());
    }

    void theDialogBeginsWithWhatIsThere()
    {
        TryDialog dialog(tinyRecipe(), 0);
        dialog.show();
        QCOMPARE(dialog.wishes().size(), std::size_t { 1 });
        QCOMPARE(dialog.wishes()[0].recipe, tinyRecipe());
        QVERIFY2(silentControls(dialog).isEmpty(), qPrintable(silentControls(dialog)));
    }
};

QTEST_MAIN(TestRunQueue)
#include "tst_run_queue.moc"
#include "ui/session/current_run.h"
