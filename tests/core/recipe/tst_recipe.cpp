#include "core/recipe/recipe_phases.h"
#include "tests/support/source_dir.h"

#include <limits>

#include <QtTest>

using namespace vernier;

class TestRecipe : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void theBuiltInRecipesAreValidAndNamed()
    {
        for (const auto& name : builtInRecipeNames()) {
            const auto recipe = builtInRecipe(name);
            QVERIFY2(recipe, recipe ? "" : recipe.error().text().c_str());
            QCOMPARE(recipe->name, name);
            QVERIFY(!recipe->about.empty());
        }
        QVERIFY(!builtInRecipe("nonsense"));
    }
    void theTutorialSaysWhatTheTutorialDoes()
    {
        const auto r = *builtInRecipe("tutorial");
        QCOMPARE(r.normalization, std::string("unit"));
        QCOMPARE(r.batchSize, 20);
        QCOMPARE(r.head, (HeadSpec { Pooling::Flatten, { 1024 }, 0.5 }));
        QCOMPARE(r.phases.size(), std::size_t { 2 });
        QCOMPARE(r.phases[0].epochs, 20);
        QCOMPARE(r.phases[0].stepsPerEpoch, 100);
        QCOMPARE(r.phases[0].plan, (FreezePlan { 1e-5, {} }));
        QCOMPARE(
            r.phases[1].plan, (FreezePlan { 1e-7, { { "block4", 1e-7 }, { "block5", 1e-7 } } }));
        QVERIFY(r.classWeights);
        QCOMPARE(keptViews(r, false), 0);
        QCOMPARE(keptViews(r, true), 0);
    }
    void theNormalizationIsWhatTheWeightsExpectUnlessItIsSaid()
    {
        Recipe r;
        const auto expected = [&] { return describeModel(r, { "a", "b" })->normalization.name; };
        QCOMPARE(expected(), std::string("caffe"));
        r.backbone = "tinyvgg";
        r.transferLayer = "block2_pool";
        r.weights = "random";
        QCOMPARE(expected(), std::string("unit"));
        const auto samples = test::dataDir() / "weights" / "formats";
        r.weights = samples / "torch_zip.pth";
        QCOMPARE(expected(), std::string("torch"));
        r.weights = samples / "keras_applications.h5";
        QCOMPARE(expected(), std::string("unit"));
        r.normalization = "caffe";
        QCOMPARE(expected(), std::string("caffe"));
        r.normalization = "auto";
        r.weights = samples / "make.py";
        QCOMPARE(describeModel(r, { "a", "b" }).error().code, ErrorCode::Unsupported);
    }
    void picturesAreOfTheBackbonesSizeUnlessItIsSaid()
    {
        Recipe r;
        QCOMPARE(describeModel(r, { "a", "b" })->inputSize, 224);
        r.size = 320;
        QCOMPARE(describeModel(r, { "a", "b" })->inputSize, 320);
        r.size = kBackbonesSize;
        r.backbone = "tinyvgg";
        r.transferLayer = "block2_pool";
        QCOMPARE(describeModel(r, { "a", "b" })->inputSize, 32);
    }
    void aRecipeComesBackAsItWas()
    {
        Recipe r;
        r.name = "mine";
        r.seed = 18'446'744'073'709'551'615ull;
        r.augmentation.rotation = 12.5;
        r.augmentation.fill = FillMode::Reflect;
        r.views = 6;
        r.head = { Pooling::Average,
            { 64, { 32, Activation::Tanh }, { 16, Activation::None, 0.25 } }, 0 };
        r.optimizer = { OptimizerKind::RmsProp, 0.5, 1e-4, 1e-8, 2.5 };
        r.labelSmoothing = 0.1;
        r.mixUp = 0.2;
        r.averageDecay = 0.995;
        r.phases = { { { 1e-3, {} }, 3, 0 },
            { { 1e-5, { { "block1", 3e-6 }, { "block5", 1e-5 } },
                  { { "block5_conv1", 0 }, { "block3_conv2", 2e-6 } } },
                7, 100, { ScheduleKind::OneCycle, 0.1, 3, 0.25, 0.4 }, 5, Watch::Accuracy } };
        r.precision = Precision::Fp32;
        r.geometry = Geometry::Crop;
        r.size = 320;
        r.perClass = kBalancedClasses;
        r.testToTrain = 0.25;
        const auto read = recipeFromJson(toJson(r), "recipe.json");
        QVERIFY2(read, read ? "" : read.error().text().c_str());
        QCOMPARE(*read, r);
    }
    void viewsAreANumberOrAWord_data()
    {
        QTest::addColumn<QString>("json");
        QTest::addColumn<int>("onCpu");
        QTest::addColumn<int>("onGpu");
        QTest::newRow("left out") << "{}" << 4 << 0;
        QTest::newRow("auto") << "{\"views\":\"auto\"}" << 4 << 0;
        QTest::newRow("fresh") << "{\"views\":\"fresh\"}" << 0 << 0;
        QTest::newRow("0") << "{\"views\":0}" << 0 << 0;
        QTest::newRow("7") << "{\"views\":7}" << 7 << 7;
        QTest::newRow("as a text") << "{\"views\":\"7\"}" << 7 << 7;
    }
    void viewsAreANumberOrAWord()
    {
        QFETCH(QString, json);
        QFETCH(int, onCpu);
        QFETCH(int, onGpu);
        auto r = *recipeFromJson("{\"pictures\":" + json.toStdString() + "}", {});
        // Without augmentation there is nothing to keep but the picture as it is.
        QCOMPARE(keptViews(r, false), 1);
        r.augmentation.horizontalFlip = true;
        QCOMPARE(keptViews(r, false), onCpu);
        QCOMPARE(keptViews(r, true), onGpu);
        QCOMPARE(*recipeFromJson(toJson(r), {}), r);
        const auto set = withValues(r, { { "pictures.views", "3" } });
        QVERIFY2(set, set ? "" : set.error().text().c_str());
        QCOMPARE(set->views, 3);
        QCOMPARE(withValues(*set, { { "pictures.views", "fresh" } })->views, kFreshViews);
        const auto noText = withValues(r, { { "name", "a\xff" } });
        QVERIFY(!noText);
        QVERIFY(noText.error().detail.starts_with("name: must be UTF-8"));
    }
    void whatARecipeLeavesOutChangesNothing()
    {
        const Recipe r;
        QCOMPARE(r.phases[0].schedule, Schedule {});
        QCOMPARE(rateFactor(r.phases[0].schedule, { 7, 10, 10 }), 1.0);
        QCOMPARE(r.phases[0].patience, 0);
        QCOMPARE(r.labelSmoothing, 0.0);
        QCOMPARE(r.mixUp, 0.0);
        QCOMPARE(r.averageDecay, 0.0);
        QCOMPARE(r.optimizer.clipNorm, 0.0);
    }
    void missingKeysTakeTheirDefaults() { QCOMPARE(*recipeFromJson("{}", {}), Recipe {}); }
    void aWrongValueIsNamedByItsDottedKey_data()
    {
        QTest::addColumn<QString>("json");
        QTest::addColumn<QString>("key");
        QTest::newRow("epochs") << "{\"phases\":[{\"epochs\":0}]}"
                                << "phases.0.epochs";
        QTest::newRow("second phase") << "{\"phases\":[{},{\"head_rate\":-1}]}"
                                      << "phases.1.head_rate";
        QTest::newRow("block rate") << "{\"phases\":[{\"block_rates\":{\"block5\":\"x\"}}]}"
                                    << "phases.0.block_rates.block5";
        QTest::newRow("layer rate") << "{\"phases\":[{\"layer_rates\":{\"block5_conv1\":-1}}]}"
                                    << "phases.0.layer_rates.block5_conv1";
        QTest::newRow("unknown layer") << "{\"phases\":[{\"layer_rates\":{\"block5_conv9\":1}}]}"
                                       << "phases.0.layer_rates";
        QTest::newRow("unknown block") << "{\"phases\":[{\"block_rates\":{\"block6\":1e-5}}]}"
                                       << "phases.0.block_rates";
        QTest::newRow("unknown key") << "{\"heads\":{}}"
                                     << "heads";
        QTest::newRow("nested unknown key") << "{\"head\":{\"droput\":0.5}}"
                                            << "head.droput";
        QTest::newRow("dropout") << "{\"head\":{\"dropout\":1}}"
                                 << "head.dropout";
        QTest::newRow("dense") << "{\"head\":{\"dense\":[0]}}"
                               << "head.dense.0";
        QTest::newRow("activation")
            << "{\"head\":{\"dense\":[4,{\"size\":8,\"activation\":\"softmax\"}]}}"
            << "head.dense.1.activation";
        QTest::newRow("dense without a size") << "{\"head\":{\"dense\":[{\"dropout\":0.5}]}}"
                                              << "head.dense.0.size";
        QTest::newRow("dropout of one") << "{\"head\":{\"dense\":[{\"size\":8,\"dropout\":1}]}}"
                                        << "head.dense.0.dropout";
        QTest::newRow("nine hidden layers") << "{\"head\":{\"dense\":[1,2,3,4,5,6,7,8,9]}}"
                                            << "head.dense";
        QTest::newRow("type") << "{\"batch_size\":\"20\"}"
                              << "batch_size";
        QTest::newRow("fraction") << "{\"batch_size\":20.5}"
                                  << "batch_size";
        QTest::newRow("huge") << "{\"batch_size\":99999999999999999999}"
                              << "batch_size";
        QTest::newRow("word") << "{\"optimizer\":{\"name\":\"adamm\"}}"
                              << "optimizer.name";
        QTest::newRow("zoom") << "{\"pictures\":{\"augmentation\":{\"zoom_low\":2}}}"
                              << "pictures.augmentation.zoom_low";
        QTest::newRow("device") << "{\"device\":\"gpu\"}"
                                << "device";
        QTest::newRow("backbone") << "{\"backbone\":\"vgg61\"}"
                                  << "backbone";
        QTest::newRow("layer") << "{\"transfer_layer\":\"top\"}"
                               << "transfer_layer";
        QTest::newRow("normalization") << "{\"normalization\":\"x\"}"
                                       << "normalization";
        QTest::newRow("size") << "{\"pictures\":{\"size\":300}}"
                              << "pictures.size";
        QTest::newRow("huge size") << "{\"pictures\":{\"size\":2048}}"
                                   << "pictures.size";
        QTest::newRow("size in words") << "{\"pictures\":{\"size\":\"large\"}}"
                                       << "pictures.size";
        QTest::newRow("views") << "{\"pictures\":{\"views\":-1}}"
                               << "pictures.views";
        QTest::newRow("views in words") << "{\"pictures\":{\"views\":\"many\"}}"
                                        << "pictures.views";
        QTest::newRow("schedule") << "{\"phases\":[{\"schedule\":{\"kind\":\"cosin\"}}]}"
                                  << "phases.0.schedule.kind";
        QTest::newRow("warmup") << "{\"phases\":[{\"schedule\":{\"warmup\":1}}]}"
                                << "phases.0.schedule.warmup";
        QTest::newRow("drop every") << "{\"phases\":[{\"schedule\":{\"drop_every\":0}}]}"
                                    << "phases.0.schedule.drop_every";
        QTest::newRow("drop to") << "{\"phases\":[{\"schedule\":{\"drop_to\":0}}]}"
                                 << "phases.0.schedule.drop_to";
        QTest::newRow("peak") << "{\"phases\":[{\"schedule\":{\"peak_at\":1}}]}"
                              << "phases.0.schedule.peak_at";
        QTest::newRow("patience") << "{\"phases\":[{\"patience\":-1}]}"
                                  << "phases.0.patience";
        QTest::newRow("watch") << "{\"phases\":[{\"watch\":\"time\"}]}"
                               << "phases.0.watch";
        QTest::newRow("smoothing") << "{\"label_smoothing\":0.6}"
                                   << "label_smoothing";
        QTest::newRow("mixup") << "{\"mixup\":2}"
                               << "mixup";
        QTest::newRow("average") << "{\"average_decay\":1}"
                                 << "average_decay";
        QTest::newRow("clip") << "{\"optimizer\":{\"clip_norm\":-1}}"
                              << "optimizer.clip_norm";
        QTest::newRow("no phases") << "{\"phases\":[]}"
                                   << "phases";
        QTest::newRow("negative seed") << "{\"seed\":-1}"
                                       << "seed";
    }
    void aWrongValueIsNamedByItsDottedKey()
    {
        QFETCH(QString, json);
        QFETCH(QString, key);
        const auto read = recipeFromJson(json.toStdString(), "my.json");
        QVERIFY(!read);
        QVERIFY2(
            read.error().detail.starts_with(key.toStdString() + ":"), read.error().detail.c_str());
        QCOMPARE(read.error().code, ErrorCode::Invalid);
        QCOMPARE(read.error().path.string(), std::string("my.json"));
    }
    void brokenJsonIsAnErrorAndNotACrash_data()
    {
        QTest::addColumn<QByteArray>("text");
        QTest::newRow("empty") << QByteArray();
        QTest::newRow("cut off") << QByteArray("{\"name\":\"x");
        QTest::newRow("a list") << QByteArray("[]");
        QTest::newRow("not UTF-8") << QByteArray("{\"name\":\"\xff\xfe\"}");
        QTest::newRow("deep") << QByteArray(200'000, '[');
        QTest::newRow("binary") << QByteArray("\x00\x01\x02", 3);
    }
    void brokenJsonIsAnErrorAndNotACrash()
    {
        QFETCH(QByteArray, text);
        QVERIFY(!recipeFromJson(
            std::string_view(text.constData(), static_cast<std::size_t>(text.size())), "f"));
    }
    void aRecipeMadeInTheWindowIsCheckedAlike()
    {
        Recipe r;
        QVERIFY(check(r));
        r.phases[0].plan.headRate = std::numeric_limits<double>::quiet_NaN();
        QVERIFY(!check(r));
        r = {};
        r.batchSize = 0;
        QVERIFY(!check(r));
    }
    void aLowerTransferLayerTakesRatesAboveItAway()
    {
        Recipe r;
        r.phases = { { { 1e-3, { { "block4", 1e-6 }, { "block5", 1e-5 } },
                           { { "block4_conv3", 0 }, { "block5_conv1", 0 } } },
            1, 0 } };
        r.transferLayer = "block4_conv2";
        QVERIFY(!check(r));
        fitToBackbone(r);
        QVERIFY(check(r));
        QCOMPARE(r.phases[0].plan, (FreezePlan { 1e-3, { { "block4", 1e-6 } }, {} }));
    }
    void anyKeyCanBeSetByItsDottedName()
    {
        const Recipe r;
        const auto withValue = [](const Recipe& recipe, const char* key, const char* value) {
            return withValues(recipe, { { key, value } });
        };
        QCOMPARE(withValue(r, "head.dropout", "0.3")->head.dropout, 0.3);
        QCOMPARE(withValue(r, "head.dense", "[512,64]")->head.dense,
            (std::vector<DenseSpec> { 512, 64 }));
        QCOMPARE(withValue(r, "phases.0.epochs", "3")->phases[0].epochs, 3);
        QCOMPARE(withValue(r, "phases.0.block_rates.block5", "1e-5")
                     ->phases[0]
                     .plan.blockRates.at("block5"),
            1e-5);
        QCOMPARE(withValue(r, "phases.0.layer_rates.block5_conv1", "0")
                     ->phases[0]
                     .plan.layerRates.at("block5_conv1"),
            0.0);
        QCOMPARE(withValue(r, "pictures.per_class", "balanced")->perClass, kBalancedClasses);
        QCOMPARE(withValue(r, "pictures.per_class", "50")->perClass, 50);
        QVERIFY(!withValue(r, "pictures.per_class", "-1"));
        QCOMPARE(withValue(r, "optimizer.name", "sgd")->optimizer.kind, OptimizerKind::Sgd);
        QCOMPARE(withValue(r, "phases.0.schedule.kind", "one_cycle")->phases[0].schedule.kind,
            ScheduleKind::OneCycle);
        QCOMPARE(withValue(r, "phases.0.schedule.warmup", "0.1")->phases[0].schedule.warmup, 0.1);
        QCOMPARE(withValue(r, "phases.0.patience", "5")->phases[0].patience, 5);
        QCOMPARE(withValue(r, "phases.0.watch", "accuracy")->phases[0].watch, Watch::Accuracy);
        QCOMPARE(withValue(r, "label_smoothing", "0.1")->labelSmoothing, 0.1);
        QCOMPARE(withValue(r, "mixup", "0.2")->mixUp, 0.2);
        QCOMPARE(withValue(r, "average_decay", "0.99")->averageDecay, 0.99);
        QCOMPARE(withValue(r, "optimizer.clip_norm", "1")->optimizer.clipNorm, 1.0);
        QCOMPARE(withValue(r, "name", "123")->name, std::string("123"));
        QCOMPARE(withValue(r, "pictures.augmentation.horizontal_flip", "true")
                     ->augmentation.horizontalFlip,
            true);
        for (const auto* key :
            { "head.drop", "phases.1.epochs", "phases.x.epochs", "", ".", "head.dropout.x" })
            QVERIFY2(!withValue(r, key, "1"), key);
        QVERIFY(!withValue(r, "head.dropout", "2"));
        // Either alone would not be valid.
        const auto tiny
            = withValues(r, { { "backbone", "tinyvgg" }, { "transfer_layer", "block2_pool" } });
        QVERIFY(tiny);
        QCOMPARE(tiny->transferLayer, std::string("block2_pool"));
        // Without the second the head goes on top.
        QCOMPARE(withValue(r, "backbone", "resnet50")->transferLayer, std::string("block5_unit3"));
        QCOMPARE(recipeFromJson("{\"backbone\":\"vgg19_bn\"}", {})->transferLayer,
            std::string("block5_pool"));
        const auto wrong
            = withValues(r, { { "backbone", "resnet50" }, { "transfer_layer", "block5_pool" } });
        QVERIFY(!wrong && wrong.error().text().find("transfer_layer") != std::string::npos);
    }
    void aPhaseIsReadFromText()
    {
        const auto p = phaseFromText("blocks=4,5 lr=1e-5 epochs=5", vgg16(), Phase {});
        QVERIFY(p);
        QCOMPARE(p->epochs, 5);
        QCOMPARE(p->plan, (FreezePlan { 1e-5, { { "block4", 1e-5 }, { "block5", 1e-5 } } }));
        const auto own
            = phaseFromText("blocks=4:1e-6,block5:2e-6 head_lr=1e-4 steps=100", vgg16(), Phase {});
        QVERIFY(own);
        QCOMPARE(own->plan, (FreezePlan { 1e-4, { { "block4", 1e-6 }, { "block5", 2e-6 } } }));
        QCOMPARE(own->stepsPerEpoch, 100);
        QCOMPARE(phaseFromText("blocks=all lr=1e-5", vgg16(), Phase {})->plan.blockRates.size(),
            std::size_t { 5 });
        QVERIFY(phaseFromText("blocks=none lr=1e-3", vgg16(), Phase {})->plan.blockRates.empty());
        const Phase before { { 1e-4, { { "block5", 1e-6 } } }, 7, 100 };
        const auto apart = phaseFromText(
            "blocks=4,5 lr=1e-4 below=0.5 layers=block5_conv1:0,block3_conv3", vgg16(), Phase {});
        QVERIFY2(apart, apart ? "" : apart.error().text().c_str());
        QCOMPARE(apart->plan.blockRates,
            (std::map<std::string, double> { { "block4", 5e-5 }, { "block5", 1e-4 } }));
        QCOMPARE(apart->plan.layerRates,
            (std::map<std::string, double> { { "block3_conv3", 1e-4 }, { "block5_conv1", 0 } }));
        const auto after = phaseFromText("blocks=4,5", vgg16(), before);
        QCOMPARE(after->plan.headRate, 1e-4);
        QCOMPARE(after->plan.rate("block5"), 1e-6);
        QCOMPARE(after->plan.rate("block4"), 1e-5);
        QCOMPARE(after->epochs, 7);
        QCOMPARE(after->stepsPerEpoch, 100);
        QVERIFY(phaseFromText("", vgg16(), before)->plan.blockRates.empty());
        const auto cosine = phaseFromText("schedule=cosine warmup=0.1 patience=3", vgg16(), before);
        QCOMPARE(cosine->schedule.kind, ScheduleKind::Cosine);
        QCOMPARE(cosine->schedule.warmup, 0.1);
        QCOMPARE(cosine->patience, 3);
        QCOMPARE(cosine->epochs, 7);
        QCOMPARE(phaseFromText("epochs=2", vgg16(), *cosine)->schedule, cosine->schedule);
        for (const auto* text : { "schedule=wavy", "warmup=1", "patience=-1", "patience=1.5" })
            QVERIFY2(!phaseFromText(text, vgg16(), Phase {}), text);
        for (const auto* text :
            { "blocks=6", "lr=x", "lr=0", "epochs=0", "epochs=1.5", "speed=3", "blocks=5:fast" })
            QVERIFY2(!phaseFromText(text, vgg16(), Phase {}), text);
    }
};

QTEST_GUILESS_MAIN(TestRecipe)
#include "tst_recipe.moc"
