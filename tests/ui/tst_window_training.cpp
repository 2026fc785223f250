#include "tests/ui/answer_question.h"
#include "tests/ui/painted_dataset.h"
#include "ui/base/banner.h"
#include "ui/base/commands.h"
#include "ui/frame/run_bar.h"
#include "ui/main_window.h"
#include "ui/pictures/large_view.h"
#include "ui/recipe/setting_row.h"
#include "ui/recipe/settings_panel.h"
#include "ui/runs/queue_view.h"
#include "ui/runs/try_dialog.h"
#include "ui/session/current_run.h"
#include "ui/session/evaluations.h"
#include "ui/train/train_page.h"

#include <QApplication>
#include <QDir>
#include <QDragEnterEvent>
#include <QMimeData>
#include <QPushButton>
#include <QTest>
#include <QTimer>

using namespace vernier;
using namespace vernier::ui;
using test::TemporaryFolder;

namespace {

constexpr int kPatienceMs = 60000;

} // namespace

/// Training, going on and ending in the window.
class TestWindowTraining : public QObject {
    Q_OBJECT

private:
    TemporaryFolder m_folder;
    QString m_data;

    void open(MainWindow& window)
    {
        window.open(m_data);
        QTRY_VERIFY_WITH_TIMEOUT(window.session().dataset(), kPatienceMs);
    }

    void startLongTraining(MainWindow& window)
    {
        open(window);
        window.session().setRecipe(test::tinyRecipe(10000), QStringLiteral("test"));
        window.train();
        QTRY_COMPARE_WITH_TIMEOUT(window.session().state(), RunState::Training, kPatienceMs);
    }

private Q_SLOTS:
    void initTestCase()
    {
        m_data = test::paintedDataset(m_folder, "data");
        theme::apply(Scheme::Light);
    }
    void init() { test::startWithNothingRemembered(); }

    void trainGoOnAndStopStandInTheSamePlaces()
    {
        MainWindow window;
        window.show();
        startLongTraining(window);
        QCOMPARE(window.page(), Page::Train);
        const auto buttons = window.findChild<RunBar*>()->findChildren<QPushButton*>();
        QPushButton* goOn = buttons.at(1);
        QPushButton* stop = buttons.at(2);
        QCOMPARE(buttons.at(0)->text(), QStringLiteral("Train again"));
        QVERIFY(!buttons.at(0)->isEnabled());
        QCOMPARE(goOn->text(), QStringLiteral("Pause"));
        goOn->click();
        QTRY_COMPARE_WITH_TIMEOUT(window.session().state(), RunState::Paused, kPatienceMs);
        QCOMPARE(goOn->text(), QStringLiteral("Go on"));
        goOn->click();
        QTRY_COMPARE_WITH_TIMEOUT(window.session().state(), RunState::Training, kPatienceMs);
        stop->click();
        QCOMPARE(window.session().state(), RunState::Stopping);
        QVERIFY(!stop->isEnabled());
        QTRY_VERIFY_WITH_TIMEOUT(!window.session().run().underWay(), kPatienceMs);
    }

    void aFolderThatIsOpenedAgainComesBackWithItsRun()
    {
        QString run;
        {
            MainWindow window;
            startLongTraining(window);
            QTRY_VERIFY_WITH_TIMEOUT(!window.session().run().history().epochs.empty(), kPatienceMs);
            window.session().stop();
            QTRY_VERIFY_WITH_TIMEOUT(window.session().idle(), kPatienceMs);
            run = window.session().run().folder();
        }
        MainWindow window;
        window.show();
        open(window);
        QTRY_COMPARE_WITH_TIMEOUT(window.session().run().folder(), run, kPatienceMs);
        QTRY_VERIFY_WITH_TIMEOUT(window.session().idle(), kPatienceMs);
        QCOMPARE(window.page(), Page::Data);
        QCOMPARE(window.session().recipe().phases.front().epochs, 10000);
        const auto done = window.session().run().history().epochs.size();
        QCOMPARE(window.session().nextStep(), Session::NextStep::Unfinished);
        QCOMPARE(window.session().epochsLeft(), 10000 - static_cast<int>(done));
        QPushButton* goOn = window.findChild<RunBar*>()->findChildren<QPushButton*>().at(1);
        QCOMPARE(goOn->text(), QStringLiteral("Go on"));
        QVERIFY2(window.findChild<Commands*>()->action(CommandId::GoOn)->text().contains("left"),
            qPrintable(window.findChild<Commands*>()->action(CommandId::GoOn)->text()));
        goOn->click();
        QTRY_VERIFY_WITH_TIMEOUT(
            window.session().run().history().epochs.size() > done, kPatienceMs);
        QCOMPARE(window.session().run().folder(), run);
        window.session().stop();
        QTRY_VERIFY_WITH_TIMEOUT(window.session().idle(), kPatienceMs);
        // Another phase is what goes on once it is asked for.
        Recipe recipe = window.session().recipe();
        recipe.phases.front().epochs = 1;
        window.session().setRecipe(recipe, QStringLiteral("test"));
        QCOMPARE(window.session().nextStep(), Session::NextStep::NewPhase);
        // Training again is never going on.
        window.train();
        QTRY_COMPARE_WITH_TIMEOUT(window.session().state(), RunState::Finished, kPatienceMs);
        QTRY_VERIFY_WITH_TIMEOUT(window.session().idle(), kPatienceMs);
        QVERIFY(window.session().run().folder() != run);
        // And a folder whose run is gone has none.
        QVERIFY(QDir(window.session().run().folder()).removeRecursively());
        QCOMPARE(window.session().lastRun(), QString());
    }

