#include "tests/ui/session_steps.h"
#include "tests/ui/silent_controls.h"
#include "tests/ui/train/made_history.h"
#include "ui/base/empty_state.h"
#include "ui/base/theme.h"
#include "ui/frame/run_bar.h"
#include "ui/recipe/rate_edit.h"
#include "ui/session/current_run.h"
#include "ui/session/session.h"
#include "ui/train/curve_legend.h"
#include "ui/train/curve_view.h"
#include "ui/train/live_rates.h"
#include "ui/train/phase_list.h"
#include "ui/train/run_charts.h"
#include "ui/train/train_page.h"

#include <QAction>
#include <QLabel>
#include <QPlainTextEdit>
#include <QPushButton>
#include <QScrollBar>
#include <QSignalSpy>
#include <QTest>

#include <algorithm>

using namespace vernier;
using namespace vernier::ui;
using test::manyPhases;
using test::TemporaryFolder;
using test::twoPhases;

namespace {

bool says(const QWidget& page, const char* words)
{
    const auto labels = page.findChildren<QLabel*>();
    return std::any_of(labels.begin(), labels.end(),
        [&](const QLabel* label) { return label->text().contains(QString::fromUtf8(words)); });
}

/// Whether all of a phase's lines are in view, 1 for the first.
bool inView(const PhaseList& list, int phase)
{
    for (const QLabel* label : list.findChildren<QLabel*>()) {
        const QWidget* row = label->parentWidget();
        if (label->text() == QString::number(phase))
            return list.viewport()->rect().contains(
                QRect(row->mapTo(list.viewport(), QPoint(0, 0)), row->size()));
    }
    return false;
}

} // namespace

