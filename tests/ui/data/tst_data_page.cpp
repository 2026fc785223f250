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
#include "ui/pictures/thumbnail_service.h"
#include "ui/session/session.h"

#include <QLabel>
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
                    if (action->text() != text)
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

    void aDoubleClickOpensThePictureLargeAndArrowsGoOn()
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
        QTest::keyClick(large, Qt::Key_End);
        QCOMPARE(shown->gallery->currentIndex().row(), 35);
        QTest::keyClick(large, Qt::Key_Right);
        QCOMPARE(shown->gallery->currentIndex().row(), 35);
        QTest::keyClick(large, Qt::Key_Home);
        QCOMPARE(shown->gallery->currentIndex().row(), 0);
        QTest::keyClick(large, Qt::Key_Escape);
        QVERIFY(!large->isVisible());
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

    void movingToAnotherSplitKeepsTheSelectionWhereTheGridStillShowsIt()
    {
        const auto shown = show();
        const QString moved = shown->pathAt(4);
        QVERIFY(shown->choose(4, QStringLiteral("Split"), 1));
        QCOMPARE(shown->pathAt(shown->gallery->currentIndex().row()), moved);
        shown->chip(QStringLiteral("Train"))->click();
        const QString next = shown->pathAt(5);
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
        shown->page.activateWindow();
        shown->gallery->setFocus();
        QVERIFY(QTest::qWaitForWindowActive(&shown->page));
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

    void aLongNameIsElidedInItsMiddle()
    {
        LargeView large;
        large.resize(900, 600);
        large.show();
        const auto nameOf = [&](const QString& file) {
            LargeView::Facts facts;
            facts.path = QStringLiteral("/pictures/") + file;
            large.present(facts);
            for (const QLabel* label : large.findChildren<QLabel*>()) {
                if (label->toolTip() == facts.path)
                    return label->fontMetrics().horizontalAdvance(label->text()) <= label->width()
                        ? label->text()
                        : QStringLiteral("cut");
            }
            return QString();
        };
        QCOMPARE(nameOf(QStringLiteral("ant.jpg")), QStringLiteral("ant.jpg"));
        const QString shown = nameOf(QString(120, QLatin1Char('n')) + QStringLiteral("_7.jpg"));
        QVERIFY2(shown.startsWith(QLatin1Char('n')), qPrintable(shown));
        QVERIFY2(shown.endsWith(QStringLiteral("_7.jpg")) && shown.size() < 120, qPrintable(shown));
    }

    void anotherFolderForgetsTheFilter()
    {
        const auto shown = show();
        shown->chip(QStringLiteral("amber"))->click();
        const QString other = test::paintedDataset(m_folder, "other", 4);
        shown->session.openFolder(other);
        QTRY_COMPARE(shown->rows(), 12);
        QVERIFY(!shown->chip(QStringLiteral("amber"))->isChecked());
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
