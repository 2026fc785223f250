#include "tests/ui/answer_question.h"
#include "tests/ui/painted_dataset.h"
#include "ui/base/banner.h"
#include "ui/base/commands.h"
#include "ui/data/data_page.h"
#include "ui/frame/drop_overlay.h"
#include "ui/frame/run_bar.h"
#include "ui/frame/start_page.h"
#include "ui/main_window.h"
#include "ui/pictures/gallery_view.h"
#include "ui/pictures/large_view.h"
#include "ui/pictures/picture_actions.h"
#include "ui/predict/predict_page.h"
#include "ui/recipe/setting_row.h"
#include "ui/recipe/settings_panel.h"
#include "ui/runs/queue_view.h"
#include "ui/runs/try_dialog.h"
#include "ui/session/current_run.h"
#include "ui/session/evaluations.h"
#include "ui/session/job_board.h"
#include "ui/session/predictions.h"
#include "ui/session/view_saver.h"
#include "ui/train/train_page.h"

#include <QAbstractItemView>
#include <QApplication>
#include <QDir>
#include <QDragEnterEvent>
#include <QLineEdit>
#include <QMenuBar>
#include <QMessageBox>
#include <QMimeData>
#include <QPushButton>
#include <QRegularExpression>
#include <QSettings>
#include <QSignalSpy>
#include <QStackedWidget>
#include <QTest>
#include <QTimer>
#include <QUrl>

using namespace vernier;
using namespace vernier::ui;
using test::TemporaryFolder;

namespace {

constexpr int kPatienceMs = 60000;

void dragOver(MainWindow& window, const QMimeData& mime)
{
    QDragEnterEvent event(QPoint(400, 300), Qt::CopyAction, &mime, Qt::LeftButton, Qt::NoModifier);
    QCoreApplication::sendEvent(&window, &event);
}

} // namespace

class TestMainWindow : public QObject {
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

    void aNewWindowOffersThreeWaysToBegin()
    {
        MainWindow window;
        window.show();
        QVERIFY(window.findChild<StartPage*>()->isVisible());
        QCOMPARE(window.page(), Page::Data);
    }

    void aFolderThatWasOpenedIsRecentTheNextTime()
    {
        {
            MainWindow window;
            window.show();
            open(window);
            QVERIFY(!window.findChild<StartPage*>()->isVisible());
            QVERIFY(window.windowTitle().contains(QStringLiteral("data")));
        }
        QCOMPARE(QSettings().value(QStringLiteral("recentFolders")).toStringList(),
            QStringList { m_data });
    }

    /// Qt then asks the model for the data of an index that isn't valid.
    void nothingIsCopiedWhereNothingIsCurrent()
    {
        MainWindow window;
        window.show();
        open(window);
        QTest::failOnWarning(QRegularExpression(QStringLiteral("QModelIndex")));
        int views = 0;
        for (auto* view : window.findChildren<QAbstractItemView*>()) {
            if (!view->selectionModel())
                continue;
            ++views;
            view->selectionModel()->clear();
            QTest::keyClick(view, Qt::Key_C, Qt::ControlModifier);
        }
        QVERIFY(views > 3);
    }

    void aFolderThatTakesLongIsShownInPlaceOfTheStart()
    {
        const QString slow = test::slowDataset(m_folder, "slow");
        MainWindow window;
        window.show();
        window.open(slow);
        QTRY_VERIFY_WITH_TIMEOUT(window.session().preview(), kPatienceMs);
        QVERIFY(!window.findChild<StartPage*>()->isVisible());
        window.session().stop();
        QVERIFY(window.findChild<StartPage*>()->isVisible());
    }

    void controlAndADigitGoToEachPage()
    {
        MainWindow window;
        window.show();
        window.activateWindow();
        QVERIFY(QTest::qWaitForWindowActive(&window));
        for (int i = static_cast<int>(kPages.size()); i > 0; --i) {
            QTest::keyClick(&window, static_cast<Qt::Key>(Qt::Key_0 + i), Qt::ControlModifier);
            QCOMPARE(static_cast<int>(window.page()), i - 1);
        }
    }

