#include "core/model/compute.h"
#include "core/model/network.h"
#include "core/weights/catalogue.h"
#include "core/weights/model_file.h"
#include "tests/support/source_dir.h"

#include <QFile>
#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QtTest>

using namespace vernier;

namespace {

torch::Tensor testCard()
{
    auto card = torch::empty({ 1, 3, 224, 224 }, torch::kByte);
    auto at = card.accessor<std::uint8_t, 4>();
    for (int y = 0; y < 224; ++y) {
        for (int x = 0; x < 224; ++x) {
            for (int c = 0; c < 3; ++c)
                at[0][c][y][x]
                    = static_cast<std::uint8_t>((31 * y + 17 * x + 7 * c + x * y / 64) % 256);
        }
    }
    return card;
}

ModelDescription describe(const std::string& normalization)
{
    ModelDescription model;
    model.classes = { "a", "b" };
    model.head = { Pooling::Average, {}, 0 };
    model.normalization = *findNormalization(normalization);
    return model;
}

/// The trunk that ships is fp16. VERNIER_VGG16_FP32 names the fp32 file that it was made of, to
/// compare that with Keras as well.
Network vgg(const std::string& normalization, const std::filesystem::path& weights = {})
{
    auto network = *Network::create(describe(normalization), 1);
    const auto file
        = *SafetensorsFile::open(weights.empty() ? *builtInWeights("imagenet") : weights);
    const auto loaded = network.load(toTensors(file), true, file.path());
    if (!loaded)
        qFatal("%s", loaded.error().text().c_str());
    return network;
}

} // namespace

class TestNetwork : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void theTrunkAgreesWithKeras_data()
    {
        QTest::addColumn<QString>("golden");
        QTest::addColumn<QString>("weights");
        QTest::addColumn<double>("tolerance");
        // fp16's relative error of 2e-4 a weight adds up over the layers.
        QTest::newRow("BGR minus the mean, fp16") << "caffe"
                                                  << "" << 5e-3;
        QTest::newRow("RGB / 255, fp16") << "unit"
                                         << "" << 5e-3;
        if (const auto exact = qEnvironmentVariable("VERNIER_VGG16_FP32"); !exact.isEmpty()) {
            QTest::newRow("BGR minus the mean, fp32") << "caffe" << exact << 1e-3;
            QTest::newRow("RGB / 255, fp32") << "unit" << exact << 1e-3;
        }
    }
    void theTrunkAgreesWithKeras()
    {
        QFETCH(QString, golden);
        QFETCH(QString, weights);
        QFETCH(double, tolerance);
        QFile file(
            QString::fromStdString((test::dataDir() / "golden/vgg16_activations.json").string()));
        QVERIFY(file.open(QIODevice::ReadOnly));
        const auto layers = QJsonDocument::fromJson(file.readAll())
                                .object()[golden]
                                .toObject()["layers"]
                                .toObject();
        QCOMPARE(layers.size(), 5);
        const auto network = vgg(golden.toStdString(), weights.toStdString());
        const torch::NoGradGuard noGrad;
        auto x = network.normalized(testCard(), torch::kFloat);
        std::size_t from = 0;
        for (int block = 1; block <= 5; ++block) {
            const auto name = "block" + std::to_string(block) + "_pool";
            const auto to = *network.architecture().indexOf(name) + 1;
            x = network.backbone(x, from, to);
            from = to;
            const auto expected = layers[QString::fromStdString(name)].toObject();
            const auto flat = x.contiguous().flatten();
            // What is small beside the layer's spread is compared with that.
            const double scale = expected["std"].toDouble();
            QVERIFY(std::abs(flat.mean().item<double>() - expected["mean"].toDouble())
                < tolerance * scale);
            QVERIFY(std::abs(flat.std().item<double>() - scale) < tolerance * scale);
            const auto indices = expected["index"].toArray();
            const auto values = expected["value"].toArray();
            QVERIFY(indices.size() >= 16);
            for (qsizetype i = 0; i < indices.size(); ++i) {
                const double ours = flat[indices[i].toInt()].item<double>();
                const double keras = values[i].toDouble();
                QVERIFY2(std::abs(ours - keras) <= tolerance * std::max(std::abs(keras), scale),
                    qPrintable(QString("%1[%2]: %3, Keras %4")
                                   .arg(QString::fromStdString(name))
                                   .arg(indices[i].toInt())
                                   .arg(ours)
                                   .arg(keras)));
            }
        }
    }
    void bf16PointsWhereFp32Points()
    {
        const auto network = vgg("caffe");
        const torch::NoGradGuard noGrad;
        const auto end = network.backboneLayers().size();
        const auto exact
            = network.backbone(network.normalized(testCard(), torch::kFloat), 0, end).flatten();
        const auto rough
            = network.backbone(network.normalized(testCard(), torch::kBFloat16), 0, end)
                  .to(torch::kFloat)
                  .flatten();
        QVERIFY(torch::cosine_similarity(exact, rough, 0).item<double>() > 0.999);
    }
    void featuresDoNotDependOnTheBatchTheyAreComputedIn()
    {
        // Resume and the feature cache rely on it: a picture's features are the same bits in any
        // batch.
        const auto network = vgg("caffe");
        const torch::NoGradGuard noGrad;
        torch::manual_seed(1);
        const auto pictures = torch::randint(0, 256, { 5, 3, 224, 224 }, torch::kByte);
        const auto dtype = fastBf16(torch::kCPU) ? torch::kBFloat16 : torch::kFloat;
        const auto features = [&](const torch::Tensor& rgb) {
            return network.backbone(network.normalized(rgb, dtype), 0, 18);
        };
        const auto together = features(pictures);
        QVERIFY(together[3].equal(features(pictures.slice(0, 3, 4))[0]));
        QVERIFY(together[3].equal(features(pictures.slice(0, 2, 5))[1]));
    }
    void aSeedGivesTheSameHeadWhateverTheBackbone()
    {
        auto small = describe("caffe");
        small.transferLayer = "block5_conv3";
        const auto a = *Network::create(describe("caffe"), 5);
        const auto b = *Network::create(small, 5);
        const auto c = *Network::create(describe("caffe"), 6);
        QVERIFY(a.parameters("head")[0].equal(b.parameters("head")[0]));
        QVERIFY(!a.parameters("head")[0].equal(c.parameters("head")[0]));
    }
    void weightsOfAnotherShapeAreRefusedByName()
    {
        auto network = *Network::create(describe("caffe"), 1);
        auto tensors = std::map<std::string, torch::Tensor>();
        for (const auto& [name, tensor] : network.state())
            tensors[name] = tensor;
        tensors["block3_conv2.weight"] = torch::zeros({ 256, 256, 1, 1 });
        const auto wrong = network.load(tensors, false, "file");
        QVERIFY(!wrong && wrong.error().detail.find("block3_conv2.weight") != std::string::npos);
        tensors.erase("block3_conv2.weight");
        QVERIFY(!network.load(tensors, false, "file"));
    }
};

QTEST_GUILESS_MAIN(TestNetwork)
#include "tst_network.moc"
