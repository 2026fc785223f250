#include "tests/ui/pictures/mended_gallery.h"
#include "tests/ui/silent_controls.h"
#include "ui/base/theme.h"
#include "ui/pictures/large_view.h"
#include "ui/pictures/picture_pane.h"
#include "ui/pictures/probability_bars.h"

#include <QApplication>
#include <QLabel>
#include <QMenu>
#include <QPushButton>
#include <QTimer>
#include <QToolButton>

using namespace vernier;
using namespace vernier::ui;
using test::MendedGallery;

class TestLargeView : public QObject {
    Q_OBJECT

private:
    std::unique_ptr<MendedGallery> m_page;
    LargeView* m_large = nullptr;

    int row() const { return m_page->gallery.currentIndex().row(); }
    void press(Qt::Key key) { QTest::keyClick(m_large, key); }
    void open(int row)
    {
        Q_EMIT m_page->gallery.activated(m_page->model.index(row));
        QVERIFY(m_large->isVisible());
    }
    bool says(const QString& text) const
    {
        const auto labels = m_large->findChildren<QLabel*>();
        return std::any_of(labels.begin(), labels.end(),
            [&](const QLabel* label) { return label->isVisible() && label->text() == text; });
    }

private Q_SLOTS:
    void initTestCase() { theme::apply(Scheme::Light); }
    void init()
    {
        m_page = std::make_unique<MendedGallery>();
        m_large = new LargeView(m_page->actions, m_page->stack);
        QVERIFY(m_page->bringUp());
    }
    void cleanup() { m_page.reset(); }

    void aDoubleClickOpensItAndArrowsGoOn()
    {
        const QPoint at = m_page->gallery.visualRect(m_page->model.index(2)).center();
        QVERIFY(!m_large->isVisible());
        QTest::mouseClick(m_page->gallery.viewport(), Qt::LeftButton, {}, at);
        QTest::mouseDClick(m_page->gallery.viewport(), Qt::LeftButton, {}, at);
        QTRY_VERIFY(m_large->isVisible());
        QVERIFY(!m_page->gallery.isVisible());
        QVERIFY(m_large->hasFocus());
        QVERIFY(says(QStringLiteral("3 of 8")));
        press(Qt::Key_Right);
        QCOMPARE(row(), 3);
        QVERIFY(says(QStringLiteral("3.jpg")));
        press(Qt::Key_End);
        QCOMPARE(row(), 7);
        press(Qt::Key_Right);
        QCOMPARE(row(), 7);
        press(Qt::Key_Home);
        QCOMPARE(row(), 0);
        press(Qt::Key_Left);
        QCOMPARE(row(), 0);
        press(Qt::Key_Down);
        QCOMPARE(m_page->selected(), QList<int> { 1 });
        press(Qt::Key_Escape);
        QVERIFY(!m_large->isVisible());
        QVERIFY(m_page->gallery.hasFocus());
        QCOMPARE(m_page->selected(), QList<int> { 1 });
    }

    void aKeyOpensAndClosesIt()
    {
        m_page->select({ 4 });
        QTest::keyClick(&m_page->gallery, Qt::Key_F3);
        QVERIFY(m_large->isVisible());
        press(Qt::Key_F3);
        QVERIFY(!m_large->isVisible());
    }

    void theKeysOfTheGalleryMendHereToo()
    {
        m_page->model.predicted = { "bees", "ants", "bees" };
        open(0);
        press(Qt::Key_Return);
        QCOMPARE(m_page->dataset->images[0].label, 1);
        QCOMPARE(row(), 1);
        press(Qt::Key_Space);
        QVERIFY(m_page->dataset->images[1].confirmed);
        press(Qt::Key_Delete);
        QCOMPARE(m_page->dataset->images[2].split, Split::LeftOut);
        press(Qt::Key_2);
        QCOMPARE(m_page->dataset->images[3].label, 1);
        QCOMPARE(row(), 4);
        QCOMPARE(m_page->changes, 4);
        QVERIFY(m_large->isVisible());
        // What a key can't do is said beside the picture.
        press(Qt::Key_Return);
        QVERIFY(says(QStringLiteral("Nothing is predicted here yet.")));
        QVERIFY(m_large->isVisible());
    }