    void noShortcutIsUsedTwice()
    {
        MainWindow window;
        QSet<QString> seen;
        QList<QAction*> all = window.actions();
        for (QAction* menu : window.menuBar()->actions())
            all << menu->menu()->actions();
        for (const QAction* action : QSet<QAction*>(all.begin(), all.end())) {
            for (const QKeySequence& keys : action->shortcuts()) {
                QVERIFY2(!seen.contains(keys.toString()), qPrintable(keys.toString()));
                seen.insert(keys.toString());
            }
        }
        for (const char* keys :
            { "Ctrl+O", "Ctrl+Return", "Ctrl+.", "Ctrl+E", "F1", "Ctrl+1", "Ctrl+5", "Ctrl+Z" })
            QVERIFY2(seen.contains(QLatin1String(keys)), keys);
    }

    void theMenusShowTheSentencesOfTheirEntries()
    {
        MainWindow window;
        const auto menus = window.menuBar()->findChildren<QMenu*>();
        QVERIFY(menus.size() > 5);
        for (const QMenu* menu : menus)
            QVERIFY2(menu->toolTipsVisible(), qPrintable(menu->title()));
    }

    void whatIsMadeForTheButtonsIsNotShownInTheMenus()
    {
        MainWindow window;
        for (const QAction* menu : window.menuBar()->actions()) {
            for (const QAction* action : menu->menu()->actions())
                QVERIFY2(action->icon().isNull() || !action->isIconVisibleInMenu(),
                    qPrintable(action->text()));
        }
        const auto buttons = window.findChild<RunBar*>()->findChildren<QPushButton*>();
        QVERIFY(!buttons.at(0)->icon().isNull() && !buttons.at(1)->icon().isNull());
    }

    void theFocusIsMarkedInTheRailOnceTabIsPressed()
    {
        MainWindow window;
        window.show();
        QVERIFY(QTest::qWaitForWindowActive(&window));
        auto* rail = window.findChild<Rail*>();
        auto* data = rail->findChild<QAbstractButton*>();
        QVERIFY(!rail->isAncestorOf(QApplication::focusWidget()));
        const QImage before = rail->grab().toImage();
        // As Qt does where a button that has it is disabled.
        data->setFocus(Qt::TabFocusReason);
        QVERIFY(data->hasFocus());
        QCOMPARE(rail->grab().toImage(), before);
        QTest::keyClick(data, Qt::Key_Tab);
        QTest::keyClick(QApplication::focusWidget(), Qt::Key_Backtab);
        QVERIFY(data->hasFocus());
        QVERIFY(rail->grab().toImage() != before);
    }

    void thePagesWithPicturesAreReadyForTheirKeys()
    {
        MainWindow window;
        window.show();
        QVERIFY(QTest::qWaitForWindowActive(&window));
        open(window);
        window.showPage(Page::Recipe);
        window.showPage(Page::Data);
        const auto* gallery = window.findChild<DataPage*>()->findChild<GalleryView*>();
        QVERIFY(gallery->hasFocus());
        // What a person uses otherwise keeps the focus.
        auto* rail = window.findChild<Rail*>()->findChild<QAbstractButton*>();
        rail->setFocus();
        window.showPage(Page::Recipe);
        window.showPage(Page::Data);
        QVERIFY(rail->hasFocus());
        // Searching leads there from every page.
        window.showPage(Page::Train);
        window.findChild<Commands*>()->action(CommandId::FindPictures)->trigger();
        QCOMPARE(window.page(), Page::Data);
        QVERIFY(qobject_cast<QLineEdit*>(QApplication::focusWidget()));
    }

    void whatIsMendedLargeIsTakenBackThere()
    {
        MainWindow window;
        window.show();
        QVERIFY(QTest::qWaitForWindowActive(&window));
        open(window);
        auto* data = window.findChild<DataPage*>();
        auto* gallery = data->findChild<GalleryView*>();
        gallery->setFocus();
        QTest::keyClick(gallery, Qt::Key_Right);
        QTest::keyClick(gallery, Qt::Key_F3);
        auto* large = data->findChild<LargeView*>();
        QVERIFY(large->isVisible());
        const auto label = [&] { return window.session().dataset()->images[0].label; };
        QTest::keyClick(large, Qt::Key_2);
        QCOMPARE(label(), 1);
        QTest::keyClick(large, Qt::Key_Z, Qt::ControlModifier);
        QCOMPARE(label(), 0);
        QTest::keyClick(large, Qt::Key_Y, Qt::ControlModifier);
        QCOMPARE(label(), 1);
        QVERIFY(large->isVisible());
    }

