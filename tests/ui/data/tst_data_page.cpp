#include "tests/ui/painted_dataset.h"
#include "tests/ui/silent_controls.h"
#include "ui/base/chip.h"
#include "ui/base/commands.h"
#include "ui/base/theme.h"
#include "ui/data/data_page.h"
#include "ui/data/dataset_model.h"
#include "ui/data/problems_dialog.h"
#include "ui/pictures/gallery_roles.h"
#include "ui/pictures/gallery_view.h"
#include "ui/pictures/hint_line.h"
#include "ui/pictures/large_view.h"
#include "ui/pictures/thumbnail_service.h"
#include "ui/session/session.h"

#include <QLabel>
#include <QLineEdit>
#include <QMenu>
#include <QPushButton>
#include <QScrollBar>
#include <QSignalSpy>
#include <QSlider>
#include <QTableWidget>
#include <QTest>
#include <QTimer>

using namespace vernier;
using namespace vernier::ui;
using test::TemporaryFolder;

class TestDataPage : public QObject {
    Q_OBJECT

private:
    TemporaryFolder m_folder;
    QString m_data;

    struct Shown {
        Session session;
        ThumbnailService thumbnails;
        DataPage page { session, thumbnails };
        GalleryView* gallery = page.findChild<GalleryView*>();

        int rows() const { return gallery->model()->rowCount(); }
        QString pathAt(int row) const
        {
            return gallery->model()->index(row, 0).data(PathRole).toString();
        }
        bool active()
        {
            page.activateWindow();
            gallery->setFocus();
            return QTest::qWaitForWindowActive(&page);
        }
        bool says(const QString& text) const
        {
            const auto labels = page.findChildren<QLabel*>();
            return std::any_of(labels.begin(), labels.end(),
                [&](const QLabel* label) { return label->isVisible() && label->text() == text; });
        }
        /// An entry of the context menu of a picture, or of a submenu of it.
        bool choose(int row, const QString& text, int entry = -1)
        {
            bool chosen = false;
            QTimer::singleShot(50, &page, [&] {
                auto* menu = qobject_cast<QMenu*>(QApplication::activePopupWidget());
                QVERIFY(!menu || menu->toolTipsVisible());
                for (QAction* action : menu ? menu->actions() : QList<QAction*>()) {
                    if (withoutMnemonic(action->text()) != text)
                        continue;
                    (action->menu() ? action->menu()->actions().at(entry) : action)->trigger();
                    chosen = true;
                }
                if (menu)
                    menu->close();
            });
            const QModelIndex index = gallery->model()->index(row, 0);
            gallery->scrollTo(index);
            Q_EMIT gallery->customContextMenuRequested(gallery->visualRect(index).center());
            return chosen;
        }
        Chip* chip(const QString& text) const
        {
            for (Chip* chip : page.findChildren<Chip*>()) {
                if (chip->text() == text)
                    return chip;
            }
            return nullptr;
        }
    };

    std::unique_ptr<Shown> show()
    {
        auto shown = std::make_unique<Shown>();
        shown->page.resize(1100, 700);
        shown->page.show();
        shown->session.openFolder(m_data);
        if (!QTest::qWaitFor([&] { return shown->session.dataset() != nullptr; }))
            return {};
        return shown;
    }

private Q_SLOTS:
    void foldersThatLookLikeSplitsBecomeClassesByAClick()
    {
        for (const char* name : { "Testing/a", "Training/<b>b" })
            test::writePaintedClass(m_folder, std::filesystem::path("splits") / name, 2, 0);
        Shown shown;
        shown.page.resize(1100, 700);
        shown.page.show();
        const auto button = [&](const QString& text) -> QPushButton* {
            for (auto* each : shown.page.findChildren<QPushButton*>()) {
                if (each->isVisible() && each->text() == text)
                    return each;
            }
            return nullptr;
        };
        shown.session.openFolder(format::path(m_folder / "splits"));
        QTRY_VERIFY(button(QStringLiteral("They are classes")));
        QCOMPARE(shown.session.dataset()->classes.size(), std::size_t { 2 });
        bool said = false;
        for (const auto* label : shown.page.findChildren<QLabel*>()) {
            said = said
                || (label->isVisible()
                    && label->text().contains(QStringLiteral("Training as train"))
                    && label->textFormat() == Qt::PlainText);
        }
        QVERIFY(said);
        button(QStringLiteral("They are classes"))->click();
        QTRY_VERIFY(button(QStringLiteral("They are splits")));
        QCOMPARE(
            shown.session.dataset()->classes, (std::vector<std::string> { "Testing", "Training" }));
        button(QStringLiteral("They are splits"))->click();
        QTRY_VERIFY(button(QStringLiteral("They are classes")));
        QCOMPARE(shown.session.dataset()->classes, (std::vector<std::string> { "<b>b", "a" }));
    }

