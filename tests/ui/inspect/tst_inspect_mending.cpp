#include "core/dataset/edit.h"
#include "tests/ui/inspect/made_evaluation.h"
#include "ui/base/theme.h"
#include "ui/inspect/inspect_view.h"
#include "ui/pictures/gallery_roles.h"
#include "ui/pictures/gallery_view.h"
#include "ui/pictures/large_view.h"
#include "ui/pictures/mend.h"
#include "ui/pictures/picture_actions.h"
#include "ui/pictures/thumbnail_service.h"

#include <QLabel>
#include <QTest>

using namespace vernier;
using namespace vernier::ui;
using namespace vernier::test;

/// Mending mistakes in Inspect's gallery by the keys.
class TestInspectMending : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase() { theme::apply(Scheme::Light); }
    void init()
    {
        m_thumbnails = std::make_unique<ThumbnailService>();
        m_view = std::make_unique<InspectView>(*m_thumbnails);
    }
    void cleanup()
    {
        m_view.reset();
        m_thumbnails.reset();
    }

    void theKeysMendInTheGalleryAndTheNextMistakeFollows();
    void aHundredMistakesNeedNoMouse();
    void aPictureThatIsMendedLargeGivesWayToTheNext();
    void whatWasMendedIsMarkedInTheGallery();

private:
    GalleryView* gallery() { return m_view->findChild<GalleryView*>(); }
    int shown() { return gallery()->model()->rowCount(); }
    QString allText()
    {
        QStringList texts;
        for (const QLabel* label : m_view->findChildren<QLabel*>())
            texts.append(label->text());
        return texts.join(QLatin1Char('\n'));
    }

    /// Shows it, and does what is wanted of its pictures.
    void mendAsASession(const MadeEvaluation& made);

    std::unique_ptr<ThumbnailService> m_thumbnails;
    std::unique_ptr<InspectView> m_view;
    MadeEvaluation m_made;
    SnapshotPtr m_found;
    int m_changes = 0;
};

void TestInspectMending::mendAsASession(const MadeEvaluation& made)
{
    m_made = made;
    m_found = made.dataset;
    m_changes = 0;
    m_view->setEvaluation(made.evaluation, made.dataset);
    m_view->resize(1192, 704);
    m_view->show();
    QVERIFY(QTest::qWaitForWindowExposed(m_view.get()));
    m_view->pictures().setDataset(m_made.dataset, m_found);
    const auto change = [this](SnapshotPtr next) {
        ++m_changes;
        m_made.dataset = std::move(next);
        std::vector<ScoredImage> images;
        for (ScoredImage scored : m_made.evaluation->images) {
            const ImageEntry& entry = m_made.dataset->images[scored.image];
            if (entry.split != Split::Validation)
                continue;
            scored.judgeAs(entry.label);
            images.push_back(scored);
        }
        m_made.evaluation = std::make_shared<Evaluation>(
            evaluate(Split::Validation, m_made.dataset->classes, std::move(images)));
        m_view->setEvaluation(m_made.evaluation, m_made.dataset, m_found);
        m_view->pictures().setDataset(m_made.dataset, m_found);
    };
    PictureActions* pictures = &m_view->pictures();
    connect(pictures, &PictureActions::relabelRequested, m_view.get(),
        [this, change](const std::vector<Relabelling>& wishes) {
            SnapshotPtr next = m_made.dataset;
            for (const Relabelling& wish : wishes)
                next = relabelled(next, wish.images, wish.label);
            change(next);
        });
    connect(pictures, &PictureActions::moveRequested, m_view.get(),
        [this, change](const std::vector<std::size_t>& images, Split split) {
            change(moved(m_made.dataset, images, split));
        });
    connect(pictures, &PictureActions::confirmRequested, m_view.get(),
        [this, change](const std::vector<std::size_t>& images, bool right) {
            change(confirmed(m_made.dataset, images, right));
        });
    m_view->activateWindow();
    gallery()->setFocus();
    QVERIFY(QTest::qWaitForWindowActive(m_view.get()));
}