    void itFollowsWhatLeavesAndClosesWithTheLast()
    {
        m_page->model.shownClass = 0;
        m_page->setDataset(m_page->dataset);
        open(2);
        press(Qt::Key_2);
        QVERIFY(says(QStringLiteral("3.jpg")));
        QVERIFY(says(QStringLiteral("3 of 3")));
        for (int left = 3; left > 0; --left) {
            QVERIFY(m_large->isVisible());
            press(Qt::Key_2);
        }
        QVERIFY(!m_large->isVisible());
    }

    void theFactsAreThoseOfNow()
    {
        m_page->model.predicted = { "wasps" };
        open(0);
        for (const char* fact : { "ants", "Train", "landscape", "0.jpg" })
            QVERIFY2(says(QLatin1String(fact)), fact);
        QVERIFY(says(format::pixels(40, 30)));
        QVERIFY(says(format::bytes(2000)));
        QVERIFY(!says(QStringLiteral("Mended")));
        QVERIFY(says(QStringLiteral("wasps with %1.").arg(format::percent(0.7F))));
        const auto* bars = m_large->findChild<ProbabilityBars*>();
        QVERIFY(bars->isVisible());
        QVERIFY(bars->accessibleDescription().startsWith(QStringLiteral("wasps")));
        // Undo, or a change elsewhere.
        m_page->change(moved(relabelled(m_page->dataset, { 0 }, 1), { 0 }, Split::Test));
        for (const char* fact : { "bees", "Test", "Mended", "was ants, was in train" })
            QVERIFY2(says(QLatin1String(fact)), fact);
        press(Qt::Key_Right);
        QVERIFY(!bars->isVisible());
        QVERIFY(!says(QStringLiteral("Mended")));
    }

    void aPictureOfElsewhereHasNoClass()
    {
        m_page->model.foreign = { 3 };
        open(3);
        QVERIFY(says(QStringLiteral("3.jpg")));
        QVERIFY(!says(QStringLiteral("Class")));
        QVERIFY(!says(QStringLiteral("Split")));
        press(Qt::Key_Left);
        QVERIFY(says(QStringLiteral("Class")));
    }

    void theMenuIsTheGallerys()
    {
        open(1);
        QStringList entries;
        const auto look = [&] {
            QTimer::singleShot(0, m_page.get(), [&] {
                auto* menu = qobject_cast<QMenu*>(QApplication::activePopupWidget());
                for (const QAction* action : menu ? menu->actions() : QList<QAction*>())
                    entries << action->text();
                if (menu)
                    menu->close();
            });
        };
        look();
        m_large->findChild<QPushButton*>()->click();
        QVERIFY(entries.contains(QStringLiteral("&Class")));
        const QStringList byButton = entries;
        entries.clear();
        look();
        QContextMenuEvent event(
            QContextMenuEvent::Mouse, QPoint(20, 20), m_large->mapToGlobal(QPoint(20, 20)));
        QCoreApplication::sendEvent(m_large->findChild<PicturePane*>(), &event);
        QCOMPARE(entries, byButton);
    }

    void aLongNameIsElidedInItsMiddle()
    {
        auto named = std::make_shared<DatasetSnapshot>(*m_page->dataset);
        named->images[1].path = std::string(120, 'n') + "_7.jpg";
        m_page->setDataset(named);
        open(1);
        const QString path = m_page->model.index(1).data(PathRole).toString();
        for (const QLabel* label : m_large->findChildren<QLabel*>()) {
            if (label->toolTip() != path)
                continue;
            QVERIFY(label->fontMetrics().horizontalAdvance(label->text()) <= label->width());
            QVERIFY(label->text().startsWith(QLatin1Char('n')));
            QVERIFY(label->text().endsWith(QStringLiteral("_7.jpg")));
            return;
        }
        QFAIL("no label has the name");
    }

    void everyControlSaysWhatItIs()
    {
        m_page->model.predicted = { "bees" };
        open(0);
        QCOMPARE(test::silentControls(*m_large), QString());
    }

    void tabReachesItsButtonsInTheOrderOfTheEye()
    {
        open(1);
        QStringList order;
        for (int i = 0; i < 4; ++i) {
            QTest::keyClick(QApplication::focusWidget(), Qt::Key_Tab);
            order << QApplication::focusWidget()->accessibleName();
        }
        QCOMPARE(order,
            (QStringList { "Previous picture (left arrow)", "Next picture (right arrow)",
                "Back (Escape)", "Mend" }));
    }
};

QTEST_MAIN(TestLargeView)
#include "tst_large_view.moc"