    void initTestCase()
    {
        test::startWithNothingRemembered();
        theme::apply(Scheme::Light);
        m_data = test::paintedDataset(m_folder, "data");
        m_folder.write("data/train/amber/broken.jpg", std::string_view());
    }
    void init() { test::startWithNothingRemembered(); }

    void everyPictureIsShownAndEveryChipCounts()
    {
        const auto shown = show();
        QCOMPARE(shown->rows(), 36);
        QCOMPARE(shown->chip(QStringLiteral("amber"))->count(), 18);
        QCOMPARE(shown->chip(QStringLiteral("Train"))->count(), 24);
        QCOMPARE(shown->chip(QStringLiteral("Test"))->count(), 0);
        QCOMPARE(shown->chip(QStringLiteral("Problems"))->count(), 1);
    }

    void thumbnailsArriveAndArePainted()
    {
        const auto shown = show();
        const QRect cell = shown->gallery->visualRect(shown->gallery->model()->index(0, 0));
        const auto centre = [&] {
            const QImage image = shown->gallery->viewport()->grab(cell).toImage();
            return image.pixelColor(image.width() / 2, image.height() / 2);
        };
        QTRY_VERIFY(centre() != theme::disabledFill() && centre() != theme::surface());
    }

    void aFolderThatIsBeingReadIsLookedThroughOnly()
    {
        const QString slow = test::slowDataset(m_folder, "slow", 400);
        const auto shown = show();
        const SnapshotPtr before = shown->session.dataset();
        shown->session.openFolder(slow);
        QTRY_VERIFY_WITH_TIMEOUT(shown->session.preview(), 60000);
        QCOMPARE(shown->rows(), 600);
        QCOMPARE(shown->chip(QStringLiteral("amber"))->count(), 200);
        const QModelIndex third = shown->gallery->model()->index(2, 0);
        QVERIFY(!third.data(Qt::ToolTipRole).toString().contains(QStringLiteral("pixels")));
        Q_EMIT shown->gallery->activated(third);
        QVERIFY(!shown->page.findChild<LargeView*>()->isVisible());
        QVERIFY(!shown->choose(2, QStringLiteral("Class"), 1));
        QVERIFY(shown->session.dataset() == before);
        auto* bar = shown->gallery->verticalScrollBar();
        shown->gallery->setCurrentIndex(third);
        bar->setValue(120);
        QTRY_VERIFY_WITH_TIMEOUT(shown->session.dataset() != before, 60000);
        QCOMPARE(shown->rows(), 400);
        QCOMPARE(bar->value(), 120);
        QVERIFY(shown->gallery->selectionModel()->selection().isEmpty());
        QVERIFY(shown->gallery->model()
                    ->index(2, 0)
                    .data(Qt::ToolTipRole)
                    .toString()
                    .contains(QStringLiteral("48 × 40 pixels")));
    }

