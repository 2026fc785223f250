#include "tests/core/weights/weight_samples.h"

using namespace vernier;
using namespace vernier::test;

/// Weight files of every kind, and what their tensors are called.
class TestWeightFile : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void everyFormatGivesTheSameNumbers_data();
    void everyFormatGivesTheSameNumbers();
    void aTrunkIsReadWithoutItsTop();
    void whatAFileSaysItselfGoesBeforeItsNames();
    void namesDeriveFromTheLayers();
    void everyBackboneHasTorchvisionsNames_data();
    void everyBackboneHasTorchvisionsNames();
    void namesBehindAPrefixAreFound_data();
    void namesBehindAPrefixAreFound();
    void aPrefixIsNeverGuessed();
    void theWeightsOfALargerNetworkAreRefused_data();
    void theWeightsOfALargerNetworkAreRefused();
    void namesAreFoundInATimeThatTheirCountExplains();
    void aFileForAnotherNetworkSaysWhatItHas();
};

void TestWeightFile::everyFormatGivesTheSameNumbers_data()
{
    QTest::addColumn<QString>("format");
    QTest::addColumn<QString>("naming");
    QTest::addColumn<QString>("normalization");
    const auto row = [](const char* name, const char* format, Naming naming) {
        QTest::newRow(name) << format << QString::fromStdString(std::string(vernier::name(naming)))
                            << (naming == Naming::Keras ? "unit" : "torch");
    };
    row("ours.safetensors", "safetensors", Naming::Keras);
    row("torchvision.safetensors", "safetensors", Naming::Torchvision);
    row("timm.safetensors", "safetensors", Naming::Timm);
    row("torch_zip.pth", "PyTorch", Naming::Torchvision);
    row("torch_legacy.pth", "PyTorch", Naming::Torchvision);
    row("torch_very_old.pth", "PyTorch", Naming::Torchvision);
    row("torch_checkpoint.pth", "PyTorch", Naming::Torchvision);
    row("torch_strided.pth", "PyTorch", Naming::Torchvision);
    row("lightning.ckpt", "PyTorch", Naming::Torchvision);
    row("keras_applications.h5", "Keras", Naming::Keras);
    row("keras_3.weights.h5", "Keras", Naming::Keras);
    row("keras_3.keras", "Keras", Naming::Keras);
    row("keras_model.h5", "Keras", Naming::Keras);
    row("torchvision.onnx", "ONNX", Naming::Torchvision);
    row("values_one_by_one.onnx", "ONNX", Naming::Torchvision);
}

void TestWeightFile::everyFormatGivesTheSameNumbers()
{
    QFETCH(QString, format);
    QFETCH(QString, naming);
    QFETCH(QString, normalization);
    const auto file = openWeights(currentSample());
    QVERIFY2(file, file ? "" : file.error().text().c_str());
    QCOMPARE(QString::fromStdString(std::string((*file)->format())), format);
    const auto fitted = fitWeights(**file, tinyVgg(), wholeNetwork());
    QVERIFY2(fitted, fitted ? "" : fitted.error().text().c_str());
    QCOMPARE(QString::fromStdString(std::string(name(fitted->naming))), naming);
    QCOMPARE(QString::fromStdString(fitted->normalization), normalization);

    QCOMPARE(fitted->tensors.size(), 6U);
    std::size_t number = 0;
    for (const auto* name : { "block1_conv1.weight", "block1_conv1.bias", "block2_conv1.weight",
             "block2_conv1.bias", "predictions.weight", "predictions.bias" }) {
        const auto& values = fitted->tensors.at(name);
        QVERIFY2(values.allclose(expectedNumbers(values, number++), 0, 1e-7), name);
    }
    QVERIFY(fitted->tensors.at("predictions.weight").sizes() == at::IntArrayRef({ 10, 1024 }));
}

void TestWeightFile::aTrunkIsReadWithoutItsTop()
{
    const auto file = openWeights(sample("torch_zip.pth"));
    QVERIFY(file);
    const auto fitted = fitWeights(**file, tinyVgg(), tinyVgg().layers);
    QVERIFY(fitted);
    QCOMPARE(fitted->tensors.size(), 4U);
}

void TestWeightFile::whatAFileSaysItselfGoesBeforeItsNames()
{
    const TemporaryFolder folder;
    const auto file = SafetensorsFile::open(sample("ours.safetensors"));
    QVERIFY(file);
    QVERIFY(writeSafetensors(folder / "said", file->tensors(), { { "normalization", "torch" } }));
    QVERIFY(writeSafetensors(
        folder / "nonsense", file->tensors(), { { "normalization", "nonsense" } }));
    QCOMPARE(fit(folder / "said")->normalization, std::string("torch"));
    QCOMPARE(fit(folder / "nonsense")->normalization, tinyVgg().normalization);
}

