#include "core/model/freeze_plan.h"
#include "core/model/model_description.h"
#include "core/model/summary.h"

#include <QtTest>

#include <algorithm>
#include <set>

using namespace vernier;

class TestArchitecture : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void vgg16WithItsTopHasKerassNumberOfParameters()
    {
        auto layers = vgg16().layers;
        layers.insert(layers.end(), vgg16().top.begin(), vgg16().top.end());
        const auto summary = summarize(vgg16().inputShape(), layers);
        QCOMPARE(summary.parameters, 138'357'544);
        QVERIFY(
            toText(summary, "VGG16").find("total parameters: 138,357,544") != std::string::npos);
    }
    void everyBackboneHasItsPublishedNumberOfParameters_data()
    {
        QTest::addColumn<qint64>("parameters");
        QTest::addColumn<int>("channels");
        // As torchvision's documentation gives them.
        QTest::newRow("vgg11") << qint64 { 132'863'336 } << 512;
        QTest::newRow("vgg13") << qint64 { 133'047'848 } << 512;
        QTest::newRow("vgg16") << qint64 { 138'357'544 } << 512;
        QTest::newRow("vgg19") << qint64 { 143'667'240 } << 512;
        QTest::newRow("vgg11_bn") << qint64 { 132'868'840 } << 512;
        QTest::newRow("vgg13_bn") << qint64 { 133'053'736 } << 512;
        QTest::newRow("vgg16_bn") << qint64 { 138'365'992 } << 512;
        QTest::newRow("vgg19_bn") << qint64 { 143'678'248 } << 512;
        QTest::newRow("resnet18") << qint64 { 11'689'512 } << 512;
        QTest::newRow("resnet34") << qint64 { 21'797'672 } << 512;
        QTest::newRow("resnet50") << qint64 { 25'557'032 } << 2048;
    }
    void everyBackboneHasItsPublishedNumberOfParameters()
    {
        QFETCH(qint64, parameters);
        QFETCH(int, channels);
        const auto found = findArchitecture(QTest::currentDataTag());
        QVERIFY(found);
        const auto& backbone = **found;
        auto layers = backbone.layers;
        layers.insert(layers.end(), backbone.top.begin(), backbone.top.end());
        QCOMPARE(summarize(backbone.inputShape(), layers).parameters, parameters);
        QCOMPARE(backbone.shapeAfter(backbone.layers.size()), (Shape { channels, 7, 7 }));
        QCOMPARE(backbone.blocks(),
            (std::vector<std::string> { "block1", "block2", "block3", "block4", "block5" }));
        QVERIFY(std::ranges::find(architectures(), &backbone) != architectures().end());
        QVERIFY(findNormalization(backbone.normalization));
        // Every name once, or files and graphs would mix tensors up.
        std::set<std::string> names;
        for (const auto& layer : layers) {
            for (const auto& tensor : tensorsOf(layer, { 1, 1, 1 }))
                QVERIFY2(names.insert(tensor.name).second, tensor.name.c_str());
        }
    }
    void allThatAreOfferedHaveAFigureAbove()
    {
        QCOMPARE(architectures().size(), std::size_t { 11 });
    }
    void aResidualUnitIsOneLayer()
    {
        const auto& resNet = **findArchitecture("resnet50");
        const auto unit = *resNet.indexOf("block4_unit1");
        const auto in = resNet.shapeAfter(unit);
        QCOMPARE(in, (Shape { 512, 28, 28 }));
        QCOMPARE(outputShape(resNet.layers[unit], in), (Shape { 1024, 14, 14 }));
        std::vector<std::string> parts;
        for (const auto& part : partsOf(resNet.layers[unit], in))
            parts.push_back(part.layer->name);
        QCOMPARE(parts.size(), std::size_t { 8 });
        QCOMPARE(parts[3], std::string("block4_unit1_bn2"));
        QCOMPARE(parts[6], std::string("block4_unit1_shortcut_conv"));
        // Three convolutions, that of the shortcut, and a weight and a bias of each normalization.
        QCOMPARE(parameterCount(resNet.layers[unit], in),
            512 * 256 + 256 * 256 * 9 + 256 * 1024 + 512 * 1024 + 2 * (256 + 256 + 1024 + 1024));
        QCOMPARE(multiplyAdds(resNet.layers[unit], in),
            std::int64_t { 28 * 28 } * 512 * 256
                + std::int64_t { 14 * 14 } * (256 * 256 * 9 + 256 * 1024 + 512 * 1024));
        const FreezePlan plan { 1e-3, { { "block5", 1e-5 } }, { { "block4_unit6", 1e-6 } } };
        QVERIFY(check(plan, resNet, resNet.layers.size()));
        QCOMPARE(cutOf(resNet, resNet.layers.size(), plan), *resNet.indexOf("block4_unit6"));
    }
    void theTutorialsHeadHasItsNumberOfParameters()
    {
        const auto head = headLayers({ Pooling::Flatten, { 1024 }, 0.5 }, 3);
        const auto summary = summarize(vgg16().shapeAfter(vgg16().layers.size()), head);
        QCOMPARE(summary.rows[1].parameters, 25'691'136);
        QCOMPARE(summary.rows.back().parameters, 3'075);
    }
    void theTrunkEndsInSevenBySevenBy512()
    {
        QCOMPARE(vgg16().shapeAfter(vgg16().layers.size()), (Shape { 512, 7, 7 }));
        QCOMPARE(vgg16().layers.size(), std::size_t { 18 });
        QCOMPARE(vgg16().blocks().size(), std::size_t { 5 });
    }
    void theCutLiesBelowTheDeepestBlockThatTrains()
    {
        const auto end = vgg16().layers.size();
        const auto nameAt = [](std::size_t i) { return vgg16().layers[i].name; };
        QCOMPARE(cutOf(vgg16(), end, {}), end);
        QCOMPARE(nameAt(cutOf(vgg16(), end, { 1e-3, { { "block5", 1e-5 } } })),
            std::string("block5_conv1"));
        QCOMPARE(nameAt(cutOf(vgg16(), end, { 1e-3, { { "block5", 1e-5 }, { "block2", 1e-5 } } })),
            std::string("block2_conv1"));
        QCOMPARE(cutOf(vgg16(), end, { 1e-3, { { "block1", 1e-5 } } }), std::size_t { 0 });
    }
    void onlyTickedBlocksCountAsTraining()
    {
        const FreezePlan plan { 1e-3, { { "block5", 1e-5 } } };
        const auto summary = summarize(vgg16().inputShape(), vgg16().layers, &plan);
        QCOMPARE(summary.trainable, 3 * (512 * 512 * 9 + 512));
    }
    void aWrongPlanIsRefusedByName()
    {
        const auto end = vgg16().layers.size();
        const auto unknown = check({ 1e-3, { { "block9", 1e-5 } } }, vgg16(), end);
        QVERIFY(!unknown && unknown.error().text().find("block9") != std::string::npos);
        QVERIFY(!check({ 0, {} }, vgg16(), end));
        QVERIFY(!check({ 1e-3, { { "block5", -1 } } }, vgg16(), end));
        const auto belowTransfer = vgg16().indexOf("block4_pool");
        QVERIFY(!check({ 1e-3, { { "block5", 1e-5 } } }, vgg16(), *belowTransfer + 1));
        QVERIFY(check({ 1e-3, { { "block5", 1e-5 } } }, vgg16(), end));
    }
    void aLayerMayDifferFromItsBlock()
    {
        FreezePlan plan { 1e-3, { { "block4", 1e-6 }, { "block5", 1e-5 } },
            { { "block3_conv3", 2e-6 }, { "block5_conv1", 0 }, { "block5_conv2", 4e-6 } } };
        QVERIFY(check(plan, vgg16(), 18));
        // block3_conv3 is the ninth layer.
        QCOMPARE(cutOf(vgg16(), 18, plan), std::size_t { 8 });
        const std::vector<TrainingGroup> expected {
            { "block4", 1e-6, { "block4_conv1", "block4_conv2", "block4_conv3" } },
            { "block5", 1e-5, { "block5_conv3" } }, { "block3_conv3", 2e-6, { "block3_conv3" } },
            { "block5_conv2", 4e-6, { "block5_conv2" } }, { "head", 1e-3, {} }
        };
        QVERIFY(trainingGroups(plan, vgg16(), 18) == expected);
        const auto summary = summarize(vgg16().inputShape(), vgg16().layers, &plan);
        const std::int64_t conv = 512 * 512 * 9 + 512;
        QCOMPARE(
            summary.trainable, (256 * 256 * 9 + 256) + (512 * 256 * 9 + 512) + 2 * conv + 2 * conv);
    }
    void aFrozenLayerAtTheBottomRaisesTheCut()
    {
        const FreezePlan plan { 1e-3, { { "block5", 1e-5 } }, { { "block5_conv1", 0 } } };
        QCOMPARE(cutOf(vgg16(), 18, plan), std::size_t { 15 });
        const FreezePlan none { 1e-3, { { "block5", 1e-5 } },
            { { "block5_conv1", 0 }, { "block5_conv2", 0 }, { "block5_conv3", 0 } } };
        QCOMPARE(cutOf(vgg16(), 18, none), std::size_t { 18 });
        QCOMPARE(trainingGroups(none, vgg16(), 18).size(), std::size_t { 1 });
    }
    void aWrongLayerIsRefusedByName_data()
    {
        QTest::addColumn<QString>("layer");
        QTest::addColumn<double>("rate");
        QTest::newRow("no such layer") << "block5_conv4" << 1e-5;
        QTest::newRow("nothing to train in it") << "block4_pool" << 1e-5;
        QTest::newRow("above the transfer layer") << "block5_conv1" << 1e-5;
        QTest::newRow("a rate below 0") << "block4_conv1" << -1e-5;
        QTest::newRow("a rate that is too high") << "block4_conv1" << 11.0;
    }
    void aWrongLayerIsRefusedByName()
    {
        QFETCH(QString, layer);
        QFETCH(double, rate);
        const FreezePlan plan { 1e-3, {}, { { layer.toStdString(), rate } } };
        const auto wrong = check(plan, vgg16(), 14);
        QVERIFY(!wrong);
        QVERIFY(wrong.error().detail.find(layer.toStdString()) != std::string::npos);
    }
    void aPlanIsSaidInAsFewWordsAsItCan()
    {
        FreezePlan plan { 1e-3, { { "block4", 1e-6 }, { "block5", 1e-5 } },
            { { "block4_conv1", 0 }, { "block4_conv2", 1e-6 }, { "block4_conv3", 2e-6 },
                { "block5_conv1", 1e-5 }, { "block3_conv1", 0 } } };
        const auto before = plan;
        simplify(plan, vgg16());
        QCOMPARE(plan,
            (FreezePlan { 1e-3, { { "block5", 1e-5 } },
                { { "block4_conv2", 1e-6 }, { "block4_conv3", 2e-6 } } }));
        for (const auto& layer : vgg16().layers)
            QCOMPARE(plan.rateOf(layer), before.rateOf(layer));
    }
    void eachBlockBelowGetsItsShare()
    {
        FreezePlan plan { 1e-3, { { "block2", 7 }, { "block4", 7 }, { "block5", 1e-4 } } };
        lowerRatesBelow(plan, vgg16(), 0.5);
        QCOMPARE(plan.blockRates,
            (std::map<std::string, double> {
                { "block2", 2.5e-5 }, { "block4", 5e-5 }, { "block5", 1e-4 } }));
    }
    void plansDescribeThemselvesInWords()
    {
        QCOMPARE(describe(FreezePlan {}), std::string("head only"));
        QCOMPARE(describe(FreezePlan { 1e-3, { { "block5", 1e-5 } }, { { "block5_conv1", 0 } } }),
            std::string("block 5 at 1e-5, block5_conv1 frozen"));
        QCOMPARE(
            describe(FreezePlan { 1e-3, {}, { { "block5_conv1", 0.5 }, { "block3_conv1", 1 } } }),
            std::string("head only, 2 layers apart"));
        QCOMPARE(describe({ 1e-3, { { "block5", 1e-5 } } }), std::string("block 5 at 1e-5"));
        QCOMPARE(describe({ 1e-3, { { "block4", 1e-5 }, { "block5", 1e-5 } } }),
            std::string("blocks 4, 5 at 1e-5"));
        QCOMPARE(describe({ 1e-3, { { "block4", 1e-6 }, { "block5", 1e-5 } } }),
            std::string("blocks 4, 5 at different rates"));
    }
    void aModelDescriptionComesBackAsItWas()
    {
        ModelDescription model;
        model.classes = { "forky", "knifey",
            "l\xC3\xB6"
            "ffel \"x\"" };
        model.head = { Pooling::Average, { 64, 32 }, 0.25 };
        model.geometry = Geometry::Crop;
        model.normalization = *findNormalization("caffe");
        const auto read = modelDescriptionFromJson(toJson(model), "model");
        QVERIFY2(read, read ? "" : read.error().text().c_str());
        QCOMPARE(*read, model);
    }
    void aWrongModelDescriptionIsRefused_data()
    {
        QTest::addColumn<QString>("from");
        QTest::addColumn<QString>("to");
        QTest::newRow("no JSON") << "{"
                                 << "[";
        QTest::newRow("unknown backbone") << "vgg16"
                                          << "vgg99";
        QTest::newRow("unknown layer") << "block5_pool"
                                       << "block6_pool";
        QTest::newRow("no classes") << "[\"a\",\"b\"]"
                                    << "[]";
        QTest::newRow("classes of numbers") << "[\"a\",\"b\"]"
                                            << "[1,2]";
        QTest::newRow("unknown key") << "\"backbone\""
                                     << "\"spine\"";
        QTest::newRow("huge dense layer") << "1024"
                                          << "102400000";
        QTest::newRow("other size") << "\"input_size\":224"
                                    << "\"input_size\":225";
        QTest::newRow("huge size") << "\"input_size\":224"
                                   << "\"input_size\":4096";
        QTest::newRow("absurd size") << "\"input_size\":224"
                                     << "\"input_size\":-1";
        QTest::newRow("unknown normalization") << "\"caffe\""
                                               << "\"coffee\"";
    }
    void aWrongModelDescriptionIsRefused()
    {
        QFETCH(QString, from);
        QFETCH(QString, to);
        ModelDescription model;
        model.classes = { "a", "b" };
        model.normalization = *findNormalization("caffe");
        auto text = QString::fromStdString(toJson(model));
        QVERIFY(text.contains(from));
        text.replace(from, to);
        const auto read = modelDescriptionFromJson(text.toStdString(), "model.safetensors");
        QVERIFY(!read);
        QVERIFY(read.error().text().find("model.safetensors") != std::string::npos);
    }
};

QTEST_GUILESS_MAIN(TestArchitecture)
#include "tst_architecture.moc"