    void aFolderThatIsCancelledLeavesTheOneBefore()
    {
        const QString slow = test::slowDataset(m_folder, "slow to cancel");
        const auto shown = show();
        shown->session.openFolder(slow);
        QTRY_VERIFY_WITH_TIMEOUT(shown->session.preview(), 60000);
        QCOMPARE(shown->rows(), 208);
        shown->session.stop();
        QCOMPARE(shown->rows(), 36);
        QVERIFY(shown->pathAt(0).startsWith(m_data));
    }

    void chipsFilterAndGoTogether()
    {
        const auto shown = show();
        shown->chip(QStringLiteral("amber"))->click();
        QCOMPARE(shown->rows(), 18);
        shown->chip(QStringLiteral("Validation"))->click();
        QCOMPARE(shown->rows(), 6);
        shown->chip(QStringLiteral("blue"))->click();
        QCOMPARE(shown->rows(), 12);
        for (const char* text : { "amber", "blue", "Validation" })
            shown->chip(QLatin1String(text))->click();
        QCOMPARE(shown->rows(), 36);
    }

    void aFilterThatMatchesNothingSaysWhatItIsAndShowsAllAgain()
    {
        const auto shown = show();
        shown->chip(QStringLiteral("Test"))->click();
        QVERIFY(!shown->gallery->isVisible());
        QVERIFY(shown->says(QStringLiteral("No picture is in test.")));
        QCOMPARE(test::silentControls(shown->page), QString());
        shown->chip(QStringLiteral("amber"))->click();
        QVERIFY(shown->says(QStringLiteral("No picture of amber is in test.")));
        shown->chip(QStringLiteral("Validation"))->click();
        QVERIFY(shown->gallery->isVisible());
        shown->chip(QStringLiteral("Validation"))->click();
        for (auto* button : shown->page.findChildren<QPushButton*>()) {
            if (button->text() == QStringLiteral("Show all"))
                button->click();
        }
        QVERIFY(shown->gallery->isVisible());
        QCOMPARE(shown->rows(), 36);
        for (const Chip* chip : shown->page.findChildren<Chip*>())
            QVERIFY(!chip->isChecked());
    }

    void movingTheLastPictureOutOfAFilterLeavesNoEmptyGrid()
    {
        const auto shown = show();
        shown->chip(QStringLiteral("Validation"))->click();
        shown->gallery->selectAll();
        QVERIFY(shown->choose(0, QStringLiteral("Split"), 0));
        QVERIFY(!shown->gallery->isVisible());
        QVERIFY(shown->says(QStringLiteral("No picture is in validation.")));
        shown->session.undoStack()->undo();
        QVERIFY(shown->gallery->isVisible());
        QCOMPARE(shown->rows(), 12);
    }

    void aDoubleClickOpensThePictureLargeAndEscapeGoesBack()
    {
        const auto shown = show();
        auto* large = shown->page.findChild<LargeView*>();
        QVERIFY(!large->isVisible());
        const QModelIndex third = shown->gallery->model()->index(2, 0);
        const QPoint at = shown->gallery->visualRect(third).center();
        QTest::mouseClick(shown->gallery->viewport(), Qt::LeftButton, {}, at);
        QTest::mouseDClick(shown->gallery->viewport(), Qt::LeftButton, {}, at);
        QTRY_VERIFY(large->isVisible());
        QTest::keyClick(large, Qt::Key_Right);
        QCOMPARE(shown->gallery->currentIndex().row(), 3);
        QTest::keyClick(large, Qt::Key_Escape);
        QVERIFY(!large->isVisible());
    }

    void aMendSeenLargeIsTheSessionsAndIsUndone()
    {
        const auto shown = show();
        QVERIFY(shown->active());
        Q_EMIT shown->gallery->activated(shown->gallery->model()->index(0, 0));
        auto* large = shown->page.findChild<LargeView*>();
        QTest::keyClick(large, Qt::Key_2);
        QCOMPARE(shown->session.dataset()->images[0].label, 1);
        QTest::keyClick(large, Qt::Key_Space);
        QVERIFY(shown->session.dataset()->images[1].confirmed);
        QTest::keyClick(large, Qt::Key_Delete);
        QCOMPARE(shown->session.dataset()->images[2].split, Split::LeftOut);
        QVERIFY(large->isVisible());
        for (int i = 0; i < 3; ++i)
            shown->session.undoStack()->undo();
        QVERIFY(large->isVisible());
        QCOMPARE(shown->session.dataset()->images[0].label, 0);
        QVERIFY(!shown->session.dataset()->images[1].confirmed);
        QCOMPARE(shown->session.dataset()->count(Split::LeftOut), 0);
    }

