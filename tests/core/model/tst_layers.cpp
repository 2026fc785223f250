#include "core/model/layers.h"
#include "core/model/network.h"

#include <QtTest>

using namespace vernier;

namespace {

/// Numbers without a pattern that a wrong axis would survive.
torch::Tensor spread(at::IntArrayRef shape, double phase)
{
    const auto count = c10::multiply_integers(shape);
    return torch::sin(torch::arange(count, torch::kFloat) * 0.7 + phase).reshape(shape);
}

ModelDescription described(const std::string& backbone)
{
    ModelDescription model;
    model.backbone = backbone;
    model.transferLayer = (*findArchitecture(backbone))->layers.back().name;
    model.head = { Pooling::Average, {}, 0 };
    model.classes = { "a", "b" };
    model.inputSize = (*findArchitecture(backbone))->inputSize;
    model.normalization = *findNormalization("unit");
    return model;
}

/// (x - mean) / sqrt(variance + epsilon) * weight + bias, for each channel.
torch::Tensor normalizedBy(const torch::Tensor& x, const torch::Tensor& mean,
    const torch::Tensor& variance, const LayerParameters& p)
{
    const auto channel = [](const torch::Tensor& values) { return values.view({ 1, -1, 1, 1 }); };
    return (x - channel(mean)) / torch::sqrt(channel(variance) + 1e-5) * channel(p.weight)
        + channel(p.bias);
}

/// Any values instead of ones and zeros.
void stir(const Network& network)
{
    double phase = 0;
    for (const auto& [name, tensor] : network.state()) {
        if (tensor.dim() == 1)
            tensor.copy_(spread(tensor.sizes(), ++phase) * 0.4
                + (name.ends_with("weight") || name.ends_with("var") ? 1.0 : 0.0));
    }
}

} // namespace

