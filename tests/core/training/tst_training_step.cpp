#include "core/training/training_step.h"
#include "core/training/weight_average.h"
#include "tests/support/tiny_model.h"

#include <algorithm>
#include <cmath>
#include <set>

#include <QtTest>

using namespace vernier;

namespace {

bool near(double a, double b, double tolerance = 1e-6) { return std::abs(a - b) < tolerance; }

/// -log of the softmax of three logits, written out.
std::array<double, 3> negativeLogs(std::array<double, 3> logits)
{
    double sum = 0;
    for (const double logit : logits)
        sum += std::exp(logit);
    return { std::log(sum) - logits[0], std::log(sum) - logits[1], std::log(sum) - logits[2] };
}

Batch someBatch(const Network& network, std::int64_t count)
{
    torch::manual_seed(3);
    const int size = network.description().inputSize;
    const auto rgb = torch::randint(0, 256, { count, 3, size, size });
    Batch batch;
    batch.features = network.normalized(rgb, torch::kFloat);
    batch.labels = torch::arange(count) % 2;
    return batch;
}

std::vector<torch::Tensor> headGradients(
    const Network& network, const Batch& batch, const std::optional<Mix>& mix)
{
    auto parameters = network.parameters("head");
    for (auto& p : parameters)
        p.requires_grad_(true);
    MicroBatch micro(batch.labels.size(0), torch::kCPU);
    gradientsOf(network, 0, batch, {}, mix, micro, [&] {
        for (auto& p : parameters)
            p.mutable_grad().reset();
    });
    std::vector<torch::Tensor> gradients;
    for (const auto& p : parameters)
        gradients.push_back(p.grad().clone());
    return gradients;
}

} // namespace