    void aSearchByNameFiltersAndSaysWhereNothingIsFound()
    {
        const auto shown = show();
        QVERIFY(shown->active());
        shown->page.find();
        auto* search = shown->page.findChild<QLineEdit*>();
        QVERIFY(search->hasFocus());
        QTest::keyClicks(search, QStringLiteral("1.JP"));
        // 1.jpg and 11.jpg to train on of both classes, 1.jpg to validate.
        QCOMPARE(shown->rows(), 6);
        QTest::keyClick(search, Qt::Key_Return);
        QVERIFY(shown->gallery->hasFocus());
        shown->chip(QStringLiteral("Validation"))->click();
        QCOMPARE(shown->rows(), 2);
        search->setText(QStringLiteral("val/amber/"));
        QCOMPARE(shown->rows(), 6);
        search->setText(QStringLiteral("amber"));
        QCOMPARE(shown->rows(), 0);
        QVERIFY(shown->says(
            QStringLiteral("No picture that the chips let through has “amber” in its name.")));
        shown->chip(QStringLiteral("Validation"))->click();
        QVERIFY(shown->says(QStringLiteral("No picture has “amber” in its name.")));
        for (auto* button : shown->page.findChildren<QPushButton*>()) {
            if (button->text() == QStringLiteral("Show all"))
                button->click();
        }
        QCOMPARE(search->text(), QString());
        QCOMPARE(shown->rows(), 36);
    }

    void tabFollowsTheEye()
    {
        const auto shown = show();
        QVERIFY(shown->active());
        QTRY_VERIFY(shown->chip(QStringLiteral("Train"))->isVisible());
        shown->page.find();
        QStringList order;
        for (int i = 0; i < 8; ++i) {
            QWidget* widget = QApplication::focusWidget();
            const auto* chip = qobject_cast<Chip*>(widget);
            order << (chip ? chip->text() : widget->accessibleName());
            QTest::keyClick(widget, Qt::Key_Tab);
        }
        QCOMPARE(order,
            (QStringList { "Search by name", "Train", "Validation", "Test", "amber", "blue",
                "Problems", "Size of the thumbnails" }));
        QVERIFY(shown->gallery->hasFocus());
    }

    void theSelectionIsCounted()
    {
        const auto shown = show();
        const auto hint = [&] { return shown->page.findChild<HintLine*>()->text(); };
        QCOMPARE(hint(), QStringLiteral("0 of 36 selected"));
        shown->gallery->selectAll();
        QVERIFY(hint().startsWith(QStringLiteral("36 of 36 selected")));
        shown->chip(QStringLiteral("amber"))->click();
        QVERIFY(hint().startsWith(QStringLiteral("18 of 18 selected")));
    }