class TestLayers : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void aFrozenNormalizationTakesTheRunningStatisticsAndLeavesThem()
    {
        const auto layer = layers::batchNorm("bn", "block1", Activation::None);
        const LayerParameters p { spread({ 5 }, 1), spread({ 5 }, 2), spread({ 5 }, 3),
            spread({ 5 }, 4).abs() };
        const auto mean = p.mean.clone();
        const auto variance = p.variance.clone();
        const auto x = spread({ 3, 5, 4, 6 }, 5);
        for (const bool training : { false, true }) {
            const auto y = forward(layer, &p, x, training);
            QVERIFY(y.allclose(normalizedBy(x, mean, variance, p), 1e-5, 1e-6));
            QVERIFY(p.mean.equal(mean) && p.variance.equal(variance));
        }
    }

    void oneThatTrainsTakesTheBatchsAndMovesTheRunningOnes()
    {
        const auto layer = layers::batchNorm("bn", "block1", Activation::Relu);
        const LayerParameters p { spread({ 5 }, 1).requires_grad_(true),
            spread({ 5 }, 2).requires_grad_(true), spread({ 5 }, 3), spread({ 5 }, 4).abs() };
        const auto mean = p.mean.clone();
        const auto variance = p.variance.clone();
        const auto x = spread({ 3, 5, 4, 6 }, 5);
        const auto batchMean = x.mean({ 0, 2, 3 });
        const auto y = forward(layer, &p, x, true);
        QVERIFY(y.allclose(
            torch::relu(normalizedBy(x, batchMean, x.var({ 0, 2, 3 }, false), p)), 1e-4, 1e-5));
        QVERIFY(p.mean.allclose(0.9 * mean + 0.1 * batchMean, 1e-5, 1e-6));
        QVERIFY(p.variance.allclose(0.9 * variance + 0.1 * x.var({ 0, 2, 3 }, true), 1e-5, 1e-6));
        // Not training, it is as if it were frozen.
        const auto moved = p.mean.clone();
        const torch::NoGradGuard noGrad;
        const auto judged = forward(layer, &p, x, false);
        QVERIFY(judged.allclose(torch::relu(normalizedBy(x, p.mean, p.variance, p)), 1e-5, 1e-6));
        QVERIFY(p.mean.equal(moved));
    }

    // A ResNet's last block, in a batch of one small picture.
    void oneValueAChannelLeavesTheStatistics()
    {
        const auto layer = layers::batchNorm("bn", "block1", Activation::None);
        const LayerParameters p { spread({ 5 }, 1).requires_grad_(true), spread({ 5 }, 2),
            spread({ 5 }, 3), spread({ 5 }, 4).abs() };
        const auto mean = p.mean.clone();
        const auto variance = p.variance.clone();
        QVERIFY(forward(layer, &p, spread({ 1, 5, 1, 1 }, 5), true).isfinite().all().item<bool>());
        QVERIFY(torch::equal(p.mean, mean));
        QVERIFY(torch::equal(p.variance, variance));
    }

    void aResidualUnitAddsItsTwoBranches()
    {
        const auto network = *Network::create(described("tinyresnet"), 3);
        stir(network);
        std::map<std::string, torch::Tensor> named;
        for (const auto& [name, tensor] : network.state())
            named[name] = tensor;
        const auto step = [&](const std::string& conv, const std::string& bn,
                              const torch::Tensor& x, int stride, int padding) {
            const LayerParameters p { named[bn + ".weight"], named[bn + ".bias"], {}, {} };
            return normalizedBy(torch::conv2d(x, named[conv + ".weight"], {}, stride, padding),
                named[bn + ".running_mean"], named[bn + ".running_var"], p);
        };
        const torch::NoGradGuard noGrad;
        const auto& resNet = network.architecture();
        // The first widens and strides, the second adds x itself.
        for (const auto* unit : { "block3_unit1", "block3_unit2" }) {
            const auto index = *resNet.indexOf(unit);
            const bool strides = std::string(unit) == "block3_unit1";
            const auto shape = resNet.shapeAfter(index);
            const auto x = spread({ 2, shape.channels, shape.height, shape.width }, 9);
            const std::string name = unit;
            auto body = torch::relu(step(name + "_conv1", name + "_bn1", x, strides ? 2 : 1, 1));
            body = step(name + "_conv2", name + "_bn2", body, 1, 1);
            const auto shortcut
                = strides ? step(name + "_shortcut_conv", name + "_shortcut_bn", x, 2, 0) : x;
            const auto y = network.backbone(x, index, index + 1);
            QVERIFY(y.allclose(torch::relu(body + shortcut), 1e-4, 1e-5));
            const auto out = resNet.shapeAfter(index + 1);
            QVERIFY(y.sizes() == at::IntArrayRef({ 2, out.channels, out.height, out.width }));
        }
    }

    void bf16PointsWhereFp32Points_data() { everyKind(); }
    void bf16PointsWhereFp32Points()
    {
        const auto network = *Network::create(described(QTest::currentDataTag()), 3);
        stir(network);
        const torch::NoGradGuard noGrad;
        const auto rgb = (spread({ 2, 3, 32, 32 }, 1) + 1) * 127;
        const auto end = network.backboneLayers().size();
        const auto run = [&](torch::ScalarType type) {
            return network.backbone(network.normalized(rgb, type), 0, end)
                .to(torch::kFloat)
                .flatten();
        };
        QVERIFY(
            torch::cosine_similarity(run(torch::kFloat), run(torch::kBFloat16), 0).item<double>()
            > 0.995);
    }

    void gradientsReachWhatTrainsAndNothingElse_data() { everyKind(); }
    void gradientsReachWhatTrainsAndNothingElse()
    {
        const auto network = *Network::create(described(QTest::currentDataTag()), 3);
        const auto block = network.architecture().blocks().back();
        for (auto& tensor : network.parameters(block))
            tensor.requires_grad_(true);
        const auto before = network.copy();
        const auto end = network.backboneLayers().size();
        const auto x = network.normalized((spread({ 4, 3, 32, 32 }, 1) + 1) * 127, torch::kFloat);
        network.backbone(x, 0, end, true).pow(2).mean().backward();
        const auto old = before.state();
        std::size_t index = 0;
        bool moved = false;
        for (const auto& [name, tensor] : network.state()) {
            const bool isStatistic = name.find(".running_") != std::string::npos;
            const bool trains = name.starts_with(block);
            QCOMPARE(tensor.grad().defined(), trains && !isStatistic);
            const bool same = tensor.equal(old[index++].second);
            QVERIFY2(same || (trains && isStatistic), name.c_str());
            moved = moved || !same;
        }
        QCOMPARE(moved, network.architecture().name != "tinyvgg");
    }

    void aCopyIsItsOwn()
    {
        const auto network = *Network::create(described("tinyresnet"), 3);
        const auto copy = network.copy();
        for (const auto& [name, tensor] : copy.state())
            tensor.add_(1);
        const auto fresh = Network::create(described("tinyresnet"), 3)->state();
        std::size_t index = 0;
        for (const auto& [name, tensor] : network.state())
            QVERIFY2(tensor.equal(fresh[index++].second), name.c_str());
    }

private:
    static void everyKind()
    {
        QTest::addColumn<int>("unused");
        for (const auto* name : { "tinyvgg", "tinyvgg_bn", "tinyresnet" })
            QTest::newRow(name) << 0;
    }
};

QTEST_GUILESS_MAIN(TestLayers)
#include "tst_layers.moc"
