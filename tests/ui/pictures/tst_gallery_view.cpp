#include "ui/base/theme.h"
#include "ui/pictures/gallery_roles.h"
#include "ui/pictures/gallery_view.h"
#include "ui/pictures/thumbnail_service.h"

#include <QAbstractListModel>
#include <QScrollBar>
#include <QSignalSpy>
#include <QTest>

using namespace vernier::ui;

namespace {

/// Rows in sections of a given size; counts how often it is asked.
class Rows : public QAbstractListModel {
public:
    Rows(int rows, int sectionSize) : m_rows(rows), m_sectionSize(sectionSize) { }

    int rowCount(const QModelIndex& parent = {}) const override
    {
        return parent.isValid() ? 0 : m_rows;
    }
    QVariant data(const QModelIndex& index, int role) const override
    {
        ++asked;
        if (role == PathRole)
            return QStringLiteral("/nowhere/%1.jpg").arg(index.row());
        if (role == CaptionRole)
            return QStringLiteral("picture %1").arg(index.row());
        if (role == SectionRole && m_sectionSize > 0)
            return QStringLiteral("section %1").arg(index.row() / m_sectionSize);
        if (role == WrongRole)
            return index.row() == wrongRow;
        return {};
    }
    void shrink(int rows)
    {
        beginRemoveRows({}, rows, m_rows - 1);
        m_rows = rows;
        endRemoveRows();
    }

    mutable int asked = 0;
    int wrongRow = -1;

private:
    int m_rows;
    int m_sectionSize;
};

} // namespace

class TestGalleryView : public QObject {
    Q_OBJECT

private:
    ThumbnailService m_thumbnails;

    void show(GalleryView& view)
    {
        view.resize(700, 500);
        view.show();
        QVERIFY(QTest::qWaitForWindowExposed(&view));
        QTest::qWait(20);
    }

private Q_SLOTS:
    void initTestCase() { theme::apply(Scheme::Light); }

    void everyCellIsFoundAtItsOwnCentre()
    {
        Rows rows(100, 7);
        GalleryView view(m_thumbnails);
        view.setModel(&rows);
        show(view);
        for (int row = 0; row < 100; ++row) {
            const QModelIndex index = rows.index(row);
            QCOMPARE(view.indexAt(view.visualRect(index).center()), index);
        }
    }

    void noTwoCellsOverlapAndSectionsFollowEachOther()
    {
        Rows rows(50, 9);
        GalleryView view(m_thumbnails);
        view.setModel(&rows);
        show(view);
        for (int a = 0; a < 50; ++a) {
            for (int b = a + 1; b < 50; ++b)
                QVERIFY(!view.visualRect(rows.index(a)).intersects(view.visualRect(rows.index(b))));
        }
        QVERIFY(view.visualRect(rows.index(9)).top() > view.visualRect(rows.index(8)).bottom());
        QCOMPARE(view.visualRect(rows.index(9)).left(), view.visualRect(rows.index(0)).left());
    }

    void scrollingAsksForWhatIsVisibleOnly()
    {
        Rows rows(10000, 2500);
        GalleryView view(m_thumbnails);
        view.setModel(&rows);
        show(view);
        rows.asked = 0;
        view.verticalScrollBar()->setValue(view.verticalScrollBar()->maximum() / 2);
        QTest::qWait(50);
        QVERIFY(rows.asked > 0);
        QVERIFY2(rows.asked < 1000, qPrintable(QString::number(rows.asked)));
    }