    void whatWasMendedIsMarkedAndFiltered()
    {
        const auto shown = show();
        Chip* const mended = shown->chip(QStringLiteral("Mended"));
        QVERIFY(!mended->isVisible());
        const auto cell = [&](int row) {
            const QRect place = shown->gallery->visualRect(shown->gallery->model()->index(row, 0));
            return shown->gallery->viewport()->grab(place).toImage();
        };
        QTRY_VERIFY(shown->thumbnails.queued() == 0);
        QTest::qWait(50);
        const QImage before = cell(3);
        shown->session.pictures().confirm({ 3 });
        QVERIFY(cell(3) != before);
        const QImage confirmed = cell(3);
        shown->session.pictures().moveTo({ 3 }, Split::Test);
        QVERIFY(cell(3) != confirmed);
        shown->session.pictures().relabel({ 5 }, 1);
        shown->session.pictures().moveTo({ 7 }, Split::LeftOut);
        QVERIFY(mended->isVisible());
        QCOMPARE(mended->count(), 3);
        mended->click();
        QCOMPARE(shown->rows(), 3);
        const auto tip = [&](int row) {
            return shown->gallery->model()->index(row, 0).data(Qt::ToolTipRole).toString();
        };
        QVERIFY(tip(0).contains(QStringLiteral("Mended: was in train, said to be right")));
        QVERIFY(tip(1).contains(QStringLiteral("Mended: left out")));
        QVERIFY(tip(2).contains(QStringLiteral("Mended: was amber")));
        shown->chip(QStringLiteral("Validation"))->click();
        QVERIFY(shown->says(QStringLiteral("No picture that was mended passes the chips.")));
        shown->chip(QStringLiteral("Validation"))->click();
        while (shown->session.undoStack()->canUndo())
            shown->session.undoStack()->undo();
        QVERIFY(!mended->isVisible());
        QCOMPARE(shown->rows(), 36);
    }

    void aPictureIsShownWhateverIsFiltered()
    {
        const auto shown = show();
        shown->chip(QStringLiteral("blue"))->click();
        shown->page.findChild<QLineEdit*>()->setText(QStringLiteral("7"));
        Q_EMIT shown->gallery->activated(shown->gallery->model()->index(0, 0));
        shown->page.reveal(4);
        QVERIFY(!shown->page.findChild<LargeView*>()->isVisible());
        QCOMPARE(shown->rows(), 36);
        QCOMPARE(shown->gallery->selectionModel()->selectedIndexes(),
            { shown->gallery->model()->index(4, 0) });
        shown->chip(QStringLiteral("amber"))->click();
        shown->page.reveal(5);
        QCOMPARE(shown->rows(), 18);
        QCOMPARE(shown->gallery->currentIndex().row(), 5);
    }

    void theContextMenuRelabelsWhatIsSelectedAndGoesOnToTheNext()
    {
        const auto shown = show();
        QItemSelectionModel* selection = shown->gallery->selectionModel();
        for (const int row : { 0, 1, 2 })
            selection->select(shown->gallery->model()->index(row, 0), QItemSelectionModel::Select);
        const QString next = shown->pathAt(3);
        QVERIFY(shown->choose(0, QStringLiteral("Class"), 1));
        QCOMPARE(shown->chip(QStringLiteral("amber"))->count(), 15);
        QCOMPARE(selection->selectedIndexes(), { shown->gallery->currentIndex() });
        QCOMPARE(shown->pathAt(shown->gallery->currentIndex().row()), next);
        shown->session.undoStack()->undo();
        QCOMPARE(shown->chip(QStringLiteral("amber"))->count(), 18);
        QCOMPARE(shown->pathAt(3), next);
    }

    void whatCannotBeDoneWithThePicturesSaysWhy()
    {
        const auto shown = show();
        const auto why = [&](CommandId command) {
            return shown->page.findChild<Commands*>()->obstacle(command);
        };
        const auto select = [&](int row) {
            shown->gallery->selectionModel()->select(
                shown->gallery->model()->index(row, 0), QItemSelectionModel::Select);
        };
        const QString none = QStringLiteral("Choose a picture first.");
        QCOMPARE(why(CommandId::LeaveOut), none);
        QCOMPARE(why(CommandId::CopyPicturePath), none);
        QCOMPARE(why(CommandId::SelectAll), QString());
        select(0);
        QCOMPARE(why(CommandId::LeaveOut), QString());
        QCOMPARE(why(CommandId::CopyPicturePath), QString());
        select(1);
        QCOMPARE(why(CommandId::LeaveOut), QString());
        QCOMPARE(why(CommandId::CopyPicturePath), QStringLiteral("Choose one picture only."));
        shown->chip(QStringLiteral("Validation"))->click();
        QVERIFY(!shown->gallery->selectionModel()->hasSelection());
        QCOMPARE(why(CommandId::LeaveOut), none);
    }

