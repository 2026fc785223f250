#include "tests/support/temporary_folder.h"
#include "tests/ui/painted_dataset.h"
#include "tests/ui/silent_controls.h"
#include "ui/base/chip.h"
#include "ui/base/theme.h"
#include "ui/recipe/fact_tile.h"
#include "ui/recipe/fold_group.h"
#include "ui/recipe/head_popup.h"
#include "ui/recipe/layers_popup.h"
#include "ui/recipe/network_view.h"
#include "ui/recipe/phase_strip.h"
#include "ui/recipe/rate_edit.h"
#include "ui/recipe/recipe_page.h"
#include "ui/recipe/setting_row.h"
#include "ui/recipe/settings_panel.h"
#include "ui/session/session.h"

#include <QCheckBox>
#include <QComboBox>
#include <QLineEdit>
#include <QMenu>
#include <QPushButton>
#include <QRadioButton>
#include <QScrollArea>
#include <QScrollBar>
#include <QSignalSpy>
#include <QSpinBox>
#include <QTest>
#include <QToolButton>

using namespace vernier;
using namespace vernier::ui;

namespace {

template <class T> T* editorOf(const RecipePage& page, const QString& key)
{
    SettingRow* row = page.settings()->row(key);
    return row ? qobject_cast<T*>(row->editor()) : nullptr;
}

Chip* chipNamed(const RecipePage& page, const QString& text)
{
    for (Chip* chip : page.findChildren<Chip*>()) {
        if (chip->text() == text)
            return chip;
    }
    return nullptr;
}

} // namespace

