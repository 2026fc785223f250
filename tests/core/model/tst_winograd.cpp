#include "core/model/kept_memory.h"
#include "core/model/winograd.h"

#include <QtTest>

using namespace vernier;

namespace {

torch::Tensor random(std::vector<std::int64_t> shape, std::uint64_t seed)
{
    auto generator = at::detail::createCPUGenerator(seed);
    auto values = torch::empty(shape).normal_(0, 1, generator);
    return shape.size() == 4 ? values.contiguous(at::MemoryFormat::ChannelsLast) : values;
}

/// Largest difference as a share of the largest value.
double difference(const torch::Tensor& a, const torch::Tensor& b)
{
    return ((a.to(torch::kDouble) - b.to(torch::kDouble)).abs().max()
        / b.to(torch::kDouble).abs().max())
        .item<double>();
}

/// LibTorch's own, in double precision.
torch::Tensor direct(const torch::Tensor& x, const torch::Tensor& weight, const torch::Tensor& bias)
{
    return at::conv2d(x.to(torch::kDouble), weight.to(torch::kDouble), bias.to(torch::kDouble),
        { 1, 1 }, { 1, 1 });
}

} // namespace

class TestWinograd : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void itComputesWhatAConvolutionDoes_data()
    {
        QTest::addColumn<int>("pictures");
        QTest::addColumn<int>("in");
        QTest::addColumn<int>("out");
        QTest::addColumn<int>("height");
        QTest::addColumn<int>("width");
        QTest::newRow("whole tiles") << 2 << 32 << 64 << 8 << 12;
        QTest::newRow("cut tiles") << 3 << 40 << 32 << 14 << 14;
        QTest::newRow("not square") << 1 << 32 << 40 << 5 << 23;
        QTest::newRow("smaller than a tile") << 2 << 64 << 32 << 3 << 1;
        QTest::newRow("more tiles than fit into a block") << 3 << 32 << 32 << 50 << 46;
    }

    void itComputesWhatAConvolutionDoes()
    {
        QFETCH(int, pictures);
        QFETCH(int, in);
        QFETCH(int, out);
        QFETCH(int, height);
        QFETCH(int, width);
        const auto x = random({ pictures, in, height, width }, 1);
        const auto weight = random({ out, in, 3, 3 }, 2);
        const auto bias = random({ out }, 3);
        QVERIFY(winogradServes(x, weight, 1, 1));
        const auto expected = direct(x, weight, bias);
        const auto plain = winogradConvolution(x, weight, bias, false);
        QVERIFY(plain.is_contiguous(at::MemoryFormat::ChannelsLast));
        QVERIFY2(difference(plain, expected) < 1e-5,
            qPrintable(QString::number(difference(plain, expected))));
        QVERIFY(difference(winogradConvolution(x, weight, bias, true), at::relu(expected)) < 1e-5);
        // Another layout of the same numbers.
        QVERIFY(torch::equal(plain, winogradConvolution(x.contiguous(), weight, bias, false)));
    }

    void itsGradientsAreThoseOfAConvolution_data() { itComputesWhatAConvolutionDoes_data(); }

    void itsGradientsAreThoseOfAConvolution()
    {
        QFETCH(int, pictures);
        QFETCH(int, in);
        QFETCH(int, out);
        QFETCH(int, height);
        QFETCH(int, width);
        const auto x = random({ pictures, in, height, width }, 1).requires_grad_(true);
        const auto weight = random({ out, in, 3, 3 }, 2).requires_grad_(true);
        const auto bias = random({ out }, 3).requires_grad_(true);
        const auto along = random({ pictures, out, height, width }, 4);
        const auto own = torch::autograd::grad(
            { winogradConvolution(x, weight, bias, false) }, { x, weight, bias }, { along });
        const auto expected = torch::autograd::grad(
            { direct(x, weight, bias) }, { x, weight, bias }, { along.to(torch::kDouble) });
        for (std::size_t i = 0; i < own.size(); ++i) {
            QCOMPARE(own[i].sizes(), expected[i].sizes());
            QVERIFY2(difference(own[i], expected[i]) < 2e-5,
                qPrintable(QString::number(difference(own[i], expected[i]))));
        }
    }

    // What the feature cache and a resumed run rest on.
    void aPictureHasTheSameNumbersInAnyCompany_data()
    {
        QTest::addColumn<int>("channels");
        QTest::addColumn<int>("size");
        QTest::newRow("block 3 of VGG16") << 256 << 56;
        QTest::newRow("block 4") << 512 << 28;
        QTest::newRow("block 5") << 512 << 14;
    }

    void aPictureHasTheSameNumbersInAnyCompany()
    {
        QFETCH(int, channels);
        QFETCH(int, size);
        const auto x = random({ 5, channels, size, size }, 1);
        const auto weight = random({ channels, channels, 3, 3 }, 2);
        const auto bias = random({ channels }, 3);
        const auto together = winogradConvolution(x, weight, bias, true);
        for (std::int64_t i = 0; i < x.size(0); ++i) {
            const auto alone = winogradConvolution(x.slice(0, i, i + 1), weight, bias, true);
            QVERIFY(torch::equal(alone, together.slice(0, i, i + 1)));
        }
        const int threads = at::get_num_threads();
        at::set_num_threads(1);
        const auto byOneThread = winogradConvolution(x, weight, bias, true);
        at::set_num_threads(threads);
        QVERIFY(torch::equal(byOneThread, together));
    }

    void noGradientPassesWhereTheOutputWasCutToZero()
    {
        const auto x = random({ 2, 32, 9, 9 }, 1).requires_grad_(true);
        const auto weight = random({ 32, 32, 3, 3 }, 2).requires_grad_(true);
        const auto bias = random({ 32 }, 3).requires_grad_(true);
        const auto along = random({ 2, 32, 9, 9 }, 4);
        const auto y = winogradConvolution(x, weight, bias, true);
        const auto own = torch::autograd::grad({ y }, { x, weight, bias }, { along });
        // The same mask on both sides: next to zero, the last digit decides which way it falls.
        const auto masked = along * (y.detach() > 0);
        const auto expected = torch::autograd::grad(
            { direct(x, weight, bias) }, { x, weight, bias }, { masked.to(torch::kDouble) });
        for (std::size_t i = 0; i < own.size(); ++i)
            QVERIFY(difference(own[i], expected[i]) < 2e-5);
    }

    void whatIsFrozenGetsNoGradient()
    {
        const auto x = random({ 1, 32, 8, 8 }, 1);
        const auto weight = random({ 32, 32, 3, 3 }, 2).requires_grad_(true);
        const auto bias = random({ 32 }, 3);
        winogradConvolution(x, weight, bias, true).sum().backward();
        QVERIFY(weight.grad().defined());
        QVERIFY(!x.grad().defined());
        QVERIFY(!bias.grad().defined());
        const torch::NoGradGuard noGrad;
        QVERIFY(!winogradConvolution(x, weight, bias, true).requires_grad());
    }

    void otherConvolutionsAreLeftToLibTorch()
    {
        const auto x = random({ 1, 32, 8, 8 }, 1);
        const auto weight = random({ 32, 32, 3, 3 }, 2);
        QVERIFY(!winogradServes(x, weight, 2, 1));
        QVERIFY(!winogradServes(x, weight, 1, 0));
        QVERIFY(!winogradServes(x.to(torch::kBFloat16), weight, 1, 1));
        QVERIFY(!winogradServes(x, random({ 32, 32, 1, 1 }, 2), 1, 1));
        QVERIFY(!winogradServes(random({ 1, 3, 8, 8 }, 1), random({ 64, 3, 3, 3 }, 2), 1, 1));
        QVERIFY(!winogradServes(random({ 1, 36, 8, 8 }, 1), random({ 64, 36, 3, 3 }, 2), 1, 1));
    }

    void freedMemoryIsGivenToTheNextTensorOfThatSize()
    {
        const std::vector<std::int64_t> large { 1 << 20 };
        const KeptMemory kept;
        const void* first = torch::empty(large).data_ptr();
        QVERIFY(KeptMemory::bytes() >= 4u << 20);
        auto next = torch::empty({ (1 << 20) - 1000 });
        QCOMPARE(next.data_ptr(), first);
        QCOMPARE(KeptMemory::bytes(), 0u);
        // Far smaller ones do not waste it, and small ones are not kept.
        next.reset();
        QVERIFY(torch::empty({ 1 << 19 }).data_ptr() != first);
        const auto before = KeptMemory::bytes();
        torch::empty({ 1000 });
        QCOMPARE(KeptMemory::bytes(), before);
    }

    void keptMemoryIsGivenBackWhenNobodyNeedsItKept()
    {
        auto outlives = torch::Tensor();
        {
            const KeptMemory outer;
            {
                const KeptMemory inner;
                torch::empty({ 1 << 20 });
            }
            QVERIFY(KeptMemory::bytes() > 0);
            outlives = torch::ones({ 1 << 20 });
        }
        QCOMPARE(KeptMemory::bytes(), 0u);
        QCOMPARE(outlives.sum().item<double>(), 1 << 20);
        outlives.reset();
        QCOMPARE(KeptMemory::bytes(), 0u);
    }
};

QTEST_GUILESS_MAIN(TestWinograd)
#include "tst_winograd.moc"