    void relabellingLeavesTheGridWhereItIs()
    {
        const auto shown = show();
        shown->gallery->setEdge(GalleryView::kMaxEdge);
        QScrollBar* const bar = shown->gallery->verticalScrollBar();
        bar->setValue(bar->maximum() / 3);
        const int scrolled = bar->value();
        const int row = shown->gallery->indexAt(shown->gallery->viewport()->rect().center()).row();
        QVERIFY(row > 0 && row < 17);
        const QRect place = shown->gallery->visualRect(shown->gallery->model()->index(row, 0));
        const QString next = shown->pathAt(row + 1);
        QVERIFY(shown->choose(row, QStringLiteral("Class"), 1));
        QCoreApplication::processEvents();
        QCOMPARE(bar->value(), scrolled);
        QCOMPARE(shown->pathAt(shown->gallery->currentIndex().row()), next);
        QCOMPARE(shown->gallery->visualRect(shown->gallery->currentIndex()), place);
    }

    void relabellingTheLastPictureGoesBackToTheOneBefore()
    {
        const auto shown = show();
        const QString before = shown->pathAt(34);
        QVERIFY(shown->choose(35, QStringLiteral("Class"), 0));
        QCOMPARE(shown->pathAt(shown->gallery->currentIndex().row()), before);
    }

    void movingToAnotherSplitGoesOnToo()
    {
        const auto shown = show();
        QString next = shown->pathAt(5);
        QVERIFY(shown->choose(4, QStringLiteral("Split"), 1));
        QCOMPARE(shown->pathAt(shown->gallery->currentIndex().row()), next);
        shown->chip(QStringLiteral("Train"))->click();
        next = shown->pathAt(5);
        QVERIFY(shown->choose(4, QStringLiteral("Split"), 1));
        QCOMPARE(shown->pathAt(shown->gallery->currentIndex().row()), next);
    }

    void whatTheRarestClassHasNotIsSelectedToBeMovedAway()
    {
        const auto shown = show();
        QVERIFY(shown->choose(0, QStringLiteral("Class"), 1));
        QVERIFY(shown->choose(0, QStringLiteral("Select surplus training pictures")));
        const QModelIndexList chosen = shown->gallery->selectionModel()->selectedIndexes();
        QCOMPARE(chosen.size(), 2);
        for (const QModelIndex& index : chosen)
            QVERIFY(index.data(PathRole).toString().contains(QStringLiteral("train")));
        std::vector<std::size_t> images;
        for (const QModelIndex& index : chosen)
            images.push_back(
                qobject_cast<DatasetModel*>(shown->gallery->model())->imageAt(index.row()));
        shown->session.pictures().moveTo(images, Split::Test);
        for (ClassIndex label = 0; label < 2; ++label)
            QCOMPARE(shown->session.dataset()->count(label, Split::Train), 11);
        shown->session.undoStack()->undo();
        QCOMPARE(shown->session.dataset()->count(1, Split::Train), 13);
    }