    void startingOverLeavesARunThatIsOpen()
    {
        MainWindow window;
        window.show();
        open(window);
        window.session().setRecipe(test::tinyRecipe(1), QStringLiteral("test"));
        window.train();
        QTRY_COMPARE_WITH_TIMEOUT(window.session().state(), RunState::Finished, kPatienceMs);
        QTRY_VERIFY_WITH_TIMEOUT(window.session().idle(), kPatienceMs);
        window.findChild<Commands*>()->action(CommandId::StartOver)->trigger();
        QVERIFY(!window.session().dataset());
        QVERIFY(window.session().run().folder().isEmpty());
        QVERIFY(!window.findChild<Commands*>()->action(CommandId::GoOn)->isEnabled());
    }

    void trainingEndsWithTheWayToWhatWentWrong()
    {
        MainWindow window;
        window.show();
        open(window);
        Recipe recipe = test::tinyRecipe(1);
        recipe.phases.front().plan.headRate = 1e-12;
        window.session().setRecipe(recipe, QStringLiteral("test"));
        window.train();
        QTRY_COMPARE_WITH_TIMEOUT(window.session().state(), RunState::Finished, kPatienceMs);
        QTRY_VERIFY_WITH_TIMEOUT(window.session().evaluations().current(), kPatienceMs);
        const auto& evaluation = *window.session().evaluations().current();
        const auto wrong = static_cast<qint64>(evaluation.images.size()) - evaluation.right;
        QVERIFY(wrong > 0);
        for (QPushButton* button : window.findChild<TrainPage*>()->findChildren<QPushButton*>()) {
            if (button->text() == QStringLiteral("See what went wrong (%1)").arg(wrong)) {
                QVERIFY(button->isVisible());
                button->click();
            }
        }
        QCOMPARE(window.page(), Page::Inspect);
    }

    void whatWasJustTypedIsWhatTrains()
    {
        MainWindow window;
        window.show();
        open(window);
        window.session().setRecipe(test::tinyRecipe(5), QStringLiteral("test"));
        window.showPage(Page::Recipe);
        auto* epochs = window.findChild<SettingsPanel*>()->row(QStringLiteral("phases.epochs"));
        QVERIFY(QTest::qWaitForWindowActive(&window));
        epochs->editor()->setFocus();
        QTest::keyClick(epochs->editor(), Qt::Key_A, Qt::ControlModifier);
        QTest::keyClicks(epochs->editor(), QStringLiteral("2"));
        QTest::keyClick(&window, Qt::Key_Return, Qt::ControlModifier);
        QTRY_COMPARE_WITH_TIMEOUT(window.session().state(), RunState::Finished, kPatienceMs);
        QCOMPARE(window.session().run().history().epochs.size(), std::size_t { 2 });
    }

    void nothingTrainsWhileAFieldOfTheRecipeIsWrong()
    {
        MainWindow window;
        window.show();
        open(window);
        window.session().setRecipe(test::tinyRecipe(1), QStringLiteral("test"));
        window.showPage(Page::Recipe);
        auto* dense = window.findChild<SettingsPanel*>()->row(QStringLiteral("head.dense"));
        QVERIFY(QTest::qWaitForWindowActive(&window));
        dense->editor()->setFocus();
        QTest::keyClicks(dense->editor(), QStringLiteral(", abc"));
        window.showPage(Page::Train);
        window.train();
        QVERIFY(!window.session().run().underWay());
        QCOMPARE(window.page(), Page::Recipe);
        QVERIFY(window.findChild<Banner*>()->isVisible());
    }

