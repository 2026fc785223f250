#include "ui/recipe/explanation.h"
#include "ui/recipe/recipe_page.h"
#include "ui/recipe/setting_row.h"
#include "ui/recipe/settings_panel.h"
#include "ui/recipe/views_preview.h"
#include "ui/recipe/why_panel.h"
#include "ui/session/session.h"

#include <QApplication>
#include <QLabel>
#include <QLineEdit>
#include <QPushButton>
#include <QTest>

using namespace vernier;
using namespace vernier::ui;

namespace {

using Kind = Explanation::Kind;

struct Case {
    Recipe recipe;
    ExplainedPictures pictures { { 2000, 500 }, 1000, 1000 };
    EpochCost cost { 30, 4, 2000, true };
};

Case quietCase()
{
    Case c;
    c.recipe.head.pooling = Pooling::Average;
    return c;
}

QStringList said(const Case& c, Kind kind)
{
    const NetworkOutline outline = outlineOf(c.recipe, 0, 2).value();
    QStringList texts;
    for (const Explanation& each : explain(c.recipe, 0, outline, c.pictures, c.cost)) {
        if (each.kind == kind)
            texts << each.text;
    }
    return texts;
}

QPushButton* whyButton(const RecipePage& page)
{
    for (QPushButton* button : page.findChildren<QPushButton*>()) {
        if (button->text() == QStringLiteral("Why?"))
            return button;
    }
    return nullptr;
}

using Change = std::function<void(Case&)>;

} // namespace

Q_DECLARE_METATYPE(Change)