class TestRecipePage : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase() { theme::apply(Scheme::Light); }
    void init() { test::startWithNothingRemembered(); }

    void tickingABlockChangesTheRecipeAndUndoBringsItBack()
    {
        Session session;
        RecipePage page(session);
        auto* tick = page.findChild<QCheckBox*>(QStringLiteral("train_block5"));
        const Recipe before = session.recipe();
        tick->click();
        QVERIFY(session.recipe().phases.front().plan.trains("block5"));
        QVERIFY(tick->isChecked());
        session.undoStack()->undo();
        QVERIFY(session.recipe() == before);
        QVERIFY(!tick->isChecked());
        session.undoStack()->redo();
        QVERIFY(tick->isChecked());
    }

    void aRateUnderABlockGoesIntoTheRecipe()
    {
        Session session;
        RecipePage page(session);
        page.findChild<QCheckBox*>(QStringLiteral("train_block5"))->click();
        auto* rate = page.findChild<RateEdit*>(QStringLiteral("rate_block5"));
        const double before = session.recipe().phases.front().plan.rate("block5");
        rate->stepBy(3);
        QCOMPARE(session.recipe().phases.front().plan.rate("block5"), rate->rate());
        QVERIFY(rate->rate() > before);
        auto* head = page.findChild<RateEdit*>(QStringLiteral("rate_head"));
        head->stepBy(1);
        QCOMPARE(session.recipe().phases.front().plan.headRate, head->rate());
    }

    void stepsOfOneRateAreOneStepOfUndo()
    {
        Session session;
        RecipePage page(session);
        const Recipe before = session.recipe();
        auto* head = page.findChild<RateEdit*>(QStringLiteral("rate_head"));
        head->stepBy(1);
        head->stepBy(1);
        head->stepBy(1);
        session.undoStack()->undo();
        QVERIFY(session.recipe() == before);
    }

    void aBlockUnfoldsIntoItsLayers()
    {
        Session session;
        RecipePage page(session);
        page.resize(1280, 800);
        page.show();
        page.findChild<QToolButton*>(QStringLiteral("unfold_block5"))->click();
        auto* popup = page.findChild<LayersPopup*>();
        QVERIFY(popup->isVisible());
        QCOMPARE(test::silentControls(*popup), QString());
        const auto plan = [&] { return session.recipe().phases.front().plan; };
        auto* conv3 = popup->findChild<QCheckBox*>(QStringLiteral("train_block5_conv3"));
        conv3->click();
        QCOMPARE(plan().layerRates.size(), std::size_t { 1 });
        QVERIFY(plan().layerRates.at("block5_conv3") > 0);
        auto* block = page.findChild<QCheckBox*>(QStringLiteral("train_block5"));
        QCOMPARE(block->checkState(), Qt::PartiallyChecked);
        auto* rate = popup->findChild<RateEdit*>(QStringLiteral("rate_block5_conv3"));
        rate->stepBy(1);
        QCOMPARE(plan().layerRates.at("block5_conv3"), rate->rate());
        // A click makes it whole, with no layer apart.
        block->click();
        QCOMPARE(block->checkState(), Qt::Checked);
        QVERIFY(plan().trains("block5") && plan().layerRates.empty());
        conv3->click();
        QCOMPARE(plan().layerRates, (std::map<std::string, double> { { "block5_conv3", 0 } }));
        for (const char* other : { "train_block5_conv1", "train_block5_conv2" })
            popup->findChild<QCheckBox*>(QString::fromLatin1(other))->click();
        QCOMPARE(plan(), (FreezePlan { plan().headRate, {}, {} }));
        QCOMPARE(block->checkState(), Qt::Unchecked);
    }

    void theHeadIsPutOnAnyLayer()
    {
        Session session;
        RecipePage page(session);
        page.resize(1280, 800);
        page.show();
        page.findChild<QCheckBox*>(QStringLiteral("train_block5"))->click();
        page.findChild<QToolButton*>(QStringLiteral("unfold_block4"))->click();
        auto* popup = page.findChild<LayersPopup*>();
        popup->findChild<QRadioButton*>(QStringLiteral("head_on_block4_conv2"))->click();
        QCOMPARE(session.recipe().transferLayer, std::string("block4_conv2"));
        QVERIFY(session.recipe().phases.front().plan.blockRates.empty());
        QCOMPARE(page.network()->outline().head.input.count(), 512);
        QVERIFY(!popup->findChild<QCheckBox*>(QStringLiteral("train_block4_conv3"))->isEnabled());
        popup->findChild<QRadioButton*>(QStringLiteral("head_on_block4_pool"))->click();
        QCOMPARE(session.recipe().transferLayer, std::string("block4_pool"));
        session.undoStack()->undo();
        session.undoStack()->undo();
        QCOMPARE(session.recipe().transferLayer, std::string("block5_pool"));
        QVERIFY(session.recipe().phases.front().plan.trains("block5"));
    }

    void theHeadUnfoldsIntoItsLayers()
    {
        Session session;
        RecipePage page(session);
        page.resize(1280, 800);
        page.show();
        Recipe recipe = session.recipe();
        recipe.head = { Pooling::Flatten, { 64 }, 0.5 };
        session.setRecipe(recipe, QStringLiteral("test"));
        page.findChild<QToolButton*>(QStringLiteral("unfold_head"))->click();
        auto* popup = page.findChild<HeadPopup*>();
        QVERIFY(popup->isVisible());
        QCOMPARE(test::silentControls(*popup), QString());
        const auto head = [&] { return session.recipe().head; };
        popup->findChild<QPushButton*>()->click();
        QCOMPARE(head().dense, (std::vector<DenseSpec> { 64, 32 }));
        popup->findChild<QSpinBox*>(QStringLiteral("size_1"))->setValue(20);
        auto* activation = popup->findChild<QComboBox*>(QStringLiteral("activation_1"));
        QTest::keyClick(activation, Qt::Key_Down);
        popup->findChild<QSpinBox*>(QStringLiteral("dropout_1"))->setValue(10);
        QCOMPARE(head().dense, (std::vector<DenseSpec> { 64, { 20, Activation::Tanh, 0.1 } }));
        popup->findChild<QSpinBox*>(QStringLiteral("dropout_1"))->setValue(50);
        QVERIFY(!head().dense[1].dropout);
        popup->findChild<QPushButton*>(QStringLiteral("remove_0"))->click();
        QCOMPARE(head().dense, (std::vector<DenseSpec> { { 20, Activation::Tanh } }));
        QTest::keyClick(popup->findChild<QComboBox*>(), Qt::Key_Down);
        QCOMPARE(head().pooling, Pooling::Average);
        session.undoStack()->undo();
        QCOMPARE(head(), recipe.head);
    }

    void aFieldThatIsHiddenIsNeverInTheWay()
    {
        Session session;
        RecipePage page(session);
        page.show();
        auto* tick = page.findChild<QCheckBox*>(QStringLiteral("train_block5"));
        tick->click();
        auto* rate = page.findChild<RateEdit*>(QStringLiteral("rate_block5"));
        rate->findChild<QLineEdit*>()->setText(QStringLiteral("abc"));
        Q_EMIT rate->editingFinished();
        QCOMPARE(page.wrongField(), static_cast<QWidget*>(rate));
        tick->click();
        QVERIFY(!page.wrongField());
        auto* seed = editorOf<QLineEdit>(page, QStringLiteral("seed"));
        FoldGroup* group = page.settings()->groups().back();
        group->setFolded(true);
        QTest::keyClicks(seed, QStringLiteral("abc"));
        QCOMPARE(page.wrongField(), static_cast<QWidget*>(seed));
        QVERIFY(!group->folded());
    }

    void ratesFallFromBlockToBlock()
    {
        Session session;
        RecipePage page(session);
        chipNamed(page, QStringLiteral("Blocks 4 and 5"))->click();
        const double above = session.recipe().phases.front().plan.rate("block5");
        for (QAction* action : page.findChildren<QAction*>()) {
            if (action->text() == QStringLiteral("A tenth"))
                action->trigger();
        }
        const FreezePlan plan = session.recipe().phases.front().plan;
        QCOMPARE(plan.rate("block5"), above);
        QCOMPARE(plan.rate("block4"), above * 0.1);
    }

    void aPresetSetsTheBlocksAndIsShownAsTheOneInForce()
    {
        Session session;
        RecipePage page(session);
        QVERIFY(chipNamed(page, QStringLiteral("Head only"))->isChecked());
        chipNamed(page, QStringLiteral("Blocks 4 and 5"))->click();
        const FreezePlan plan = session.recipe().phases.front().plan;
        QVERIFY(plan.trains("block4") && plan.trains("block5"));
        QCOMPARE(plan.blockRates.size(), std::size_t { 2 });
        QVERIFY(chipNamed(page, QStringLiteral("Blocks 4 and 5"))->isChecked());
        QVERIFY(!chipNamed(page, QStringLiteral("Head only"))->isChecked());
        chipNamed(page, QStringLiteral("Everything"))->click();
        QCOMPARE(session.recipe().phases.front().plan.blockRates.size(), std::size_t { 5 });
        chipNamed(page, QStringLiteral("Everything"))->click();
        QVERIFY(chipNamed(page, QStringLiteral("Everything"))->isChecked());
    }

    void aChangedBlockIsMarkedAndCanBePutBack()
    {
        Session session;
        RecipePage page(session);
        page.show();
        auto* dot = page.findChild<ChangeDot*>(QStringLiteral("dot_block5"));
        QVERIFY(!dot->isVisible());
        page.findChild<QCheckBox*>(QStringLiteral("train_block5"))->click();
        QVERIFY(dot->isVisible());
        dot->click();
        QVERIFY(!session.recipe().phases.front().plan.trains("block5"));
        QVERIFY(!dot->isVisible());
    }

    void showingARecipeNeverChangesIt()
    {
        Session session;
        Recipe odd = *builtInRecipe("tutorial");
        odd.head.dropout = 1.0 / 3;
        odd.seed = 12345678901234567890ULL;
        odd.device = "cuda:1";
        odd.batchSize = 4096;
        odd.augmentation.rotation = 12.34567;
        session.setRecipe(odd, QStringLiteral("test"));
        const int steps = session.undoStack()->count();
        RecipePage page(session);
        page.show();
        QVERIFY(session.recipe() == odd);
        QCOMPARE(session.undoStack()->count(), steps);
        QCOMPARE(editorOf<QComboBox>(page, QStringLiteral("device"))->currentText(),
            QStringLiteral("cuda:1"));
    }

    void aLowerTransferLayerDropsTheRatesOfBlocksAboveIt()
    {
        Session session;
        RecipePage page(session);
        chipNamed(page, QStringLiteral("Blocks 4 and 5"))->click();
        auto* layer = editorOf<QComboBox>(page, QStringLiteral("transfer_layer"));
        const int index = layer->findText(QStringLiteral("block4_pool"));
        QVERIFY(index >= 0);
        Q_EMIT layer->activated(index);
        QCOMPARE(session.recipe().transferLayer, std::string("block4_pool"));
        QVERIFY(session.recipe().phases.front().plan.trains("block4"));
        QVERIFY(!session.recipe().phases.front().plan.trains("block5"));
        QVERIFY(!page.findChild<QCheckBox*>(QStringLiteral("train_block5")));
    }

    void anotherBackboneIsDrawnWithItsOwnLayers()
    {
        const test::TemporaryFolder home;
        qputenv("VERNIER_DATA", home.path().c_str());
        Session session;
        RecipePage page(session);
        page.resize(1280, 800);
        page.show();
        Recipe recipe = session.recipe();
        recipe.phases.front().plan.blockRates = { { "block5", 1e-5 } };
        recipe.phases.front().plan.layerRates = { { "block4_conv3", 1e-6 } };
        session.setRecipe(recipe, QStringLiteral("test"));
        auto* backbone = editorOf<QComboBox>(page, QStringLiteral("backbone"));
        QCOMPARE(backbone->count(), int(architectures().size()));
        QPushButton* getWeights = nullptr;
        for (QPushButton* button : page.settings()->findChildren<QPushButton*>()) {
            if (button->text() == QStringLiteral("Get its weights…"))
                getWeights = button;
        }
        QVERIFY(getWeights && !getWeights->isVisible());
        const int index = backbone->findText(QStringLiteral("ResNet-50"));
        QVERIFY(index > 0);
        Q_EMIT backbone->activated(index);

        QCOMPARE(session.recipe().backbone, std::string("resnet50"));
        QCOMPARE(session.recipe().transferLayer, std::string("block5_unit3"));
        // What it has under the same name keeps its rate.
        QCOMPARE(session.recipe().phases.front().plan,
            (FreezePlan { recipe.phases.front().plan.headRate, { { "block5", 1e-5 } }, {} }));
        auto* layer = editorOf<QComboBox>(page, QStringLiteral("transfer_layer"));
        QCOMPARE(layer->currentText(), QStringLiteral("block5_unit3"));
        QCOMPARE(layer->count(), 3 + 3 + 4 + 6 + 3);
        QVERIFY(page.settings()->changedKeys().contains(QStringLiteral("backbone")));
        QVERIFY(!page.settings()->changedKeys().contains(QStringLiteral("transfer_layer")));
        QVERIFY(chipNamed(page, QStringLiteral("Last block"))->isChecked());
        QVERIFY(getWeights->isVisible());
        QSignalSpy wanted(page.settings(), &SettingsPanel::weightsWanted);
        getWeights->click();
        QCOMPARE(wanted.count(), 1);
        home.write("weights/resnet50-11ad3fa6.pth", "there");
        page.settings()->lookForWeights();
        QVERIFY(!getWeights->isVisible());

        session.undoStack()->undo();
        QCOMPARE(session.recipe(), recipe);
        QCOMPARE(layer->currentText(), QStringLiteral("block5_pool"));
        QCOMPARE(layer->count(), int(vgg16().layers.size()));
        qunsetenv("VERNIER_DATA");
    }

    void phasesAreAddedShownAndRemoved()
    {
        Session session;
        RecipePage page(session);
        const auto click = [&](const QString& text) {
            for (QPushButton* button : page.findChildren<QPushButton*>()) {
                if (button->text() == text)
                    button->click();
            }
        };
        click(QStringLiteral("Add phase"));
        QCOMPARE(session.recipe().phases.size(), std::size_t { 2 });
        QCOMPARE(session.shownPhase(), std::size_t { 1 });
        page.findChild<QCheckBox*>(QStringLiteral("train_block5"))->click();
        QVERIFY(session.recipe().phases.back().plan.trains("block5"));
        QVERIFY(!session.recipe().phases.front().plan.trains("block5"));
        click(QStringLiteral("Remove phase"));
        QCOMPARE(session.recipe().phases.size(), std::size_t { 1 });
        QCOMPARE(session.shownPhase(), std::size_t { 0 });
        session.undoStack()->undo();
        QCOMPARE(session.recipe().phases.size(), std::size_t { 2 });
    }

    void manyPhasesTakeTwoLinesAndTheShownOneIsInView()
    {
        Session session;
        RecipePage page(session);
        page.resize(1184, 736);
        page.show();
        auto* scroll = page.findChild<PhaseStrip*>()->findChild<QScrollArea*>();
        const auto chips = [&] { return scroll->widget()->findChildren<Chip*>(); };
        const auto inView = [&](int phase) {
            const Chip* chip = chips().at(phase);
            return scroll->viewport()->rect().contains(
                QRect(chip->mapTo(scroll->viewport(), QPoint(0, 0)), chip->size()));
        };
        const int twoLines = 2 * chips().front()->height() + theme::kGrid;
        const QSize least = page.minimumSizeHint();
        const int network = page.network()->height();
        Recipe recipe = session.recipe();
        Phase phase = recipe.phases.front();
        recipe.phases.assign(2, phase);
        session.setRecipe(recipe, QStringLiteral("test"));
        QCoreApplication::processEvents();
        QVERIFY(scroll->height() < twoLines);
        phase.plan.blockRates = { { "block4", 1e-6 }, { "block5", 1e-5 } };
        recipe.phases.assign(3, phase);
        session.setRecipe(recipe, QStringLiteral("test"));
        QCoreApplication::processEvents();
        QCOMPARE(scroll->height(), twoLines);
        for (int i = 0; i < 3; ++i)
            QVERIFY(inView(i));
        recipe.phases.assign(12, phase);
        session.setRecipe(recipe, QStringLiteral("test"));
        session.showPhase(11);
        QTRY_VERIFY(inView(11));
        QCOMPARE(scroll->height(), twoLines);
        QVERIFY(page.network()->height() > network - twoLines);
        QVERIFY(page.minimumSizeHint().height() < least.height() + twoLines);
        QVERIFY(page.minimumSizeHint().width() <= 1184);
        QTRY_VERIFY(scroll->verticalScrollBar()->isVisible());
        for (const Chip* chip : chips())
            QVERIFY(chip->geometry().right() < scroll->viewport()->width());
        session.showPhase(0);
        QTRY_VERIFY(inView(0));
        session.showPhase(6);
        QTRY_VERIFY(inView(6));
        recipe.phases.assign(1, phase);
        session.setRecipe(recipe, QStringLiteral("test"));
        QTRY_COMPARE(page.minimumSizeHint().height(), least.height());
    }

    void aPhaseThatIsWiderThanItsPlaceIsReadFromItsBeginning()
    {
        Phase wide;
        for (const auto& layer : { "block2_conv2", "block3_conv3" })
            wide.plan.layerRates[layer] = 1e-6;
        PhaseStrip strip;
        strip.setPhases({ Phase {}, wide, Phase {} }, 1);
        strip.resize(strip.minimumSizeHint().width(), 80);
        strip.show();
        const auto* scroll = strip.findChild<QScrollArea*>();
        QTRY_VERIFY(scroll->horizontalScrollBar()->isVisible());
        const Chip* chip = strip.findChildren<Chip*>().at(1);
        QVERIFY(chip->width() > scroll->viewport()->width());
        QTRY_COMPARE(chip->mapTo(scroll->viewport(), QPoint(0, 0)).x(), 0);
    }

    void theBuiltInMenuUsesTheTutorial()
    {
        Session session;
        RecipePage page(session);
        QAction* tutorial = nullptr;
        for (QMenu* menu : page.findChildren<QMenu*>()) {
            for (QAction* action : menu->actions()) {
                if (action->text() == QStringLiteral("Tutorial"))
                    tutorial = action;
            }
        }
        QVERIFY(tutorial);
        tutorial->trigger();
        QVERIFY(session.recipe() == *builtInRecipe("tutorial"));
        QCOMPARE(page.settings()->changedKeys(), QStringList());
    }

    void theParametersThatTrainFollowTheTicks()
    {
        Session session;
        RecipePage page(session);
        page.show();
        FactTile* tile = page.findChildren<FactTile*>().front();
        const QString before = tile->value();
        page.findChild<QCheckBox*>(QStringLiteral("train_block5"))->click();
        QVERIFY(tile->value() != before);
    }

    void everyControlHasATooltipAndAnAccessibleName()
    {
        Session session;
        RecipePage page(session);
        page.resize(1184, 736);
        page.show();
        QCOMPARE(test::silentControls(page), QString());
    }

    void everyNumberTellsWhichAreUsual()
    {
        Session session;
        RecipePage page(session);
        page.resize(1280, 800);
        page.show();
        Recipe recipe = session.recipe();
        recipe.head.dense = { 64 };
        session.setRecipe(recipe, QStringLiteral("test"));
        // The popups make their fields when they are opened.
        for (const char* unfold : { "unfold_block5", "unfold_head" })
            page.findChild<QToolButton*>(QString::fromLatin1(unfold))->click();
        QVERIFY(page.findChildren<QAbstractSpinBox*>().size() > 20);
        QCOMPARE(test::numbersWithoutUsualRange(page), QString());
    }

    void aThirdIsAThird()
    {
        Session session;
        RecipePage page(session);
        Recipe recipe = session.recipe();
        recipe.phases.front().plan.blockRates = { { "block4", 1e-5 }, { "block5", 1e-5 } };
        session.setRecipe(recipe, QStringLiteral("test"));
        QAction* third = nullptr;
        for (const QPushButton* button : page.findChildren<QPushButton*>()) {
            if (!button->menu())
                continue;
            for (QAction* action : button->menu()->actions()) {
                if (action->text() == QStringLiteral("A third"))
                    third = action;
            }
        }
        QVERIFY(third);
        third->trigger();
        const FreezePlan& plan = session.recipe().phases.front().plan;
        QCOMPARE(plan.rate("block5"), 1e-5);
        QCOMPARE(plan.rate("block4"), 1e-5 / 3);
        auto* edit = page.findChild<RateEdit*>(QStringLiteral("rate_block4"));
        QCOMPARE(edit->text(), QStringLiteral("3.3e-6"));
    }
};

QTEST_MAIN(TestRecipePage)
#include "tst_recipe_page.moc"