    void aPictureOfAnotherPageIsShownInData()
    {
        MainWindow window;
        window.show();
        QVERIFY(QTest::qWaitForWindowActive(&window));
        open(window);
        window.showPage(Page::Predict);
        auto* pictures = window.findChild<PredictPage*>()->findChild<PictureActions*>();
        Q_EMIT pictures->showInDataRequested(3);
        QCOMPARE(window.page(), Page::Data);
        const auto* gallery = window.findChild<DataPage*>()->findChild<GalleryView*>();
        QCOMPARE(gallery->currentIndex().row(), 3);
        QVERIFY(gallery->hasFocus());
    }

    void aButtonThatIsDisabledLeavesTheFocusInTheRunBar()
    {
        MainWindow window;
        window.show();
        QVERIFY(QTest::qWaitForWindowActive(&window));
        open(window);
        auto* bar = window.findChild<RunBar*>();
        QPushButton* const train = bar->findChildren<QPushButton*>().at(0);
        QTRY_VERIFY(train->isEnabled());
        train->setFocus();
        window.session().reset();
        QVERIFY(!train->isEnabled());
        QCOMPARE(QApplication::focusWidget(), static_cast<QWidget*>(bar));
    }

    void theRunBarIsThereOnEveryPage()
    {
        MainWindow window;
        window.show();
        for (const Page page : kPages) {
            window.showPage(page);
            QVERIFY(window.findChild<RunBar*>()->isVisible());
        }
    }

    void aRunThatIsOpenedIsShownOnTheTrainPage()
    {
        MainWindow window;
        window.show();
        open(window);
        window.session().setRecipe(test::tinyRecipe(1), QStringLiteral("test"));
        window.train();
        QTRY_COMPARE_WITH_TIMEOUT(window.session().state(), RunState::Finished, kPatienceMs);
        QTRY_VERIFY_WITH_TIMEOUT(window.session().idle(), kPatienceMs);
        const QString run = window.session().run().folder();
        window.showPage(Page::Runs);
        window.open(run);
        QCOMPARE(window.page(), Page::Train);
    }

    void aFailedJobShowsABannerThatTriesAgain()
    {
        MainWindow window;
        window.show();
        auto* banner = window.findChild<Banner*>();
        QVERIFY(!banner->isVisible());
        const QString later = format::path(m_folder / "later");
        window.session().openFolder(later);
        auto* pages = window.findChild<QStackedWidget*>(QStringLiteral("pages"));
        const QRect page = pages->geometry();
        QTRY_VERIFY_WITH_TIMEOUT(banner->isVisible(), kPatienceMs);
        QVERIFY(banner->accessibleName().contains(QStringLiteral("later")));
        // It covers nothing.
        QTRY_COMPARE(pages->geometry().top(), banner->geometry().bottom() + 1);
        QVERIFY(banner->height() >= banner->findChild<QPushButton*>()->height());
        test::paintedDataset(m_folder, "later", 4);
        banner->findChild<QPushButton*>()->click();
        QVERIFY(!banner->isVisible());
        QTRY_COMPARE(pages->geometry(), page);
        QTRY_VERIFY_WITH_TIMEOUT(window.session().dataset(), kPatienceMs);
    }

    void anErrorGoesWhenTheSameGoesWellOrWithEscape()
    {
        MainWindow window;
        window.show();
        QVERIFY(QTest::qWaitForWindowActive(&window));
        auto* banner = window.findChild<Banner*>();
        window.session().openFolder(format::path(m_folder / "gone"));
        QTRY_VERIFY_WITH_TIMEOUT(banner->isVisible(), kPatienceMs);
        open(window);
        QTRY_VERIFY(!banner->isVisible());
        window.session().openFolder(format::path(m_folder / "gone"));
        QTRY_VERIFY_WITH_TIMEOUT(banner->isVisible(), kPatienceMs);
        QTest::keyClick(window.findChild<QStackedWidget*>(QStringLiteral("pages")), Qt::Key_Escape);
        QVERIFY(!banner->isVisible());
    }