    void arrowKeysReachEveryPictureAndCrossSections()
    {
        Rows rows(23, 5);
        GalleryView view(m_thumbnails);
        view.setModel(&rows);
        show(view);
        view.setCurrentIndex(rows.index(0));
        for (int row = 1; row < 23; ++row) {
            QTest::keyClick(&view, Qt::Key_Right);
            QCOMPARE(view.currentIndex().row(), row);
        }
        QTest::keyClick(&view, Qt::Key_Right);
        QCOMPARE(view.currentIndex().row(), 22);
        QTest::keyClick(&view, Qt::Key_Home);
        QCOMPARE(view.currentIndex().row(), 0);
        int before = -1;
        while (view.currentIndex().row() != before) {
            before = view.currentIndex().row();
            QTest::keyClick(&view, Qt::Key_Down);
        }
        QVERIFY(before >= 20);
        QTest::keyClick(&view, Qt::Key_Up);
        QVERIFY(view.currentIndex().row() < before);
        QTest::keyClick(&view, Qt::Key_End);
        QCOMPARE(view.currentIndex().row(), 22);
    }

    void shiftSelectsARangeAndControlAddsOne()
    {
        Rows rows(40, 0);
        GalleryView view(m_thumbnails);
        view.setModel(&rows);
        show(view);
        const auto click = [&](int row, Qt::KeyboardModifiers modifiers) {
            QTest::mouseClick(view.viewport(), Qt::LeftButton, modifiers,
                view.visualRect(rows.index(row)).center());
        };
        click(2, {});
        click(9, Qt::ShiftModifier);
        QCOMPARE(view.selectionModel()->selectedIndexes().size(), 8);
        click(0, Qt::ControlModifier);
        QCOMPARE(view.selectionModel()->selectedIndexes().size(), 9);
        click(3, {});
        QCOMPARE(view.selectionModel()->selectedIndexes().size(), 1);
    }

    void scrollToBringsAPictureIntoView()
    {
        Rows rows(1000, 100);
        GalleryView view(m_thumbnails);
        view.setModel(&rows);
        show(view);
        view.scrollTo(rows.index(777));
        QVERIFY(view.viewport()->rect().contains(view.visualRect(rows.index(777))));
        view.scrollTo(rows.index(3));
        QVERIFY(view.viewport()->rect().contains(view.visualRect(rows.index(3))));
    }

    void aNewSizeKeepsWhatIsAtTheTop()
    {
        Rows rows(1000, 0);
        GalleryView view(m_thumbnails);
        view.setModel(&rows);
        show(view);
        view.scrollTo(rows.index(500), QAbstractItemView::PositionAtTop);
        QSignalSpy changed(&view, &GalleryView::edgeChanged);
        view.setEdge(64);
        QCOMPARE(changed.count(), 1);
        QVERIFY(view.viewport()->rect().intersects(view.visualRect(rows.index(500))));
        view.setEdge(9999);
        QCOMPARE(view.edge(), GalleryView::kMaxEdge);
    }

    void removedRowsLeaveNoCellBehind()
    {
        Rows rows(300, 50);
        GalleryView view(m_thumbnails);
        view.setModel(&rows);
        show(view);
        view.scrollTo(rows.index(299));
        rows.shrink(3);
        QTest::qWait(20);
        QCOMPARE(view.verticalScrollBar()->maximum(), 0);
        QCOMPARE(view.indexAt(view.visualRect(rows.index(2)).center()), rows.index(2));
    }

    void anEmptyModelIsNoTrouble()
    {
        Rows rows(0, 0);
        GalleryView view(m_thumbnails);
        view.setModel(&rows);
        show(view);
        QVERIFY(!view.indexAt({ 50, 50 }).isValid());
        QTest::keyClick(&view, Qt::Key_Down);
        view.setEdge(200);
        view.grab();
    }

    void aWrongPictureHasAnOutlineThatOthersHaveNot()
    {
        Rows rows(2, 0);
        GalleryView view(m_thumbnails);
        view.setModel(&rows);
        show(view);
        const QImage before = view.viewport()->grab(view.visualRect(rows.index(0))).toImage();
        rows.wrongRow = 0;
        const QImage after = view.viewport()->grab(view.visualRect(rows.index(0))).toImage();
        QVERIFY(before != after);
        QCOMPARE(after.pixelColor(after.width() / 2, after.height() / 2),
            before.pixelColor(before.width() / 2, before.height() / 2));
    }
};

QTEST_MAIN(TestGalleryView)
#include "tst_gallery_view.moc"
