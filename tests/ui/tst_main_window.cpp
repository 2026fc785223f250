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
#include "ui/session/current_run.h"
#include "ui/session/job_board.h"
#include "ui/session/predictions.h"
#include "ui/session/view_saver.h"
#include "ui/train/train_page.h"

#include <QAbstractItemView>
#include <QApplication>
#include <QDragEnterEvent>
#include <QLineEdit>
#include <QMenuBar>
#include <QMimeData>
#include <QPushButton>
#include <QRegularExpression>
#include <QSettings>
#include <QStackedWidget>
#include <QTest>
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
