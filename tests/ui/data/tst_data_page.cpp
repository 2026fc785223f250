#include "tests/ui/painted_dataset.h"
#include "ui/base/chip.h"
#include "ui/base/gallery_view.h"
#include "ui/base/theme.h"
#include "ui/base/thumbnail_service.h"
#include "ui/data/data_page.h"
#include "ui/data/problems_dialog.h"
#include "ui/session.h"

#include <QMenu>
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

    void theContextMenuRelabelsWhatIsSelectedAndKeepsItSelected()
    {
        const auto shown = show();
        QItemSelectionModel* selection = shown->gallery->selectionModel();
        for (const int row : { 0, 1, 2 })
            selection->select(shown->gallery->model()->index(row, 0), QItemSelectionModel::Select);
        bool chosen = false;
        QTimer::singleShot(50, [&] {
            auto* menu = qobject_cast<QMenu*>(QApplication::activePopupWidget());
            QVERIFY(menu);
            for (QAction* action : menu->actions()) {
                if (action->menu() && action->text() == QStringLiteral("Class")) {
                    action->menu()->actions().at(1)->trigger();
                    chosen = true;
                }
            }
            menu->close();
        });
        Q_EMIT shown->gallery->customContextMenuRequested(
            shown->gallery->visualRect(shown->gallery->model()->index(0, 0)).center());
        QVERIFY(chosen);
        QCOMPARE(shown->chip(QStringLiteral("amber"))->count(), 15);
        QCOMPARE(selection->selectedIndexes().size(), 3);
        shown->session.undoStack()->undo();
        QCOMPARE(shown->chip(QStringLiteral("amber"))->count(), 18);
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
        for (const QWidget* widget : shown->page.findChildren<QWidget*>()) {
            if (widget->focusPolicy() == Qt::NoFocus || !widget->isVisible()
                || widget->objectName().startsWith(QStringLiteral("qt_")))
                continue;
            const bool named = !widget->accessibleName().isEmpty();
            QVERIFY2(named, widget->metaObject()->className());
        }
    }
};

QTEST_MAIN(TestDataPage)
#include "tst_data_page.moc"