void TestWeightFile::namesDeriveFromTheLayers()
{
    auto layers = vgg16().layers;
    layers.insert(layers.end(), vgg16().top.begin(), vgg16().top.end());
    const auto shape = vgg16().inputShape();
    const auto nameOf = [&](Naming naming, const char* ours) {
        for (const auto& parameter : parameterNames(layers, shape, naming)) {
            if (parameter.ours == ours)
                return parameter.theirs;
        }
        return std::string();
    };
    // As they stand in torchvision's and timm's own files.
    QCOMPARE(nameOf(Naming::Torchvision, "block1_conv2.weight"), std::string("features.2.weight"));
    QCOMPARE(nameOf(Naming::Torchvision, "block3_conv1.bias"), std::string("features.10.bias"));
    QCOMPARE(nameOf(Naming::Torchvision, "block5_conv3.weight"), std::string("features.28.weight"));
    QCOMPARE(nameOf(Naming::Torchvision, "fc1.weight"), std::string("classifier.0.weight"));
    QCOMPARE(nameOf(Naming::Torchvision, "fc2.weight"), std::string("classifier.3.weight"));
    QCOMPARE(nameOf(Naming::Torchvision, "predictions.bias"), std::string("classifier.6.bias"));
    QCOMPARE(nameOf(Naming::Timm, "block5_conv3.weight"), std::string("features.28.weight"));
    QCOMPARE(nameOf(Naming::Timm, "fc2.bias"), std::string("pre_logits.fc2.bias"));
    QCOMPARE(nameOf(Naming::Timm, "predictions.weight"), std::string("head.fc.weight"));
    QCOMPARE(nameOf(Naming::Keras, "fc1.weight"), std::string("fc1.weight"));
}

void TestWeightFile::everyBackboneHasTorchvisionsNames_data()
{
    QTest::addColumn<QString>("ours");
    QTest::addColumn<QString>("theirs");
    const auto row = [](const char* backbone, const char* ours, const char* theirs) {
        QTest::addRow("%s %s", backbone, ours) << ours << theirs;
    };
    row("vgg11", "block5_conv2.bias", "features.18.bias");
    row("vgg19", "block5_conv4.weight", "features.34.weight");
    row("vgg11_bn", "block1_bn1.running_mean", "features.1.running_mean");
    row("vgg16_bn", "block5_conv3.weight", "features.40.weight");
    row("vgg16_bn", "block5_bn3.running_var", "features.41.running_var");
    row("vgg16_bn", "predictions.weight", "classifier.6.weight");
    row("resnet18", "block1_conv.weight", "conv1.weight");
    row("resnet18", "block1_bn.bias", "bn1.bias");
    row("resnet18", "block2_unit2_conv2.weight", "layer1.1.conv2.weight");
    row("resnet18", "block3_unit1_shortcut_conv.weight", "layer2.0.downsample.0.weight");
    row("resnet34", "block4_unit6_bn2.running_var", "layer3.5.bn2.running_var");
    row("resnet50", "block2_unit1_shortcut_bn.running_mean", "layer1.0.downsample.1.running_mean");
    row("resnet50", "block5_unit3_conv3.weight", "layer4.2.conv3.weight");
    row("resnet50", "predictions.bias", "fc.bias");
}

void TestWeightFile::everyBackboneHasTorchvisionsNames()
{
    QFETCH(QString, ours);
    QFETCH(QString, theirs);
    const auto backbone = *findArchitecture(
        QString(QTest::currentDataTag()).section(QLatin1Char(' '), 0, 0).toStdString());
    auto layers = backbone->layers;
    layers.insert(layers.end(), backbone->top.begin(), backbone->top.end());
    const auto names = parameterNames(layers, backbone->inputShape(), Naming::Torchvision);
    const auto found = std::ranges::find(names, ours.toStdString(), &ParameterName::ours);
    QVERIFY(found != names.end());
    QCOMPARE(QString::fromStdString(found->theirs), theirs);
}

void TestWeightFile::namesBehindAPrefixAreFound_data()
{
    QTest::addColumn<QString>("from");
    QTest::addColumn<QString>("prefix");
    const auto row = [](const char* from, const char* prefix) {
        QTest::addRow("%s %s", from, prefix) << QString::fromLatin1(from) << prefix;
    };
    for (const auto* prefix : { "", "module.", "_orig_mod.", "model.", "backbone.", "net.",
             "module._orig_mod.", "model.encoder.0." })
        row("torchvision", prefix);
    row("timm", "module.");
    row("ours", "module.");
}

void TestWeightFile::namesBehindAPrefixAreFound()
{
    QFETCH(QString, from);
    QFETCH(QString, prefix);
    const TemporaryFolder folder;
    const auto source = from.toStdString() + ".safetensors";
    auto names = allBehind(prefix.toStdString(), source.c_str());
    // What else a checkpoint holds does not matter.
    names.emplace_back("criterion.weight", names.front().second);
    const auto fitted = fit(renamed(folder, source.c_str(), names));
    QVERIFY2(fitted, fitted ? "" : fitted.error().text().c_str());
    QCOMPARE(QString::fromStdString(fitted->prefix), prefix);
    QVERIFY(!fitted->byOrder);
    QVERIFY(fitted->naming
        == (from == QLatin1String("ours")       ? Naming::Keras
                : from == QLatin1String("timm") ? Naming::Timm
                                                : Naming::Torchvision));
    std::size_t number = 0;
    for (const auto* name : { "block1_conv1.weight", "block1_conv1.bias", "block2_conv1.weight",
             "block2_conv1.bias", "predictions.weight", "predictions.bias" }) {
        const auto& values = fitted->tensors.at(name);
        QVERIFY2(values.allclose(expectedNumbers(values, number++), 0, 1e-7), name);
    }
}

