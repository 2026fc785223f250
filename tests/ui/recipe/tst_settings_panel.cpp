#include "tests/ui/painted_dataset.h"
#include "ui/base/theme.h"
#include "ui/recipe/fold_group.h"
#include "ui/recipe/rate_edit.h"
#include "ui/recipe/recipe_page.h"
#include "ui/recipe/setting_row.h"
#include "ui/recipe/settings_panel.h"
#include "ui/session/session.h"

#include <QCheckBox>
#include <QComboBox>
#include <QLineEdit>
#include <QSpinBox>
#include <QTest>

#include <tuple>

using namespace vernier;
using namespace vernier::ui;

namespace {

template <class T> T* editorOf(const RecipePage& page, const QString& key)
{
    SettingRow* row = page.settings()->row(key);
    return row ? qobject_cast<T*>(row->editor()) : nullptr;
}

} // namespace

/// The settings at the side of the Recipe page: rows, groups, and what is wrong with a value.
class TestSettingsPanel : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase() { theme::apply(Scheme::Light); }
    void init() { test::startWithNothingRemembered(); }

    void aChangedValueIsMarkedAndCanBePutBack()
    {
        Session session;
        RecipePage page(session);
        QCOMPARE(page.settings()->changedKeys(), QStringList());
        auto* batch = editorOf<QSpinBox>(page, QStringLiteral("batch_size"));
        const int before = session.recipe().batchSize;
        batch->setValue(before + 12);
        editorOf<QSpinBox>(page, QStringLiteral("phases.epochs"))->setValue(3);
        QCOMPARE(session.recipe().batchSize, before + 12);
        QCOMPARE(page.settings()->changedKeys(),
            (QStringList { QStringLiteral("phases.epochs"), QStringLiteral("batch_size") }));
        SettingRow* row = page.settings()->row(QStringLiteral("batch_size"));
        QVERIFY(row->dot()->toolTip().contains(QString::number(before)));
        row->dot()->click();
        QCOMPARE(session.recipe().batchSize, before);
        QCOMPARE(batch->value(), before);
        QCOMPARE(page.settings()->changedKeys(), QStringList { QStringLiteral("phases.epochs") });
    }

    void everyKindOfEditorWritesToTheRecipe()
    {
        Session session;
        RecipePage page(session);
        auto* pooling = editorOf<QComboBox>(page, QStringLiteral("head.pooling"));
        pooling->setCurrentIndex(1);
        Q_EMIT pooling->activated(1);
        QVERIFY(session.recipe().head.pooling == Pooling::Average);
        editorOf<QDoubleSpinBox>(page, QStringLiteral("head.dropout"))->setValue(25);
        QCOMPARE(session.recipe().head.dropout, 0.25);
        editorOf<QCheckBox>(page, QStringLiteral("pictures.augmentation.horizontal_flip"))->click();
        QVERIFY(session.recipe().augmentation.horizontalFlip);
        auto* decay = editorOf<RateEdit>(page, QStringLiteral("optimizer.weight_decay"));
        decay->stepBy(1);
        QVERIFY(session.recipe().optimizer.weightDecay > 0);
        auto* dense = editorOf<QLineEdit>(page, QStringLiteral("head.dense"));
        dense->selectAll();
        QTest::keyClicks(dense, QStringLiteral("512, 128 tanh 30 %"));
        QTest::keyClick(dense, Qt::Key_Return);
        QCOMPARE(session.recipe().head.dense,
            (std::vector<DenseSpec> { 512, { 128, Activation::Tanh, 0.3 } }));
    }

    void whatBendsATrainingIsSetInThePanelAndPutBack_data()
    {
        QTest::addColumn<QString>("key");
        QTest::addColumn<double>("shown");
        QTest::newRow("smoothing") << "label_smoothing" << 10.0;
        QTest::newRow("mixup") << "mixup" << 0.2;
        QTest::newRow("averages") << "average_decay" << 0.99;
        QTest::newRow("clipping") << "optimizer.clip_norm" << 1.0;
        QTest::newRow("warm-up") << "phases.schedule.warmup" << 10.0;
        QTest::newRow("patience") << "phases.patience" << 4.0;
    }

    void whatBendsATrainingIsSetInThePanelAndPutBack()
    {
        QFETCH(QString, key);
        QFETCH(double, shown);
        Session session;
        RecipePage page(session);
        const Recipe before = session.recipe();
        if (auto* number = editorOf<QDoubleSpinBox>(page, key))
            number->setValue(shown);
        else
            editorOf<QSpinBox>(page, key)->setValue(int(shown));
        QVERIFY(session.recipe() != before);
        QCOMPARE(page.settings()->changedKeys(), QStringList { key });
        page.settings()->row(key)->dot()->click();
        QVERIFY(session.recipe() == before);
        QCOMPARE(page.settings()->changedKeys(), QStringList());
    }

    void aScheduleShowsWhatItNeedsAndNoMore()
    {
        Session session;
        RecipePage page(session);
        page.show();
        auto* kind = editorOf<QComboBox>(page, QStringLiteral("phases.schedule.kind"));
        const auto shown = [&](const char* key) {
            return page.settings()
                ->row(QStringLiteral("phases.schedule.") + QLatin1String(key))
                ->isVisibleTo(page.settings());
        };
        for (const auto& [index, schedule, steps, peak, warmup] :
            { std::tuple { 0, ScheduleKind::Constant, false, false, true },
                std::tuple { 1, ScheduleKind::Step, true, false, true },
                std::tuple { 2, ScheduleKind::Cosine, false, false, true },
                std::tuple { 3, ScheduleKind::OneCycle, false, true, false } }) {
            kind->setCurrentIndex(index);
            Q_EMIT kind->activated(index);
            QCOMPARE(session.recipe().phases.front().schedule.kind, schedule);
            QCOMPARE(shown("drop_every"), steps);
            QCOMPARE(shown("drop_to"), steps);
            QCOMPARE(shown("peak_at"), peak);
            QCOMPARE(shown("warmup"), warmup);
        }
    }

    void whatIsRarelyNeededIsUnderAFoldThatSaysWhatWasChanged()
    {
        Session session;
        RecipePage page(session);
        page.show();
        SettingRow* row = page.settings()->row(QStringLiteral("mixup"));
        QVERIFY(!row->isVisible());
        auto* fold = page.findChild<FoldGroup*>(QStringLiteral("Training/More"));
        QVERIFY(fold->folded());
        const QImage before = fold->grab().toImage();
        Recipe recipe = session.recipe();
        recipe.mixUp = 0.2;
        session.setRecipe(recipe, QStringLiteral("test"));
        QVERIFY(fold->grab().toImage() != before);
        fold->setFolded(false);
        QVERIFY(row->isVisible());
        fold->setFolded(true);
    }

    void viewsAreShownAndTypedAsWords()
    {
        Session session;
        RecipePage page(session);
        auto* views = editorOf<QSpinBox>(page, QStringLiteral("pictures.views"));
        QCOMPARE(views->text(), QStringLiteral("Automatic"));
        const auto type = [&](const QString& text) {
            views->selectAll();
            QTest::keyClicks(views, text);
            QTest::keyClick(views, Qt::Key_Return);
            return session.recipe().views;
        };
        QCOMPARE(type(QStringLiteral("fresh")), kFreshViews);
        QCOMPARE(views->text(), QStringLiteral("Fresh"));
        QCOMPARE(type(QStringLiteral("6")), 6);
        QCOMPARE(type(QStringLiteral("nonsense")), 6);
        views->setValue(1);
        views->stepDown();
        QCOMPARE(session.recipe().views, kFreshViews);
        views->stepDown();
        QCOMPARE(session.recipe().views, kAutoViews);
        QCOMPARE(page.settings()->changedKeys(), QStringList());
    }

    void aPictureSizeGoesToTheNearestThatHalvesEvenly()
    {
        Session session;
        RecipePage page(session);
        auto* size = editorOf<QSpinBox>(page, QStringLiteral("pictures.size"));
        const auto type = [&](const QString& text) {
            size->selectAll();
            QTest::keyClicks(size, text);
            QTest::keyClick(size, Qt::Key_Return);
            return session.recipe().size;
        };
        QCOMPARE(type(QStringLiteral("300")), 288);
        QCOMPARE(size->text(), QStringLiteral("288"));
        size->stepUp();
        QCOMPARE(session.recipe().size, 320);
        QCOMPARE(type(QStringLiteral("7")), 32);
        QCOMPARE(type(QStringLiteral("1100")), 1024);
        QCOMPARE(type(QStringLiteral("auto")), kBackbonesSize);
        QCOMPARE(type(QStringLiteral("5000")), 1024);
        QCOMPARE(type(QStringLiteral("automatic")), kBackbonesSize);
        size->stepUp();
        QCOMPARE(session.recipe().size, 32);
    }

    void aWrongTextIsRefusedBesideItsField()
    {
        Session session;
        RecipePage page(session);
        const Recipe before = session.recipe();
        auto* dense = editorOf<QLineEdit>(page, QStringLiteral("head.dense"));
        dense->selectAll();
        QTest::keyClicks(dense, QStringLiteral("many"));
        QTest::keyClick(dense, Qt::Key_Return);
        QVERIFY(session.recipe() == before);
        QVERIFY(!page.settings()->row(QStringLiteral("head.dense"))->problem().isEmpty());
        auto* seed = editorOf<QLineEdit>(page, QStringLiteral("seed"));
        seed->selectAll();
        QTest::keyClicks(seed, QStringLiteral("-4"));
        QTest::keyClick(seed, Qt::Key_Return);
        QVERIFY(session.recipe() == before);
        QVERIFY(!page.settings()->row(QStringLiteral("seed"))->problem().isEmpty());
    }

    void whatTwoValuesForbidTogetherIsSaidBesideTheField()
    {
        Session session;
        RecipePage page(session);
        editorOf<QDoubleSpinBox>(page, QStringLiteral("pictures.augmentation.zoom_low"))
            ->setValue(150);
        QCOMPARE(session.recipe().augmentation.zoomLow, 1.0);
        QVERIFY(!page.settings()
                     ->row(QStringLiteral("pictures.augmentation.zoom_low"))
                     ->problem()
                     .isEmpty());
    }

    void aFoldedGroupHidesItsRows()
    {
        Session session;
        RecipePage page(session);
        page.show();
        FoldGroup* group = page.settings()->groups().front();
        QVERIFY(page.settings()->row(QStringLiteral("backbone"))->isVisible());
        group->setFolded(true);
        QVERIFY(!page.settings()->row(QStringLiteral("backbone"))->isVisible());
        group->setFolded(false);
    }

    void aGroupIsFoldedAsItWasLeft()
    {
        Session session;
        RecipePage page(session);
        FoldGroup* group = page.settings()->groups().front();
        QVERIFY(!group->folded());
        group->setFolded(true);
        RecipePage next(session);
        QVERIFY(next.settings()->groups().front()->folded());
        group->setFolded(false);
    }
};

QTEST_MAIN(TestSettingsPanel)
#include "tst_settings_panel.moc"
