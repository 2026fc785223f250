#include "core/training/optimizer.h"
#include "tests/support/source_dir.h"

#include <QFile>
#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QtTest>

using namespace vernier;

namespace {

torch::Tensor tensorOf(const QJsonValue& value)
{
    const auto rows = value.toArray();
    if (rows.isEmpty() || !rows[0].isArray()) {
        std::vector<float> numbers;
        for (const auto& number : rows)
            numbers.push_back(static_cast<float>(number.toDouble()));
        return torch::tensor(numbers);
    }
    std::vector<torch::Tensor> tensors;
    for (const auto& row : rows)
        tensors.push_back(tensorOf(row));
    return torch::stack(tensors);
}

/// A quadratic bowl: every optimizer has to get to its bottom.
double descend(OptimizerKind kind, double rate)
{
    auto p = torch::full({ 4 }, 3.0, torch::requires_grad());
    OptimizerSpec spec;
    spec.kind = kind;
    Optimizer optimizer(spec);
    optimizer.addGroup("head", rate, { p });
    for (int i = 0; i < 400; ++i) {
        optimizer.zeroGradients();
        (p * p).sum().backward();
        optimizer.step();
    }
    return p.abs().max().item<double>();
}

void kinds()
{
    QTest::addColumn<int>("kind");
    QTest::newRow("adam") << static_cast<int>(OptimizerKind::Adam);
    QTest::newRow("adamw") << static_cast<int>(OptimizerKind::AdamW);
    QTest::newRow("sgd") << static_cast<int>(OptimizerKind::Sgd);
    QTest::newRow("rmsprop") << static_cast<int>(OptimizerKind::RmsProp);
}

} // namespace