class TestTrainingStep : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void smoothedLabelsGiveTheLossThatIsWorkedOutByHand()
    {
        const auto logits = torch::tensor({ { 2.0F, -1.0F, 0.5F }, { 0.0F, 1.0F, 3.0F } });
        const auto labels = torch::tensor({ 0, 1 }, torch::kLong);
        const auto first = negativeLogs({ 2, -1, 0.5 });
        const auto second = negativeLogs({ 0, 1, 3 });
        const auto smoothed = [](const std::array<double, 3>& logs, std::size_t label) {
            return 0.9 * logs[label] + 0.1 / 3 * (logs[0] + logs[1] + logs[2]);
        };
        LossRules rules;
        QVERIFY(near(lossSum(logits, labels, rules).item<double>(), first[0] + second[1]));
        rules.labelSmoothing = 0.1;
        QVERIFY(near(lossSum(logits, labels, rules).item<double>(),
            smoothed(first, 0) + smoothed(second, 1)));
        // A picture's weight counts for all of its loss, the share of the other classes included.
        rules.classWeights = torch::tensor({ 0.5F, 2.0F, 7.0F });
        QVERIFY(near(lossSum(logits, labels, rules).item<double>(),
            0.5 * smoothed(first, 0) + 2 * smoothed(second, 1)));
    }

    void sharesOfMixUpFollowTheirDistribution_data()
    {
        QTest::addColumn<double>("alpha");
        QTest::newRow("0.2") << 0.2;
        QTest::newRow("1") << 1.0;
    }
    void sharesOfMixUpFollowTheirDistribution()
    {
        QFETCH(double, alpha);
        // Beta(a, a) has a variance of 1 / (4 (2 a + 1)) around 1/2, and so has its larger half.
        constexpr int kDraws = 20'000;
        double squares = 0;
        for (int i = 0; i < kDraws; ++i) {
            Random random { 1, static_cast<std::uint64_t>(i) };
            const auto mix = drawMix(alpha, 4, random);
            QVERIFY(mix.share >= 0.5 && mix.share <= 1);
            squares += (mix.share - 0.5) * (mix.share - 0.5);
            QCOMPARE(std::set<std::int64_t>(mix.partners.begin(), mix.partners.end()),
                (std::set<std::int64_t> { 0, 1, 2, 3 }));
        }
        QVERIFY(near(squares / kDraws, 1 / (4 * (2 * alpha + 1)), 0.004));
    }
    void aTinyAlphaMixesNothing()
    {
        Random random { 1 };
        for (int i = 0; i < 100; ++i) {
            const auto share = drawMix(1e-4, 2, random).share;
            QVERIFY(std::isfinite(share) && share > 0.4999);
        }
    }

    void mixedPicturesGiveTheGradientOfTheirMixture()
    {
        auto description = test::tinyDescription();
        description.head.dropout = 0;
        const auto network = test::tinyNetwork(description);
        const auto batch = someBatch(network, 3);
        const Mix mix { 0.7, { 1, 2, 0 } };
        const auto gradients = headGradients(network, batch, mix);

        auto parameters = network.parameters("head");
        for (auto& p : parameters)
            p.mutable_grad().reset();
        const auto order = torch::tensor(mix.partners);
        const auto mixed = batch.features * 0.7 + batch.features.index_select(0, order) * 0.3;
        const auto logits
            = network.head(network.backbone(mixed, 0, network.backboneLayers().size(), true), true);
        const auto each = [&](const torch::Tensor& labels) {
            return at::cross_entropy_loss(logits, labels, {}, at::Reduction::Mean);
        };
        (each(batch.labels) * 0.7 + each(batch.labels.index_select(0, order)) * 0.3).backward();
        for (std::size_t i = 0; i < gradients.size(); ++i)
            QVERIFY(at::allclose(gradients[i], parameters[i].grad(), 1e-4, 1e-6));
        QVERIFY(!at::allclose(gradients[0], headGradients(network, batch, std::nullopt)[0], 1e-3));
    }

    void averagesAgreeWithALoopByHand()
    {
        auto weight = torch::tensor({ 1.0F, -2.0F });
        WeightAverage average(0.6);
        average.follow("w", weight);
        std::array<double, 2> expected { 1, -2 };
        for (int step = 1; step <= 20; ++step) {
            weight.add_(torch::tensor({ 0.5F, 0.25F * static_cast<float>(step) }));
            average.update(step);
            const double decay = std::min(0.6, (1.0 + step) / (10.0 + step));
            for (int k = 0; k < 2; ++k)
                expected[static_cast<std::size_t>(k)]
                    = decay * expected[static_cast<std::size_t>(k)]
                    + (1 - decay) * weight[k].item<double>();
        }
        const auto kept = average.state().at("w");
        QVERIFY(near(kept[0].item<double>(), expected[0], 1e-4));
        QVERIFY(near(kept[1].item<double>(), expected[1], 1e-3));
    }

    void lentAveragesGiveTheWeightsTheirBitsBack()
    {
        auto weight = torch::rand({ 5, 5 });
        WeightAverage average(0.9);
        average.follow("w", weight);
        weight.mul_(1.7);
        average.update(1);
        const auto own = weight.clone();
        {
            const WeightAverage::Lent lent(&average);
            QVERIFY(weight.equal(average.state().at("w")));
            QVERIFY(!weight.equal(own));
        }
        QVERIFY(weight.equal(own));
        const WeightAverage::Lent none(nullptr);
        average.adopt();
        QVERIFY(weight.equal(average.state().at("w")));
    }

    void averagesComeBackOnlyWhereTheyFit()
    {
        auto weight = torch::rand({ 3 });
        WeightAverage average(0.9);
        average.follow("w", weight);
        QVERIFY(!average.load({}));
        QVERIFY(!average.load({ { "w", torch::rand({ 4 }) } }));
        const auto saved = torch::rand({ 3 });
        QVERIFY(average.load({ { "w", saved } }));
        QVERIFY(average.state().at("w").equal(saved));
    }
};

QTEST_GUILESS_MAIN(TestTrainingStep)
#include "tst_training_step.moc"