    void anErrorStaysWhileOtherWorkBeginsAndEnds()
    {
        MainWindow window;
        window.show();
        open(window);
        auto* banner = window.findChild<Banner*>();
        window.session().predictions().openModel(format::path(m_folder / "no model.onnx"));
        QTRY_VERIFY_WITH_TIMEOUT(banner->isVisible(), kPatienceMs);
        QCOMPARE(window.session().jobs().failedKind(), JobKind::Model);
        window.session().views().save(format::path(m_folder / "saved views"));
        QTRY_VERIFY_WITH_TIMEOUT(window.session().idle(), kPatienceMs);
        QVERIFY(banner->isVisible());
        window.session().predictions().openModel(format::path(m_folder / "no model.onnx"));
        QVERIFY(!banner->isVisible());
        QTRY_VERIFY_WITH_TIMEOUT(banner->isVisible(), kPatienceMs);
    }

    void aNoteHasTheSignOfItsKind()
    {
        QWidget room;
        Banner banner(&room);
        banner.showNote(Banner::Note::Good, QStringLiteral("It is."), {}, {});
        QCOMPARE(banner.sign(), QStringLiteral("check"));
        banner.settle(QStringLiteral("reading"));
        QVERIFY(!banner.isHidden());
        banner.showNote(Banner::Note::Attention, QStringLiteral("It is not."), {}, {});
        QCOMPARE(banner.sign(), QStringLiteral("warning"));
        banner.showError({ ErrorCode::NotFound, "gone", {}, {} }, {}, QStringLiteral("reading"));
        banner.settle(QStringLiteral("writing"));
        QVERIFY(!banner.isHidden());
        banner.settle(QStringLiteral("reading"));
        QVERIFY(banner.isHidden());
    }

    void whatHoversIsAnnouncedAndDroppingDoesIt()
    {
        MainWindow window;
        window.show();
        auto* overlay = window.findChild<DropOverlay*>();
        QMimeData mime;
        mime.setUrls({ QUrl::fromLocalFile(m_data) });
        dragOver(window, mime);
        QVERIFY(overlay->isVisible());
        QDragLeaveEvent leave;
        QCoreApplication::sendEvent(&window, &leave);
        QVERIFY(!overlay->isVisible());
        dragOver(window, mime);
        QDropEvent drop(QPointF(400, 300), Qt::CopyAction, &mime, Qt::LeftButton, Qt::NoModifier);
        QCoreApplication::sendEvent(&window, &drop);
        QVERIFY(!overlay->isVisible());
        QTRY_VERIFY_WITH_TIMEOUT(window.session().dataset(), kPatienceMs);
    }

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

    void theGeometryIsRemembered()
    {
        QSize size;
        {
            MainWindow window;
            window.show();
            window.resize(1101, 701);
            size = window.size();
            window.close();
        }
        MainWindow window;
        QCOMPARE(window.size(), size);
    }

    void everyPageFitsInTheSmallestWindow()
    {
        MainWindow window;
        window.show();
        open(window);
        window.resize(window.minimumSize());
        auto* pages = window.findChild<QStackedWidget*>(QStringLiteral("pages"));
        for (const Page page : kPages) {
            window.showPage(page);
            QCoreApplication::processEvents();
            const QWidget* shown = pages->currentWidget();
            const QSize least = shown->minimumSizeHint();
            QVERIFY2(least.width() <= shown->width() && least.height() <= shown->height(),
                qPrintable(QStringLiteral("page %1 is %2 x %3 and wants %4 x %5")
                               .arg(static_cast<int>(page))
                               .arg(shown->width())
                               .arg(shown->height())
                               .arg(least.width())
                               .arg(least.height())));
            // A page that does not fit is laid out beyond the window.
            QVERIFY(
                window.rect().contains(QRect(shown->mapTo(&window, QPoint(0, 0)), shown->size())));
        }
    }

    void startingOverEmptiesEverything()
    {
        MainWindow window;
        window.show();
        open(window);
        window.session().reset();
        QVERIFY(window.findChild<StartPage*>()->isVisible());
        QCOMPARE(window.session().state(), RunState::NoDataset);
    }
};

QTEST_MAIN(TestMainWindow)
#include "tst_main_window.moc"