    void deleteLeavesTheSelectedPicturesOutAndUndoTakesThemBack()
    {
        const auto shown = show();
        Chip* const leftOut = shown->chip(QStringLiteral("Left out"));
        QVERIFY(!leftOut->isVisible());
        QVERIFY(shown->choose(0, QStringLiteral("Class"), 1));
        QVERIFY(shown->choose(0, QStringLiteral("Select surplus training pictures")));
        const QModelIndexList chosen = shown->gallery->selectionModel()->selectedIndexes();
        QCOMPARE(chosen.size(), 2);
        const int row = chosen.front().row();
        const QPersistentModelIndex first = chosen.front();
        QVERIFY(!first.data(FaintRole).toBool());
        const int rows = shown->rows();
        QVERIFY(shown->active());
        QTest::keyClick(shown->gallery, Qt::Key_Delete);
        for (ClassIndex label = 0; label < 2; ++label)
            QCOMPARE(shown->session.dataset()->count(label, Split::Train), 11);
        QCOMPARE(shown->session.dataset()->count(Split::LeftOut), 2);
        QCOMPARE(shown->rows(), rows);
        QVERIFY(shown->gallery->model()->index(row, 0).data(FaintRole).toBool());
        QVERIFY(leftOut->isVisible());
        QCOMPARE(leftOut->count(), 2);
        const auto labels = shown->page.findChildren<QLabel*>();
        QVERIFY(std::ranges::any_of(labels, [](const QLabel* label) {
            return label->text().endsWith(QStringLiteral("2 left out"));
        }));
        leftOut->click();
        QCOMPARE(shown->rows(), 2);
        // Of nothing that is left the filter is gone too.
        shown->session.undoStack()->undo();
        QCOMPARE(shown->session.dataset()->count(1, Split::Train), 13);
        QVERIFY(!leftOut->isVisible());
        QCOMPARE(shown->rows(), rows);
    }

    void problemsAreListedWithTheirReason()
    {
        const auto shown = show();
        shown->chip(QStringLiteral("Problems"))->click();
        auto* dialog = shown->page.findChild<ProblemsDialog*>();
        QVERIFY(dialog && dialog->isVisible());
        auto* table = dialog->findChild<QTableWidget*>();
        QCOMPARE(table->rowCount(), 1);
        QVERIFY(table->item(0, 0)->text().contains(QStringLiteral("broken.jpg")));
        QVERIFY(!table->item(0, 1)->text().isEmpty());
        QVERIFY(dialog->findChild<QLabel*>()->text().contains(QStringLiteral("remove it,")));
        QCOMPARE(test::silentControls(*dialog), QString());
    }

    void theSliderAndTheGridAgree()
    {
        const auto shown = show();
        auto* slider = shown->page.findChild<QSlider*>();
        slider->setValue(200);
        QCOMPARE(shown->gallery->edge(), 200);
        shown->gallery->setEdge(80);
        QCOMPARE(slider->value(), 80);
    }

    void theSliderStandsInLineWithTheChips()
    {
        const auto shown = show();
        const auto middle = [&](const QWidget* widget) {
            return widget->mapTo(&shown->page, QPoint(0, 0)).y() + widget->height() / 2;
        };
        const Chip* chip = shown->chip(QStringLiteral("Train"));
        QTRY_COMPARE(middle(shown->page.findChild<QSlider*>()), middle(chip));
        QCOMPARE(middle(shown->chip(QStringLiteral("Problems"))), middle(chip));
    }

    void anotherFolderForgetsTheFilter()
    {
        const auto shown = show();
        shown->chip(QStringLiteral("amber"))->click();
        shown->page.findChild<QLineEdit*>()->setText(QStringLiteral("3"));
        shown->gallery->selectAll();
        const QString other = test::paintedDataset(m_folder, "other", 4);
        shown->session.openFolder(other);
        QTRY_COMPARE(shown->rows(), 12);
        QVERIFY(!shown->chip(QStringLiteral("amber"))->isChecked());
        QVERIFY(shown->page.findChild<QLineEdit*>()->text().isEmpty());
        QVERIFY(!shown->gallery->selectionModel()->hasSelection());
    }

    void everyControlSaysWhatItIs()
    {
        const auto shown = show();
        QCOMPARE(test::silentControls(shown->page), QString());
        shown->gallery->setCurrentIndex(shown->gallery->model()->index(2, 0));
        Q_EMIT shown->gallery->activated(shown->gallery->currentIndex());
        QVERIFY(shown->page.findChild<LargeView*>()->isVisible());
        QCOMPARE(test::silentControls(shown->page), QString());
    }
};

QTEST_MAIN(TestDataPage)
#include "tst_data_page.moc"