class TestOptimizer : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void sixAdamStepsWithClassWeightsAgreeWithKeras()
    {
        QFile file(QString::fromStdString(
            (test::dataDir() / "golden/keras_training_trace.json").string()));
        QVERIFY(file.open(QIODevice::ReadOnly));
        const auto golden = QJsonDocument::fromJson(file.readAll()).object();
        const auto x = tensorOf(golden["x"]);
        const auto y = tensorOf(golden["y"]).to(torch::kLong);
        const auto classWeights = tensorOf(golden["class_weight"]);
        // Keras keeps (in, out), we keep (out, in).
        auto w1 = tensorOf(golden["w1"]).t().contiguous().requires_grad_();
        auto w2 = tensorOf(golden["w2"]).t().contiguous().requires_grad_();
        auto b1 = torch::zeros({ 6 }, torch::requires_grad());
        auto b2 = torch::zeros({ 3 }, torch::requires_grad());
        Optimizer optimizer({});
        optimizer.addGroup("head", 1e-2, { w1, b1, w2, b2 });
        const auto losses = golden["loss_per_step"].toArray();
        QCOMPARE(losses.size(), 6);
        for (int step = 0; step < 6; ++step) {
            const int from = step * 8 % 24;
            const auto labels = y.slice(0, from, from + 8);
            const auto logits
                = at::linear(at::relu(at::linear(x.slice(0, from, from + 8), w1, b1)), w2, b2);
            optimizer.zeroGradients();
            const auto each = at::cross_entropy_loss(logits, labels, {}, at::Reduction::None);
            const auto loss = (each * classWeights.index_select(0, labels)).sum() / 8;
            loss.backward();
            optimizer.step();
            QVERIFY2(std::abs(loss.item<double>() - losses[step].toDouble()) < 1e-5,
                qPrintable(QString("step %1: %2, Keras %3")
                               .arg(step)
                               .arg(loss.item<double>())
                               .arg(losses[step].toDouble())));
        }
        const auto final = golden["final_weights"].toArray();
        const auto expectedW1 = tensorOf(final[0]).t();
        QVERIFY((w1 - expectedW1).abs().max().item<double>() < 1e-5);
        QVERIFY((b1 - tensorOf(final[1])).abs().max().item<double>() < 1e-5);
        QVERIFY((w2 - tensorOf(final[2]).t()).abs().max().item<double>() < 1e-5);
    }
    void everyKindFindsTheBottom()
    {
        QVERIFY(descend(OptimizerKind::Adam, 0.05) < 0.05);
        QVERIFY(descend(OptimizerKind::AdamW, 0.05) < 0.05);
        QVERIFY(descend(OptimizerKind::Sgd, 0.01) < 0.05);
        QVERIFY(descend(OptimizerKind::RmsProp, 0.005) < 0.05);
    }
    void groupsMoveAtTheirOwnRates()
    {
        auto slow = torch::ones({ 1 }, torch::requires_grad());
        auto fast = torch::ones({ 1 }, torch::requires_grad());
        Optimizer optimizer({ OptimizerKind::Sgd, 0, 0, 1e-7 });
        optimizer.addGroup("block5", 0.1, { slow });
        optimizer.addGroup("head", 0.2, { fast });
        (slow + fast).sum().backward();
        optimizer.step();
        QCOMPARE(slow.item<float>(), 0.9f);
        QCOMPARE(fast.item<float>(), 0.8f);
        optimizer.setRate("block5", 0.5);
        optimizer.step();
        QCOMPARE(slow.item<float>(), 0.4f);
    }
    void aFactorMultipliesEveryRate()
    {
        auto slow = torch::ones({ 1 }, torch::requires_grad());
        auto fast = torch::ones({ 1 }, torch::requires_grad());
        Optimizer optimizer({ OptimizerKind::Sgd, 0, 0, 1e-7 });
        optimizer.addGroup("block5", 0.1, { slow });
        optimizer.addGroup("head", 0.2, { fast });
        optimizer.setFactor(0.5);
        (slow + fast).sum().backward();
        optimizer.step();
        QCOMPARE(slow.item<float>(), 0.95f);
        QCOMPARE(fast.item<float>(), 0.9f);
        // A rate that is set meanwhile is what the factor multiplies.
        optimizer.setRate("head", 1);
        optimizer.step();
        QCOMPARE(fast.item<float>(), 0.4f);
    }
    void gradientsAreClippedToTheirCommonLength()
    {
        const auto step = [](double clipNorm) {
            auto a = torch::zeros({ 2 }, torch::requires_grad());
            auto b = torch::zeros({ 1, 1 }, torch::requires_grad());
            Optimizer optimizer({ OptimizerKind::Sgd, 0, 0, 1e-7, clipNorm });
            optimizer.addGroup("block5", 1, { a });
            optimizer.addGroup("head", 1, { b });
            // Gradients (2, 3) and (6): together they are 7 long.
            (a * torch::tensor({ 2.0F, 3.0F })).sum().add(b.sum() * 6).backward();
            optimizer.step();
            return torch::cat({ a, b.flatten() }).detach();
        };
        const auto whole = torch::tensor({ -2.0F, -3.0F, -6.0F });
        QVERIFY(step(0).equal(whole));
        QVERIFY(step(100).equal(whole));
        QVERIFY(at::allclose(step(3.5), whole / 2, 1e-5));
        QVERIFY(at::allclose(step(0.7), whole / 10, 1e-5));
    }
    void weightsDecayAndBiasesDoNot_data() { kinds(); }
    void weightsDecayAndBiasesDoNot()
    {
        QFETCH(int, kind);
        auto weight = torch::ones({ 2, 2 }, torch::requires_grad());
        auto bias = torch::ones({ 2 }, torch::requires_grad());
        OptimizerSpec spec;
        spec.kind = static_cast<OptimizerKind>(kind);
        spec.weightDecay = 0.1;
        Optimizer optimizer(spec);
        optimizer.addGroup("head", 0.5, { weight, bias });
        ((weight.sum() + bias.sum()) * 0).backward();
        optimizer.step();
        QVERIFY(weight.max().item<float>() < 0.96F);
        QVERIFY(bias.equal(torch::ones({ 2 })));
        if (spec.kind == OptimizerKind::AdamW)
            QVERIFY(at::allclose(weight, torch::full({ 2, 2 }, 0.95F)));
    }
    void aRestoredStateGoesOnWithTheSameNumbers_data() { kinds(); }
    void aRestoredStateGoesOnWithTheSameNumbers()
    {
        QFETCH(int, kind);
        OptimizerSpec spec;
        spec.kind = static_cast<OptimizerKind>(kind);
        const auto steps = [](Optimizer& optimizer, torch::Tensor& p, int count) {
            for (int i = 0; i < count; ++i) {
                optimizer.zeroGradients();
                (p * p * p).sum().backward();
                optimizer.step();
            }
        };
        auto p = torch::tensor({ 1.0f, 2.0f }, torch::requires_grad());
        Optimizer undisturbed(spec);
        undisturbed.addGroup("head", 0.01, { p });
        steps(undisturbed, p, 3);

        auto q = p.detach().clone().requires_grad_();
        Optimizer restored(spec);
        restored.addGroup("head", 0.01, { q });
        QVERIFY(restored.load(undisturbed.state(), undisturbed.steps()));
        steps(undisturbed, p, 3);
        steps(restored, q, 3);
        QVERIFY(p.equal(q));
        QVERIFY(!restored.load({}, 1));
    }
};

QTEST_GUILESS_MAIN(TestOptimizer)
#include "tst_optimizer.moc"