void TestWeightFile::aPrefixIsNeverGuessed()
{
    const TemporaryFolder folder;
    const auto refusal = [&](const Renamed& names) {
        const auto fitted = fit(renamed(folder, "torchvision.safetensors", names));
        return fitted ? std::string("taken from behind ") + fitted->prefix : fitted.error().text();
    };
    // Two networks, and none of them said to be the one.
    auto two = allBehind("student.");
    for (auto& name : allBehind("teacher."))
        two.push_back(std::move(name));
    const auto both = refusal(two);
    QVERIFY2(both.find("more than one network: student.features.0.weight and "
                       "teacher.features.0.weight")
            != std::string::npos,
        both.c_str());
    // One whose names stand behind different things.
    auto parted = allBehind("a.");
    parted[1].first.replace(0, 2, "b.");
    parted[3].first.replace(0, 2, "b.");
    const auto some = refusal(parted);
    QVERIFY2(some.find("has no weights for ") != std::string::npos, some.c_str());
    // A whole one beside a part of another.
    auto whole = allBehind("a.");
    whole.emplace_back("b.features.0.weight", "features.0.weight");
    QCOMPARE(QString::fromStdString(refusal(whole)), QStringLiteral("taken from behind a."));
    // What stands in front is part of a name, not a name that ends alike.
    const auto alike = refusal({ { "myfeatures.0.weight", "features.0.weight" } });
    QVERIFY2(alike.find("has neither") != std::string::npos, alike.c_str());
}

void TestWeightFile::theWeightsOfALargerNetworkAreRefused_data()
{
    QTest::addColumn<QString>("from");
    QTest::addColumn<QString>("first");
    QTest::addColumn<QString>("more");
    QTest::newRow("ours") << "ours.safetensors"
                          << "block1_conv1.weight"
                          << "block2_conv9.weight";
    QTest::newRow("torchvision") << "torchvision.safetensors"
                                 << "features.0.weight"
                                 << "features.99.weight";
}

void TestWeightFile::theWeightsOfALargerNetworkAreRefused()
{
    QFETCH(QString, from);
    QFETCH(QString, first);
    QFETCH(QString, more);
    const TemporaryFolder folder;
    const auto source = from.toStdString();
    for (const std::string prefix : { "", "module." }) {
        auto names = allBehind(prefix, source.c_str());
        names.emplace_back(prefix + more.toStdString(), first.toStdString());
        const auto fitted = fit(renamed(folder, source.c_str(), names));
        QVERIFY(!fitted);
        QCOMPARE(fitted.error().code, ErrorCode::Mismatch);
        QVERIFY2(fitted.error().text().find(more.toStdString()) != std::string::npos,
            fitted.error().text().c_str());
    }
}

void TestWeightFile::namesAreFoundInATimeThatTheirCountExplains()
{
    // 100,000 names: what compares each with each takes minutes, and the test with it.
    const TemporaryFolder folder;
    const std::array<float, 1> one { 1 };
    std::vector<TensorView> tensors;
    for (int i = 0; i < 100'000; ++i)
        tensors.push_back({ "part." + std::to_string(i) + ".features.0.weight", DType::F32, { 1 },
            std::as_bytes(std::span(one)) });
    QVERIFY(writeSafetensors(folder / "many", tensors, {}));
    const auto fitted = fit(folder / "many");
    QVERIFY(!fitted);
    QCOMPARE(fitted.error().code, ErrorCode::Mismatch);
}

void TestWeightFile::aFileForAnotherNetworkSaysWhatItHas()
{
    const auto file = openWeights(sample("torch_zip.pth"));
    QVERIFY(file);
    const auto wrongShape = fitWeights(**file, vgg16(), vgg16().layers);
    QVERIFY(!wrongShape);
    QCOMPARE(wrongShape.error().code, ErrorCode::Mismatch);
    QVERIFY(wrongShape.error().text().find(
                "features.0.weight has the shape [8, 3, 3, 3], VGG16 needs [64, 3, 3, 3]")
        != std::string::npos);

    const TemporaryFolder folder;
    const std::array<float, 1> one { 1 };
    QVERIFY(writeSafetensors(folder / "other",
        { { "conv1.weight", DType::F32, { 1 }, std::as_bytes(std::span(one)) } }, {}));
    const auto unknown = fit(folder / "other");
    QVERIFY(!unknown);
    for (const auto* part : { "block1_conv1.weight (Keras)", "features.0.weight (torchvision)",
             "are called conv1.weight" })
        QVERIFY2(unknown.error().text().find(part) != std::string::npos, part);
}

QTEST_APPLESS_MAIN(TestWeightFile)
#include "tst_weight_file.moc"
