#include "ui/base/theme.h"
#include "ui/recipe/block_card.h"
#include "ui/recipe/epoch_cost.h"
#include "ui/recipe/network_view.h"
#include "ui/recipe/rate_edit.h"
#include "ui/session/run_history.h"

#include <QCheckBox>
#include <QMouseEvent>
#include <QSignalSpy>
#include <QTest>

#include <set>

using namespace vernier;
using namespace vernier::ui;

namespace {

Recipe recipeWith(const std::map<std::string, double>& rates)
{
    Recipe recipe;
    recipe.phases.front().plan.blockRates = rates;
    return recipe;
}

NetworkOutline outlineWith(const std::map<std::string, double>& rates)
{
    return outlineOf(recipeWith(rates), 0, 2).value();
}

/// How saturated the pixels of a block's drawing are at most: grey has none.
int saturation(NetworkView& view, const std::string& block)
{
    const QRect where = view.drawnRect(block);
    const QImage image = view.grab(where).toImage();
    int most = 0;
    for (int y = 0; y < image.height(); ++y) {
        for (int x = 0; x < image.width(); ++x) {
            const QColor color = image.pixelColor(x, y);
            most = std::max(most,
                std::max({ color.red(), color.green(), color.blue() })
                    - std::min({ color.red(), color.green(), color.blue() }));
        }
    }
    return most;
}

void show(NetworkView& view, const std::map<std::string, double>& rates)
{
    view.setOutline(outlineWith(rates), FreezePlan {});
    view.resize(820, 440);
}

} // namespace