    void undoInAFieldOfTheRecipeTakesBackItsValue()
    {
        MainWindow window;
        window.show();
        window.showPage(Page::Recipe);
        QVERIFY(QTest::qWaitForWindowActive(&window));
        const Recipe before = window.session().recipe();
        const auto* panel = window.findChild<SettingsPanel*>();
        QWidget* epochs = panel->row(QStringLiteral("phases.epochs"))->editor();
        epochs->setFocus();
        QTest::keyClick(epochs, Qt::Key_Up);
        QVERIFY(window.session().recipe() != before);
        QTest::keyClick(epochs, Qt::Key_Z, Qt::ControlModifier);
        QCOMPARE(window.session().recipe(), before);

        QWidget* dense = panel->row(QStringLiteral("head.dense"))->editor();
        dense->setFocus();
        QTest::keyClicks(dense, QStringLiteral(", 64"));
        // What is being typed is the field's own.
        QTest::keyClick(dense, Qt::Key_Z, Qt::ControlModifier);
        QTest::keyClicks(dense, QStringLiteral(", 32"));
        QTest::keyClick(dense, Qt::Key_Return);
        QVERIFY(window.session().recipe() != before);
        QTest::keyClick(dense, Qt::Key_Z, Qt::ControlModifier);
        QCOMPARE(window.session().recipe(), before);
        QTest::keyClick(dense, Qt::Key_Z, Qt::ControlModifier | Qt::ShiftModifier);
        QVERIFY(window.session().recipe() != before);
    }

    void nothingIsPutInLineWhileAFieldOfTheRecipeIsWrong_data()
    {
        QTest::addColumn<bool>("fromMenu");
        QTest::newRow("from the menu") << true;
        QTest::newRow("from the queue") << false;
    }
    void nothingIsPutInLineWhileAFieldOfTheRecipeIsWrong()
    {
        QFETCH(bool, fromMenu);
        MainWindow window;
        window.show();
        open(window);
        window.showPage(Page::Recipe);
        auto* dense = window.findChild<SettingsPanel*>()->row(QStringLiteral("head.dense"));
        QVERIFY(QTest::qWaitForWindowActive(&window));
        dense->editor()->setFocus();
        QTest::keyClicks(dense->editor(), QStringLiteral(", abc"));
        window.showPage(Page::Runs);
        bool asked = false;
        QTimer closer;
        connect(&closer, &QTimer::timeout, &window, [&asked] {
            if (auto* dialog = qobject_cast<TryDialog*>(QApplication::activeModalWidget())) {
                asked = true;
                dialog->reject();
            }
        });
        closer.start(20);
        if (fromMenu) {
            QTest::keyClick(&window, Qt::Key_T, Qt::ControlModifier | Qt::ShiftModifier);
        } else {
            for (QPushButton* button :
                window.findChild<QueueView*>()->findChildren<QPushButton*>()) {
                if (button->text() == QStringLiteral("Try several…"))
                    button->click();
            }
        }
        QVERIFY(!asked);
        QCOMPARE(window.page(), Page::Recipe);
        QVERIFY(window.findChild<Banner*>()->isVisible());
    }

    void closingWhileTrainingAsksAndKeepTrainingKeepsIt()
    {
        MainWindow window;
        window.show();
        startLongTraining(window);
        QString asked;
        test::answerNextQuestion(QStringLiteral("Keep training"), asked);
        QVERIFY(!window.close());
        QVERIFY(!asked.isEmpty());
        QVERIFY(window.isVisible());
        QVERIFY(window.session().run().underWay());
    }

    void closingWhileTrainingSaysStoppingAndClosesOnTheFinishEvent()
    {
        MainWindow window;
        window.show();
        startLongTraining(window);
        QString asked;
        test::answerNextQuestion(QStringLiteral("Stop and close"), asked);
        QVERIFY(!window.close());
        QVERIFY(!asked.isEmpty());
        QVERIFY(window.isVisible());
        QVERIFY(window.windowTitle().contains(QStringLiteral("Stopping")));
        QTRY_VERIFY_WITH_TIMEOUT(!window.isVisible(), kPatienceMs);
        QVERIFY(!window.session().run().underWay());
    }

    void closingWhileLoadingDoesNotAsk()
    {
        MainWindow window;
        window.show();
        window.session().openFolder(m_data);
        window.close();
        QTRY_VERIFY_WITH_TIMEOUT(!window.isVisible(), kPatienceMs);
    }
};

QTEST_MAIN(TestWindowTraining)
#include "tst_window_training.moc"