void TestInspectMending::theKeysMendInTheGalleryAndTheNextMistakeFollows()
{
    // Wrong are 3, 1 and 4, the surest first.
    mendAsASession(antsAndBees());
    QCOMPARE(shown(), 3);
    const auto select = [this](int row) {
        gallery()->selectionModel()->setCurrentIndex(
            gallery()->model()->index(row, 0), QItemSelectionModel::ClearAndSelect);
    };
    select(0);
    QTest::keyClick(gallery(), Qt::Key_Return);
    QCOMPARE(m_made.dataset->images[3].label, 0);
    QCOMPARE(shown(), 2);
    QCOMPARE(m_view->pictures().images(), std::vector<std::size_t> { 1 });
    // Right as it is: it stays where it is, marked.
    QTest::keyClick(gallery(), Qt::Key_Space);
    QVERIFY(m_made.dataset->images[1].confirmed);
    QCOMPARE(shown(), 2);
    QCOMPARE(m_view->pictures().images(), std::vector<std::size_t> { 4 });
    QTest::keyClick(gallery(), Qt::Key_3);
    QCOMPARE(m_made.dataset->images[4].label, 2);
    // Neither of both: it is wrong still.
    QCOMPARE(shown(), 2);
    QTest::keyClick(gallery(), Qt::Key_Delete);
    QCOMPARE(m_made.dataset->images[4].split, Split::LeftOut);
    QCOMPARE(shown(), 1);
    QCOMPARE(m_changes, 4);
    // Several at once.
    gallery()->selectAll();
    QTest::keyClick(gallery(), Qt::Key_V, Qt::ShiftModifier);
    QCOMPARE(m_changes, 5);
}

void TestInspectMending::aHundredMistakesNeedNoMouse()
{
    std::vector<Scored> pictures;
    for (int i = 0; i < 100; ++i)
        pictures.push_back({ i % 2, 1 - i % 2, 0.5F + static_cast<float>(i) / 250 });
    mendAsASession(madeEvaluation({ "ants", "bees" }, pictures));
    QTest::keyClick(gallery(), Qt::Key_Home);
    for (int i = 0; i < 100; ++i)
        QTest::keyClick(gallery(), Qt::Key_Return);
    QCOMPARE(m_changes, 100);
    QCOMPARE(m_made.evaluation->right, 100);
    QCOMPARE(shown(), 0);
}

void TestInspectMending::aPictureThatIsMendedLargeGivesWayToTheNext()
{
    mendAsASession(antsAndBees());
    auto* large = m_view->findChild<LargeView*>();
    Q_EMIT gallery()->activated(gallery()->model()->index(0, 0));
    QTest::keyClick(large, Qt::Key_Return);
    QVERIFY(large->isVisible());
    QVERIFY(allText().contains(QStringLiteral("b.jpg")));
    QTest::keyClick(large, Qt::Key_Return);
    QTest::keyClick(large, Qt::Key_Return);
    QCOMPARE(m_changes, 3);
    QVERIFY(!large->isVisible());
    QVERIFY(allText().contains(QStringLiteral("Nothing is wrong here.")));
}

void TestInspectMending::whatWasMendedIsMarkedInTheGallery()
{
    mendAsASession(antsAndBees());
    gallery()->selectionModel()->setCurrentIndex(
        gallery()->model()->index(1, 0), QItemSelectionModel::ClearAndSelect);
    const auto mend = [this](int row) {
        return static_cast<Mend>(gallery()->model()->index(row, 0).data(MendRole).toInt());
    };
    QCOMPARE(mend(1), Mend::None);
    QTest::keyClick(gallery(), Qt::Key_Space);
    QCOMPARE(mend(1), Mend::Confirmed);
    QTest::keyClick(gallery(), Qt::Key_3);
    QCOMPARE(mend(2), Mend::Changed);
}

QTEST_MAIN(TestInspectMending)
#include "tst_inspect_mending.moc"