class TestNetworkView : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase() { theme::apply(Scheme::Light); }

    void theOutlineHasTheParametersOfVgg16()
    {
        const NetworkOutline outline = outlineWith({});
        QCOMPARE(outline.blocks.size(), std::size_t { 5 });
        std::int64_t trunk = 0;
        for (const OutlineBlock& block : outline.blocks)
            trunk += block.parameters;
        QCOMPARE(trunk, std::int64_t { 14'714'688 });
        QCOMPARE(outline.trainable, outline.head.parameters);
        QCOMPARE(outline.cut, std::size_t { 5 });
        QCOMPARE(outline.above, std::int64_t { 0 });
    }

    void theCutLiesBelowTheDeepestTrainingBlock()
    {
        QCOMPARE(outlineWith({ { "block5", 1e-5 } }).cut, std::size_t { 4 });
        QCOMPARE(outlineWith({ { "block3", 1e-5 }, { "block5", 1e-5 } }).cut, std::size_t { 2 });
        const NetworkOutline all = outlineWith({ { "block1", 1e-5 } });
        QCOMPARE(all.cut, std::size_t { 0 });
        QCOMPARE(all.below, std::int64_t { 0 });
        QCOMPARE(savedShare(all), 0.0);
    }

    void aLowerCutSavesLess()
    {
        const double head = savedShare(outlineWith({}));
        const double last = savedShare(outlineWith({ { "block5", 1e-5 } }));
        const double two = savedShare(outlineWith({ { "block4", 1e-5 } }));
        QVERIFY(head > last);
        QVERIFY(last > two);
        QVERIFY(two > 0);
        QVERIFY(head < 1);
    }

    void blocksAboveTheTransferLayerAreLeftOut()
    {
        Recipe recipe;
        recipe.transferLayer = "block3_pool";
        const NetworkOutline outline = outlineOf(recipe, 0, 3).value();
        QCOMPARE(outline.blocks.size(), std::size_t { 3 });
        QCOMPARE(outline.blocks.back().output(), (Shape { 256, 28, 28 }));
    }

    void theHeadStartsFromWhatItsPoolingLeaves()
    {
        Recipe recipe;
        recipe.head.pooling = Pooling::Average;
        QCOMPARE(outlineOf(recipe, 0, 2)->head.input.count(), 512);
        recipe.head.pooling = Pooling::Flatten;
        QCOMPARE(outlineOf(recipe, 0, 2)->head.input.count(), 7 * 7 * 512);
    }

    void anotherBackboneIsDrawnFromItsLayers()
    {
        Recipe recipe;
        recipe.backbone = "tinyvgg";
        recipe.transferLayer = "block2_pool";
        NetworkView view;
        view.setOutline(outlineOf(recipe, 0, 3).value(), FreezePlan {});
        view.resize(820, 440);
        QVERIFY(view.drawnRect("block2").height() > 10);
        QVERIFY(view.findChild<QCheckBox*>(QStringLiteral("train_block2")));
        QVERIFY(!view.findChild<QCheckBox*>(QStringLiteral("train_block3")));
    }

    void anUnknownBackboneIsAnErrorAndNoCrash()
    {
        Recipe recipe;
        recipe.backbone = "resnet";
        QVERIFY(!outlineOf(recipe, 0, 2));
    }

    void aTrainingBlockIsFilledWithTheAccentAndAFrozenOneIsGrey()
    {
        for (const Scheme scheme : { Scheme::Light, Scheme::Dark }) {
            theme::apply(scheme);
            NetworkView view;
            show(view, { { "block5", 1e-5 } });
            QVERIFY(saturation(view, "block4") < 40);
            QVERIFY(saturation(view, "block5") > 100);
            QVERIFY(saturation(view, "head") > 100);
            show(view, { { "block4", 1e-5 }, { "block5", 1e-5 } });
            QVERIFY(saturation(view, "block4") > 100);
        }
        theme::apply(Scheme::Light);
    }

    void heightsFallFromInputToHead()
    {
        NetworkView view;
        show(view, {});
        int before = 1 << 20;
        for (const char* block : { "block1", "block2", "block3", "block4", "block5" }) {
            const int height = view.drawnRect(block).height();
            QVERIFY2(height < before, block);
            before = height;
        }
    }

    void blocksAndControlsDoNotOverlap()
    {
        NetworkView view;
        show(view,
            { { "block1", 1e-5 }, { "block2", 1e-5 }, { "block3", 1e-5 }, { "block4", 1e-5 },
                { "block5", 1e-5 } });
        view.resize(view.minimumSizeHint());
        view.show();
        QRect before;
        for (const char* block : { "block1", "block2", "block3", "block4", "block5", "head" }) {
            const QRect drawn = view.drawnRect(block);
            QVERIFY2(drawn.left() > before.right(), block);
            const auto* rate = view.findChild<RateEdit*>(QStringLiteral("rate_%1").arg(block));
            QVERIFY(rate->isVisible());
            QVERIFY2(rate->geometry().top() > drawn.bottom(), block);
            QVERIFY2(view.rect().contains(rate->geometry()), block);
            before = drawn;
        }
    }

    void theCutLineStandsBetweenFrozenAndTraining()
    {
        NetworkView view;
        show(view, { { "block4", 1e-5 } });
        QVERIFY(view.cutX() > view.drawnRect("block3").right());
        QVERIFY(view.cutX() < view.drawnRect("block4").left());
        QVERIFY(view.cutText().contains(QLatin1Char('%')));
        show(view, { { "block1", 1e-5 } });
        QCOMPARE(view.cutX(), -1);
    }

    void aTickIsToldAndNotTakenByTheView()
    {
        NetworkView view;
        show(view, {});
        QSignalSpy told(&view, &NetworkView::trainingToggled);
        view.findChild<QCheckBox*>(QStringLiteral("train_block5"))->click();
        QCOMPARE(told.size(), 1);
        QCOMPARE(told.front().at(0).toString(), QStringLiteral("block5"));
        QCOMPARE(told.front().at(1).toBool(), true);
        QVERIFY(!view.outline().blocks.back().trains);
    }

    void hoveringABlockShowsItsLayers()
    {
        NetworkView view;
        show(view, {});
        view.show();
        auto* card = view.findChild<BlockCard*>();
        QVERIFY(!card->isVisible());
        const QPointF at = view.drawnRect("block3").center();
        QMouseEvent move(QEvent::MouseMove, at, view.mapToGlobal(at), Qt::NoButton, Qt::NoButton,
            Qt::NoModifier);
        QApplication::sendEvent(&view, &move);
        QVERIFY(card->isVisible());
        QVERIFY(view.rect().contains(card->geometry()));
        QVERIFY(!card->geometry().contains(at.toPoint()));
        QEvent leave(QEvent::Leave);
        QApplication::sendEvent(&view, &leave);
        QVERIFY(!card->isVisible());
    }

    void aNewBlockTakesAHundredthOfTheHeadsRate()
    {
        FreezePlan plan;
        plan.headRate = 1e-3;
        QCOMPARE(rateForNewBlock(plan), 1e-5);
        plan.blockRates["block5"] = 2e-6;
        QCOMPARE(rateForNewBlock(plan), 2e-6);
    }

    void moreTrainingCostsMore()
    {
        const PictureCounts counts { 244, 153 };
        const auto cost = [&](const std::map<std::string, double>& rates) {
            const Recipe recipe = recipeWith(rates);
            return epochCost(outlineOf(recipe, 0, 2).value(), recipe, 0, counts, {});
        };
        QVERIFY(cost({}).epoch < cost({ { "block5", 1e-5 } }).epoch);
        QVERIFY(cost({ { "block5", 1e-5 } }).epoch < cost({ { "block4", 1e-5 } }).epoch);
        QVERIFY(cost({}).once > cost({ { "block4", 1e-5 } }).once);
        QCOMPARE(cost({ { "block1", 1e-5 } }).once, 0.0);
        QVERIFY(!cost({}).measured);
    }

    void stepsPerEpochDecideHowManyPicturesAnEpochSees()
    {
        Recipe recipe;
        recipe.batchSize = 20;
        recipe.phases.front().stepsPerEpoch = 100;
        const EpochCost cost
            = epochCost(outlineOf(recipe, 0, 2).value(), recipe, 0, { 244, 153 }, {});
        QCOMPARE(cost.pictures, std::int64_t { 2000 });
    }

    void freshAugmentationRunsTheFrozenBlocksInEveryEpoch()
    {
        Recipe recipe;
        const PictureCounts counts { 244, 153 };
        const auto cost
            = [&] { return epochCost(outlineOf(recipe, 0, 2).value(), recipe, 0, counts, {}); };
        const EpochCost plain = cost();
        recipe.augmentation.rotation = 10;
        recipe.views = kFreshViews;
        const EpochCost fresh = cost();
        QVERIFY(fresh.epoch > 10 * plain.epoch);
        QVERIFY(fresh.once < plain.once);
        recipe.views = 3;
        QVERIFY(cost().once > plain.once);
        QCOMPARE(cost().epoch, plain.epoch);
        recipe.views = kAutoViews;
        QCOMPARE(outlineOf(recipe, 0, 2, false)->views, 4);
        QVERIFY(!outlineOf(recipe, 0, 2, true)->kept());
    }

    void whatIsPreparedCostsNothingMore()
    {
        const Recipe recipe;
        const NetworkOutline outline = outlineOf(recipe, 0, 2).value();
        const EpochCost before = epochCost(outline, recipe, 0, { 244, 153 }, {});
        const EpochCost ready = epochCost(outline, recipe, 0, { 244, 153 }, {}, true);
        QVERIFY(before.once > 0);
        QCOMPARE(ready.once, 0.0);
        QCOMPARE(ready.epoch, before.epoch);
    }

    void aMeasuredSpeedTakesThePlaceOfTheTypicalOne()
    {
        const Recipe recipe = recipeWith({ { "block5", 1e-5 } });
        const NetworkOutline outline = outlineOf(recipe, 0, 2).value();
        RunHistory history;
        EpochDone epoch;
        epoch.trainCount = 244;
        epoch.validationCount = 153;
        epoch.seconds = 100;
        epoch.epoch = 1;
        history.phases.emplace_back();
        history.epochs.push_back(epoch);
        QVERIFY(!measuredSpeed(history, outline).suffix.has_value());
        history.epochs.front().epoch = 2;
        const MeasuredSpeed speed = measuredSpeed(history, outline);
        QVERIFY(speed.suffix.has_value());
        const EpochCost cost = epochCost(outline, recipe, 0, { 244, 153 }, speed);
        QVERIFY(cost.measured);
        QVERIFY(std::abs(cost.epoch - 100) < 5);
    }
};

QTEST_MAIN(TestNetworkView)
#include "tst_network_view.moc"
