#include "tests/ui/painted_dataset.h"
#include "tests/ui/session_steps.h"
#include "tests/ui/silent_controls.h"
#include "ui/base/theme.h"
#include "ui/recipe/rate_chart.h"
#include "ui/recipe/rate_dialog.h"
#include "ui/recipe/recipe_page.h"
#include "ui/session/rate_trial.h"

#include <QApplication>
#include <QLabel>
#include <QProgressBar>
#include <QPushButton>
#include <QUndoStack>

#include <cmath>

using namespace vernier;
using namespace vernier::ui;

namespace {

RateSweep someSweep()
{
    RateSweep sweep;
    for (int i = 0; i <= 60; ++i) {
        const double decades = -7 + i * 0.1;
        const double loss = 0.8 - 0.6 / (1 + std::exp(-4 * (decades + 3)));
        sweep.points.push_back({ std::pow(10, decades), loss, loss });
    }
    sweep.suggestion = 1e-3;
    return sweep;
}

QString answerOf(const RateDialog& dialog)
{
    return dialog.findChild<QLabel*>(QStringLiteral("answer"))->text();
}

QPushButton* button(const RateDialog& dialog, const char* name)
{
    return dialog.findChild<QPushButton*>(QString::fromLatin1(name));
}

} // namespace

class TestRateDialog : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase()
    {
        test::startWithNothingRemembered();
        theme::apply(Scheme::Light);
    }

    void theChartPaintsCurveAndSuggestion()
    {
        RateChart chart;
        chart.resize(600, 300);
        chart.show();
        const QImage empty = chart.grab().toImage();
        auto sweep = someSweep();
        sweep.suggestion.reset();
        chart.setSweep(sweep);
        const QImage curve = chart.grab().toImage();
        QVERIFY(curve != empty);
        chart.setSweep(someSweep());
        const QImage marked = chart.grab().toImage();
        QVERIFY(marked != curve);
        // The mark stands at its rate, on a logarithmic axis.
        const int x = int(std::lround(chart.xOf(1e-3)));
        QVERIFY(std::abs(x - (chart.plot().left() + chart.plot().width() * 4 / 6)) <= 1);
        const int y = int(chart.plot().top()) + 2;
        const auto scale = marked.devicePixelRatio();
        QVERIFY(marked.pixel(int(x * scale), int(y * scale))
            != curve.pixel(int(x * scale), int(y * scale)));
    }

    void aClickOnTheChartChoosesTheRateUnderIt()
    {
        RateChart chart;
        chart.resize(600, 300);
        chart.show();
        QSignalSpy chosen(&chart, &RateChart::rateChosen);
        const auto click = [&](double x, double y) {
            QTest::mouseClick(chart.viewport(), Qt::LeftButton, {}, QPoint(int(x), int(y)));
        };
        const double middle = chart.plot().center().y();
        click(chart.plot().center().x(), middle);
        QCOMPARE(chosen.count(), 0);
        chart.setSweep(someSweep());
        click(chart.xOf(1e-4), middle);
        QCOMPARE(chosen.count(), 1);
        const double rate = chosen.takeFirst().at(0).toDouble();
        QVERIFY2(rate > 0.95e-4 && rate < 1.05e-4, qPrintable(QString::number(rate)));
        click(2, middle);
        QCOMPARE(chosen.count(), 0);
    }

    void theSuggestionIsOfferedAndTaken()
    {
        RateDialog dialog;
        QVERIFY(!button(dialog, "use")->isEnabled());
        dialog.showSweep(someSweep());
        QCOMPARE(button(dialog, "use")->text(), QStringLiteral("Use 1e-3"));
        QVERIFY(answerOf(dialog).contains(QStringLiteral("1e-3")));
        QSignalSpy chosen(&dialog, &RateDialog::rateChosen);
        button(dialog, "use")->click();
        QCOMPARE(chosen.count(), 1);
        QCOMPARE(chosen.first().at(0).toDouble(), 1e-3);
        auto flat = someSweep();
        flat.suggestion.reset();
        dialog.showSweep(flat);
        QVERIFY(!button(dialog, "use")->isEnabled());
        QVERIFY(answerOf(dialog).contains(QStringLiteral("nothing to suggest")));
    }

    void whileItTriesItShowsHowFarAndCanBeStopped()
    {
        RateDialog dialog;
        dialog.show();
        dialog.showTrying(30, 120);
        auto* progress = dialog.findChild<QProgressBar*>();
        QVERIFY(progress->isVisible());
        QCOMPARE(progress->value(), 30);
        QSignalSpy stopped(&dialog, &RateDialog::stopRequested);
        button(dialog, "try")->click();
        QCOMPARE(stopped.count(), 1);
        dialog.showProblem(QStringLiteral("Stopped."));
        QVERIFY(!progress->isVisible());
        QSignalSpy again(&dialog, &RateDialog::tryRequested);
        button(dialog, "try")->click();
        QCOMPARE(again.count(), 1);
        dialog.setPossible(false);
        QVERIFY(!button(dialog, "try")->isEnabled());
    }

    void closingADialogThatTriesStopsIt()
    {
        RateDialog dialog;
        dialog.show();
        dialog.showTrying(1, 120);
        QSignalSpy stopped(&dialog, &RateDialog::stopRequested);
        dialog.close();
        QCOMPARE(stopped.count(), 1);
    }

    void everyControlHasATooltipAndAnAccessibleName()
    {
        RateDialog dialog;
        dialog.show();
        dialog.showSweep(someSweep());
        QCOMPARE(test::silentControls(dialog), QString());
    }

    void aRateThatWasFoundIsTakenOverAsOneStep()
    {
        Session session;
        RecipePage page(session);
        auto* find = page.findChild<QPushButton*>(QStringLiteral("findRate"));
        QVERIFY(!find->isEnabled());
        const test::TemporaryFolder folder;
        test::open(session, test::paintedDataset(folder, "pictures"));
        QVERIFY(find->isEnabled());
        Recipe recipe = test::tinyRecipe();
        recipe.phases.front().plan = { 1e-3, { { "block2", 1e-4 } } };
        session.setRecipe(recipe, QStringLiteral("test"));
        const int steps = session.undoStack()->count();

        // The dialog keeps the click waiting until it is closed.
        double suggested = 0;
        QTimer look;
        connect(&look, &QTimer::timeout, &look, [&] {
            auto* dialog = qobject_cast<RateDialog*>(QApplication::activeModalWidget());
            if (!dialog || session.rates().job())
                return;
            look.stop();
            if (session.rates().sweep() && session.rates().sweep()->suggestion) {
                suggested = *session.rates().sweep()->suggestion;
                button(*dialog, "use")->click();
            } else {
                dialog->reject();
            }
        });
        look.start(20);
        find->click();
        QVERIFY(suggested > 0);
        const FreezePlan& plan = session.recipe().phases.front().plan;
        QCOMPARE(plan.headRate, suggested);
        QVERIFY(std::abs(plan.rate("block2") / suggested - 0.1) < 1e-9);
        QCOMPARE(session.undoStack()->count(), steps + 1);
        session.undoStack()->undo();
        QVERIFY(session.recipe() == recipe);
    }

    void noRateIsSoughtWhileATrainingIsUnderWay()
    {
        Session session;
        const test::TemporaryFolder folder;
        test::open(session, test::paintedDataset(folder, "pictures"));
        session.setRecipe(test::tinyRecipe(2000), QStringLiteral("test"));
        session.train();
        QVERIFY(!session.rates().canFind());
        session.rates().find();
        QVERIFY(!session.rates().job());
        session.stop();
        QTRY_VERIFY_WITH_TIMEOUT(session.idle(), test::kPatienceMs);
        QVERIFY(session.rates().canFind());
        // A training that is begun meanwhile ends the try.
        session.rates().find();
        QVERIFY(session.rates().job());
        session.train();
        QTRY_VERIFY_WITH_TIMEOUT(!session.rates().job(), test::kPatienceMs);
        session.stop();
        QTRY_VERIFY_WITH_TIMEOUT(session.idle(), test::kPatienceMs);
    }
};

QTEST_MAIN(TestRateDialog)
#include "tst_rate_dialog.moc"
