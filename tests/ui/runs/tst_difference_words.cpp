#include "tests/ui/painted_dataset.h"
#include "ui/base/format.h"
#include "ui/base/theme.h"
#include "ui/recipe/setting_row.h"
#include "ui/recipe/setting_words.h"
#include "ui/recipe/settings_panel.h"
#include "ui/runs/difference_words.h"

#include <QTest>

using namespace vernier;
using namespace vernier::ui;

namespace {

QStringList keys(const Recipe& recipe)
{
    QStringList keys;
    for (const RecipeDifference& row : sideBySide(recipe, recipe))
        keys << QString::fromStdString(row.key);
    return keys;
}

} // namespace

class TestDifferenceWords : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void initTestCase() { theme::apply(Scheme::Light); }
    void init() { test::startWithNothingRemembered(); }

    void everyKeyOfARecipeHasWords()
    {
        Recipe recipe;
        recipe.phases[0].plan.blockRates["block5"] = 1e-5;
        recipe.phases[0].plan.layerRates["block5_conv1"] = 0;
        recipe.phases.push_back(recipe.phases[0]);
        for (const QString& key : keys(recipe)) {
            const QString label = settingLabel(key.toStdString());
            QVERIFY2(label != key && !label.contains(QLatin1Char('_')), qPrintable(key));
        }
        QCOMPARE(settingLabel("something_new"), QStringLiteral("something_new"));
        QCOMPARE(settingValue("something_new", "0.5"), QStringLiteral("0.5"));
    }

    void theRecipePageCallsThemTheSame()
    {
        const SettingsPanel panel;
        int rows = 0;
        for (QString key : keys(Recipe())) {
            const QString label = settingLabel(key.toStdString());
            key.replace(QStringLiteral("phases.0."), QStringLiteral("phases."));
            if (const SettingRow* row = panel.row(key)) {
                QCOMPARE(label, row->editor()->accessibleName());
                ++rows;
            }
        }
        QVERIFY2(rows > 40, qPrintable(QString::number(rows)));
    }

    void valuesAreWrittenAsOnTheRecipePage_data()
    {
        QTest::addColumn<QString>("key");
        QTest::addColumn<QString>("value");
        QTest::addColumn<QString>("words");
        const auto row = [](const char* key, const char* value, const QString& words) {
            QTest::newRow(key) << QString::fromUtf8(key) << QString::fromUtf8(value) << words;
        };
        row("head.dropout", "0.07", format::percent(0.07, 0));
        row("phases.0.schedule.drop_to", "0.125", QStringLiteral("12.5\u00a0%"));
        row("pictures.augmentation.rotation", "12.5", QStringLiteral("12.5\u00a0°"));
        row("phases.1.head_rate", "2.2e-5", format::rate(2.2e-5));
        row("optimizer.epsilon", "1e-7", format::rate(1e-7));
        row("phases.0.layer_rates.block5_conv1", "0", QStringLiteral("frozen"));
        row("phases.0.patience", "0", QStringLiteral("Never"));
        row("phases.1.patience", "3", QStringLiteral("3"));
        row("optimizer.momentum", "0.9", QStringLiteral("0.9"));
        row("pictures.geometry", "crop", QStringLiteral("Crop the centre"));
        row("pictures.views", "fresh", QStringLiteral("Fresh"));
        row("pictures.class_weights", "false", QStringLiteral("off"));
        row("optimizer.name", "sgd", QStringLiteral("SGD"));
        row("weights", "/home/me/own.safetensors", QStringLiteral("own.safetensors"));
        row("device", "cuda:1", QStringLiteral("cuda:1"));
        row("seed", "12345678901234567890", QStringLiteral("12345678901234567890"));
        QTest::newRow("no layers")
            << QStringLiteral("head.dense") << QStringLiteral("[]") << QStringLiteral("none");
        row("head.dense", R"([1024,{"size":256,"activation":"tanh","dropout":0.3}])",
            QStringLiteral("1024, 256 tanh %1").arg(format::percent(0.3, 0)));
    }
    void valuesAreWrittenAsOnTheRecipePage()
    {
        QFETCH(QString, key);
        QFETCH(QString, value);
        QFETCH(QString, words);
        QCOMPARE(settingValue(key.toStdString(), value.toStdString()), words);
    }

    void aDifferenceSaysWhatBecameOfTheSetting()
    {
        QCOMPARE(inWords({ "batch_size", "20", "8" }, true), QStringLiteral("Batch 20 → 8"));
        const RecipeDifference gained { "phases.1.head_rate", "", "1e-4" };
        QVERIFY(ofLaterPhase(gained));
        QCOMPARE(inWords(gained, true), QStringLiteral("Phase 2: head's rate 1e-4 (new)"));
        const RecipeDifference lost { "phases.0.block_rates.block5", "1e-5", "" };
        QVERIFY(!ofLaterPhase(lost));
        QCOMPARE(inWords(lost, false), QStringLiteral("Block 5's rate 1e-5 (removed)"));
    }

    void aRateThatWasChangedMeanwhileIsToldWithItsEpoch()
    {
        QCOMPARE(inWords(RateChange { "head", 1, 4, 1e-3, 3e-4 }, false),
            QStringLiteral("Head's rate %1 → %2 in epoch 4, while it trained")
                .arg(format::rate(1e-3), format::rate(3e-4)));
        QCOMPARE(inWords(RateChange { "block5", 2, 12, 1e-5, 2e-5 }, true),
            QStringLiteral("Phase 2: block 5's rate %1 → %2 in epoch 12, while it trained")
                .arg(format::rate(1e-5), format::rate(2e-5)));
    }

    void theFurtherPhasesOfAForkAreOneLine()
    {
        RunSummary run;
        run.comparedWith = "50 %1";
        run.recipe.phases.push_back({ { 1e-4, { { "block5", 1e-5 } } }, 5, 0 });
        run.furtherPhases = { run.recipe.phases[1] };
        run.differences = { { "batch_size", "20", "8" } };
        run.rateChanges = { { "head", 2, 13, 1e-4, 1e-5 } };
        QCOMPARE(changesInWords(run)[0],
            QStringLiteral("Phase 2: block 5 at 1e-5, head at 1e-4, 5 epochs"));
        run.comparedWithParent = true;
        run.record.parent = RunParent { "/runs/first", 12 };
        QCOMPARE(changesInWords(run),
            (QStringList {
                QStringLiteral("Goes on from epoch 12 of 50 %1 with block 5 at 1e-5, head at 1e-4, "
                               "5 epochs"),
                QStringLiteral("Batch 20 → 8"), inWords(run.rateChanges[0], true) }));
        run.furtherPhases.push_back(run.furtherPhases[0]);
        run.recipe.phases.push_back(run.furtherPhases[0]);
        QVERIFY(changesInWords(run)[0].contains(QStringLiteral("5 epochs; then block 5")));
        QVERIFY(changesInWords(RunSummary()).isEmpty());
    }
};

QTEST_MAIN(TestDifferenceWords)
#include "tst_difference_words.moc"