class TestExplanation : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void anOrdinaryRecipeRisksNothing()
    {
        QCOMPARE(said(quietCase(), Kind::Risk), QStringList());
        Case c = quietCase();
        c.recipe.phases.front().plan.blockRates = { { "block4", 5e-6 }, { "block5", 1e-5 } };
        QCOMPARE(said(c, Kind::Risk), QStringList());
    }

    void whatAnotherPictureSizeCostsIsSaid()
    {
        Case c = quietCase();
        QCOMPARE(said(c, Kind::Cost).size(), 1);
        c.recipe.size = 320;
        QVERIFY2(said(c, Kind::Cost).value(1).contains(QStringLiteral("320 pixels cost 2.0 times")),
            qPrintable(said(c, Kind::Cost).join(QChar('\n'))));
        c.recipe.size = 160;
        QVERIFY(said(c, Kind::Cost).value(1).contains(QStringLiteral("0.51 times")));
    }

    void whatTrainsAndWhatStaysIsSaidWithItsNumbers()
    {
        Case c = quietCase();
        c.recipe.phases.front().plan.blockRates = { { "block5", 1e-5 } };
        c.recipe.phases.front().plan.layerRates = { { "block5_conv1", 0 } };
        const QStringList trains = said(c, Kind::Trains);
        QCOMPARE(trains.size(), 2);
        QVERIFY(trains[0].contains(QStringLiteral("1e-3")));
        QVERIFY2(trains[1].startsWith(QStringLiteral("2 of 3 layers of block 5")),
            qPrintable(trains[1]));
        const QStringList frozen = said(c, Kind::Frozen);
        QVERIFY(frozen[0].startsWith(QStringLiteral("Blocks 1, 2, 3, 4 stay")));
        QVERIFY(frozen[1].contains(QStringLiteral("once for each picture")));
        QCOMPARE(said(c, Kind::Cost).size(), 1);
        QVERIFY(said(c, Kind::Cost)[0].contains(QStringLiteral("30")));
    }

    void freshViewsBelowTheCutAreSaidToCost()
    {
        Case c = quietCase();
        c.recipe.augmentation.rotation = 10;
        c.recipe.views = kFreshViews;
        QVERIFY(said(c, Kind::Frozen)[1].contains(QStringLiteral("anew in every epoch")));
    }

    void everyRiskIsNamed_data()
    {
        QTest::addColumn<Change>("change");
        QTest::addColumn<QString>("words");
        const auto row = [](const char* name, const Change& change, const char* words) {
            QTest::newRow(name) << change << QString::fromLatin1(words);
        };
        row(
            "a high rate",
            [](Case& c) {
                c.recipe.phases[0].plan.blockRates = { { "block5", 1e-3 } };
            },
            "may lose what it learnt");
        row(
            "a high rate of one layer",
            [](Case& c) {
                c.recipe.phases[0].plan.layerRates = { { "block5_conv3", 1e-3 } };
            },
            "may lose what it learnt");
        row(
            "a lower block that moves faster",
            [](Case& c) {
                c.recipe.phases[0].plan.blockRates = { { "block4", 2e-5 }, { "block5", 1e-5 } };
            },
            "moves faster than a block above");
        row(
            "a head too large",
            [](Case& c) {
                c.recipe.head.pooling = Pooling::Flatten;
                c.pictures.counts.train = 200;
            },
            "learn them by heart");
        row(
            "a high rate of the head", [](Case& c) { c.recipe.phases[0].plan.headRate = 2e-2; },
            "much for the head");
        row(
            "a high rate of the head, by SGD",
            [](Case& c) {
                c.recipe.optimizer.kind = OptimizerKind::Sgd;
                c.recipe.phases[0].plan.headRate = 1;
            },
            "Usual are 1e-1 and below");
        row(
            "a high block on few pictures",
            [](Case& c) {
                c.recipe.phases[0].plan.blockRates = { { "block5", 1e-5 } };
                c.pictures.counts.train = 200;
            },
            "Block 5 trains 7.1");
        row(
            "high blocks on few pictures",
            [](Case& c) {
                c.recipe.phases[0].plan.blockRates
                    = { { "block3", 1e-6 }, { "block4", 5e-6 }, { "block5", 1e-5 } };
                c.pictures.counts.train = 1000;
            },
            "Blocks 3, 4, 5 train");
        row(
            "low blocks on few pictures",
            [](Case& c) {
                c.recipe.phases[0].plan.blockRates
                    = { { "block1", 1e-6 }, { "block4", 1e-6 }, { "block5", 1e-6 } };
                c.pictures.counts.train = 1999;
            },
            "seldom gain");
        row(
            "random weights",
            [](Case& c) {
                c.recipe.weights = "random";
                for (const std::string& block : vgg16().blocks())
                    c.recipe.phases[0].plan.blockRates[block] = 1e-3;
            },
            "have to learn seeing");
        row(
            "random weights, frozen",
            [](Case& c) {
                c.recipe.weights = "random";
                c.pictures.counts.train = 100'000;
            },
            "tick all blocks");
        row(
            "another normalization", [](Case& c) { c.recipe.normalization = "unit"; },
            "divided by 255");
        row(
            "few pictures to validate on", [](Case& c) { c.pictures.counts.validation = 12; },
            "8.3");
        row(
            "uneven classes",
            [](Case& c) {
                c.recipe.classWeights = false;
                c.pictures.rarest = 100;
            },
            "10 times as many");
    }
    void everyRiskIsNamed()
    {
        QFETCH(Change, change);
        QFETCH(QString, words);
        Case c = quietCase();
        change(c);
        const QStringList risks = said(c, Kind::Risk);
        QCOMPARE(risks.size(), 1);
        QVERIFY2(risks[0].contains(words), qPrintable(risks[0]));
    }

    void sgdMayStepFurther()
    {
        Case c = quietCase();
        c.recipe.optimizer.kind = OptimizerKind::Sgd;
        c.recipe.phases[0].plan.blockRates = { { "block5", 1e-3 } };
        c.recipe.phases[0].plan.headRate = 0.5;
        QCOMPARE(said(c, Kind::Risk), QStringList());
    }

    void thePageShowsItInPlaceOfTheNetwork()
    {
        Session session;
        RecipePage page(session);
        page.resize(1280, 800);
        page.show();
        QPushButton* const why = whyButton(page);
        QVERIFY(why && !page.why()->isVisible());
        why->click();
        QVERIFY(page.why()->isVisible());
        const QStringList before = page.why()->texts();
        QVERIFY(before.size() > 2);
        Recipe recipe = session.recipe();
        recipe.phases.front().plan.blockRates["block5"] = 1e-2;
        session.setRecipe(recipe, QStringLiteral("test"));
        QVERIFY(page.why()->texts() != before);
        page.settings()->previewButton()->click();
        QVERIFY(!page.why()->isVisible() && !why->isChecked());
        why->click();
        QVERIFY(page.why()->isVisible() && !page.settings()->previewButton()->isChecked());
        why->click();
        QVERIFY(!page.why()->isVisible());
    }

    void escapeGoesBackToTheNetwork()
    {
        Session session;
        RecipePage page(session);
        page.resize(1280, 800);
        page.show();
        QVERIFY(QTest::qWaitForWindowActive(&page));
        QPushButton* const why = whyButton(page);
        why->click();
        page.why()->findChild<QPushButton*>()->setFocus();
        QTest::keyClick(QApplication::focusWidget(), Qt::Key_Escape);
        QVERIFY(!why->isChecked() && !page.why()->isVisible());
        QVERIFY(why->hasFocus());

        QPushButton* const preview = page.settings()->previewButton();
        QWidget* const batch = page.settings()->row(QStringLiteral("batch_size"))->editor();
        preview->setChecked(true);
        batch->setFocus();
        QTest::keyClick(batch, Qt::Key_Escape);
        QVERIFY(!preview->isChecked() && !page.preview()->isVisible());
        QVERIFY(batch->hasFocus());

        // A rate that is being typed takes it first.
        QWidget* const decay
            = page.settings()->row(QStringLiteral("optimizer.weight_decay"))->editor();
        why->click();
        decay->findChild<QLineEdit*>()->setText(QStringLiteral("1e-"));
        QTest::keyClick(decay, Qt::Key_Escape);
        QVERIFY(why->isChecked());
        QTest::keyClick(decay, Qt::Key_Escape);
        QVERIFY(!why->isChecked());
    }
};

QTEST_MAIN(TestExplanation)
#include "tst_explanation.moc"