/// What stands around the charts: rates, phases, log, title, and what the page offers.
class TestTrainPage : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase()
    {
        test::startWithNothingRemembered();
        theme::apply(Scheme::Light);
    }

    void aLiveRateIsToldWithItsBlock()
    {
        LiveRates rates;
        FreezePlan plan;
        plan.headRate = 1e-3;
        plan.blockRates = { { "block5", 1e-5 } };
        rates.setPlan(plan, 1, {});
        QVERIFY(!rates.edit("block5")->isEnabled());
        rates.setLive(true);
        QVERIFY(rates.edit("block5")->isEnabled());
        QVERIFY(!rates.edit("block4"));
        QSignalSpy told(&rates, &LiveRates::rateEdited);
        rates.edit("block5")->stepBy(1);
        QCOMPARE(told.size(), 1);
        QCOMPARE(told.front().at(0).toString(), QStringLiteral("block5"));
        QCOMPARE(told.front().at(1).toDouble(), 2e-5);
        // The same phase again keeps what was set by hand; another one does not.
        rates.setPlan(plan, 1, {});
        QCOMPARE(rates.edit("block5")->rate(), 2e-5);
        rates.setPlan(plan, 2, {});
        QCOMPARE(rates.edit("block5")->rate(), 1e-5);
        // The first phase of another run, and what a run that is opened was changed to.
        rates.edit("block5")->stepBy(1);
        rates.forget();
        rates.setPlan(plan, 2, { { "head", 5e-4 } });
        QCOMPARE(rates.edit("block5")->rate(), 1e-5);
        QCOMPARE(rates.edit("head")->rate(), 5e-4);
    }

    void phasesSayWhatTheyReached()
    {
        PhaseList list;
        list.setHistory(twoPhases());
        QCOMPARE(list.count(), 2);
        QVERIFY(list.text(0).startsWith(QStringLiteral("Head only")));
        QVERIFY(list.text(1).contains(QStringLiteral("Block 5 at 1e-5")));
        QVERIFY(list.text(1).contains(QStringLiteral("90.0")));
        list.setHistory({});
        QCOMPARE(list.count(), 0);
    }

    void manyPhasesScrollAndTheNewestIsInView()
    {
        Session session;
        TrainPage page(session);
        page.resize(1184, 736);
        page.show();
        page.setHistory(manyPhases(2));
        QCoreApplication::processEvents();
        const PhaseList& list = *page.phases();
        QVERIFY(!list.verticalScrollBar()->isVisible());
        QVERIFY(inView(list, 1) && inView(list, 2));
        page.setHistory(manyPhases(4));
        QCoreApplication::processEvents();
        const int height = list.height();
        page.setHistory(manyPhases(9));
        QCoreApplication::processEvents();
        QCOMPARE(list.height(), height);
        QVERIFY(inView(list, 9));
        QVERIFY(inView(list, 8));
        QVERIFY(!inView(list, 1));
        // Whoever looks up an earlier one is left there until another phase begins.
        list.verticalScrollBar()->setValue(0);
        RunHistory history = manyPhases(9);
        history.phases.back().epochs = 2;
        page.setHistory(history);
        QCoreApplication::processEvents();
        QVERIFY(inView(list, 1));
        page.setHistory(manyPhases(10));
        QCoreApplication::processEvents();
        QVERIFY(inView(list, 10));
    }

    void manyPhasesLeaveTheLogItsPlace()
    {
        Session session;
        TrainPage page(session);
        page.resize(1184, 700);
        page.show();
        page.setHistory(manyPhases(12));
        QCoreApplication::processEvents();
        const auto* log = page.findChild<QPlainTextEdit*>();
        QVERIFY(log->height() >= 8 * log->fontMetrics().lineSpacing());
        const QRect where(log->mapTo(&page, QPoint(0, 0)), log->size());
        QVERIFY2(page.rect().contains(where), qPrintable(QString::number(where.bottom())));
    }

    void titleAndRunBarCountAlike()
    {
        const TemporaryFolder folder;
        Session session;
        TrainPage page(session);
        QAction train(QStringLiteral("Train"));
        QAction stop(QStringLiteral("Stop"));
        QAction goOn(QStringLiteral("Go on"));
        RunBar bar(session, { &train, &goOn, &stop });
        bar.resize(1280, bar.sizeHint().height());
        page.show();
        bar.show();
        test::open(session, test::paintedDataset(folder, "data"));
        Recipe recipe = test::tinyRecipe(900);
        recipe.phases.push_back(recipe.phases.front());
        session.setRecipe(recipe, QStringLiteral("test"));
        session.train();
        session.run().setPaused(true);
        QTRY_COMPARE_WITH_TIMEOUT(session.state(), RunState::Paused, test::kPatienceMs);
        QCOMPARE(page.headline(), QStringLiteral("Paused · phase 1 of 2 · epoch 1 of 900"));
        QVERIFY(says(bar, qPrintable(page.headline())));
        // What is edited meanwhile is not what runs.
        recipe.phases.push_back(recipe.phases.front());
        session.setRecipe(recipe, QStringLiteral("test"));
        session.run().setPaused(false);
        QTRY_VERIFY_WITH_TIMEOUT(session.run().history().epochs.size() >= 3, test::kPatienceMs);
        QVERIFY2(page.headline().startsWith(QStringLiteral("Phase 1 of 2 · epoch ")),
            qPrintable(page.headline()));
        QVERIFY(says(bar, qPrintable(page.headline().mid(1))));
        session.stop();
        QTRY_VERIFY_WITH_TIMEOUT(session.idle(), test::kPatienceMs);

        // Gone on with, it has one more phase, and no others to come.
        session.continueRun();
        session.run().setPaused(true);
        QTRY_COMPARE_WITH_TIMEOUT(session.state(), RunState::Paused, test::kPatienceMs);
        QCOMPARE(page.headline(), QStringLiteral("Paused · phase 2 of 2 · epoch 1 of 900"));
        QVERIFY(says(bar, qPrintable(page.headline())));
        session.stop();
        QTRY_VERIFY_WITH_TIMEOUT(session.idle(), test::kPatienceMs);
    }

    void beforeTheFirstRunThePageSaysWhatToDo()
    {
        Session session;
        TrainPage page(session);
        page.show();
        QVERIFY(page.isEmpty());
        QVERIFY(page.findChild<EmptyState*>()->isVisible());
        QVERIFY(!page.charts()->isVisible());
    }

    void whereTheScheduleStandsIsSaidBesideTheLiveRates()
    {
        Session session;
        TrainPage page(session);
        page.show();
        RunHistory history = twoPhases();
        history.step = StepDone {};
        history.step->rateFactor = 0.43;
        page.setHistory(history);
        page.rates()->setLive(true);
        QVERIFY(says(*page.rates(), "43\u00a0%"));
        // The rate itself stays what was set: it is what the schedule multiplies.
        QCOMPARE(page.rates()->edit("block5")->rate(), 1e-5);
        history.step->rateFactor = 1;
        page.setHistory(history);
        page.rates()->setLive(true);
        QVERIFY(!says(*page.rates(), "schedule"));
    }

    void aHistoryFillsChartsPhasesRatesAndLog()
    {
        Session session;
        TrainPage page(session);
        page.resize(1184, 736);
        page.show();
        RunHistory history = twoPhases();
        page.setHistory(history);
        QVERIFY(!page.isEmpty());
        QVERIFY(page.charts()->isVisible());
        QCOMPARE(page.charts()->accuracy()->pointCount(), 10);
        QCOMPARE(page.phases()->count(), 2);
        QVERIFY(page.rates()->edit("block5"));
        QCOMPARE(page.logText().count(QLatin1Char('\n')), 9);
        history.log << QStringLiteral("Epoch 11");
        page.setHistory(history);
        QCOMPARE(page.logText().count(QLatin1Char('\n')), 10);
        // Another run begins.
        RunHistory other;
        other.phases.push_back({});
        other.log << QStringLiteral("Training on 20 pictures.");
        page.setHistory(other);
        QCOMPARE(page.logText(), QStringLiteral("Training on 20 pictures."));
        QVERIFY(page.minimumSizeHint().width() <= 1184);
    }

    void aRunWithoutAFinishedEpochSaysSo()
    {
        Session session;
        TrainPage page(session);
        RunHistory history;
        history.phases.emplace_back().epochs = 1;
        page.setHistory(history);
        QVERIFY(says(page, "Broken off before epoch 1 ended"));
        history.ended = Finished { true, 0, 0, 0, {}, 0, {} };
        page.setHistory(history);
        QVERIFY(says(page, "Stopped before epoch 1 ended"));
        QVERIFY(says(page, "Figures and weights are kept of finished epochs only."));
        QVERIFY(says(page, "There is no finished epoch to go on from: press Train."));
        QVERIFY(says(page, "0 of 1\u00a0epoch"));
    }

    void aRunOfOneEpochIsToldInTheSingular()
    {
        Session session;
        TrainPage page(session);
        RunHistory history = twoPhases();
        history.epochs.resize(1);
        history.bestEpoch = 1;
        history.phases.pop_back();
        history.ended = Finished { true, 1, 0.738, 153, {}, 0, {} };
        page.setHistory(history);
        QVERIFY(says(page, "Stopped after 1\u00a0epoch"));
        QVERIFY(says(page, "1 of 6\u00a0epochs, validation 73.8\u00a0%"));
        QVERIFY(says(page, "After epoch 1: 73.8"));
        history.epochs.front().validationAccuracy.reset();
        page.setHistory(history);
        QVERIFY(says(page, "After epoch 1: 72.0"));
    }

    void withoutARunThereIsNothingToContinue()
    {
        Session session;
        TrainPage page(session);
        page.setHistory(twoPhases());
        for (QPushButton* button : page.findChildren<QPushButton*>()) {
            if (button->text() == QStringLiteral("Continue as new phase"))
                QVERIFY(!button->isEnabled());
        }
    }

    void theLogNeedsNoHorizontalScrollBar()
    {
        Session session;
        TrainPage page(session);
        page.resize(1184, 736);
        page.show();
        RunHistory history = twoPhases();
        // Lines of every width, so that some end exactly at the edge.
        for (int i = 0; i < 200; ++i)
            history.log << QStringLiteral("Epoch %1: ").arg(i) + QString(i, QLatin1Char('i'))
                    + QStringLiteral(" validation 81.3 %, best so far, saved");
        page.setHistory(history);
        QCoreApplication::processEvents();
        const auto* log = page.findChild<QPlainTextEdit*>();
        QVERIFY(log->verticalScrollBar()->isVisible());
        QVERIFY(!log->horizontalScrollBar()->isVisible());
    }

    void inANarrowPageTheWholeLegendIsShown()
    {
        Session session;
        TrainPage page(session);
        page.resize(936, 580);
        page.show();
        page.setHistory(twoPhases());
        QCoreApplication::processEvents();
        const auto* legend = page.findChild<CurveLegend*>();
        QVERIFY(legend->width() < legend->sizeHint().width());
        QCOMPARE(legend->height(), legend->heightForWidth(legend->width()));
        QVERIFY(page.rect().contains(
            QRect(page.charts()->mapTo(&page, QPoint(0, 0)), page.charts()->size())));
    }

    void everyControlSaysWhatItIs()
    {
        Session session;
        TrainPage page(session);
        page.show();
        QCOMPARE(test::silentControls(page), QString());
        page.setHistory(twoPhases());
        QVERIFY(page.charts()->isVisible());
        QCOMPARE(test::silentControls(page), QString());
        QCOMPARE(test::numbersWithoutUsualRange(page), QString());
    }
};

QTEST_MAIN(TestTrainPage)
#include "tst_train_page.moc"
