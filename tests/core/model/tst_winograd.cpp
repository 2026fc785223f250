#include "core/model/kept_memory.h"
#include "core/model/winograd.h"

#include <ATen/Parallel.h>

#include <QtTest>

#include <atomic>

using namespace vernier;

namespace {

torch::Tensor random(std::vector<std::int64_t> shape, std::uint64_t seed, bool half = false)
{
    auto generator = at::detail::createCPUGenerator(seed);
    auto values = torch::empty(shape).normal_(0, 1, generator);
    if (shape.size() == 4)
        values = values.contiguous(at::MemoryFormat::ChannelsLast);
    return half ? values.to(torch::kBFloat16) : values;
}

/// The worst allowed: bf16 rounds pictures, filters and transformed tiles to eight bits.
double allowed(bool half) { return half ? 1e-2 : 2e-5; }

/// Largest difference as a share of the largest value.
double difference(const torch::Tensor& a, const torch::Tensor& b)
{
    return ((a.to(torch::kDouble) - b.to(torch::kDouble)).abs().max()
        / b.to(torch::kDouble).abs().max())
        .item<double>();
}

#define NEAR(own, expected, half)                                                                  \
    QVERIFY2(difference(own, expected) < allowed(half),                                            \
        qPrintable(QString::number(difference(own, expected))))

#define SKIP_UNLESS_SERVED(x, weight)                                                              \
    if (x.scalar_type() == torch::kBFloat16 && !winogradServes(x, weight, 1, 1))                   \
        QSKIP("this processor has no AVX512-BF16, or AMX");                                        \
    QVERIFY(winogradServes(x, weight, 1, 1))

/// LibTorch's own, in double precision.
torch::Tensor direct(const torch::Tensor& x, const torch::Tensor& weight, const torch::Tensor& bias)
{
    return at::conv2d(x.to(torch::kDouble), weight.to(torch::kDouble), bias.to(torch::kDouble),
        { 1, 1 }, { 1, 1 });
}

void precisions()
{
    QTest::addColumn<bool>("half");
    QTest::newRow("fp32") << false;
    QTest::newRow("bf16") << true;
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
        QTest::addColumn<bool>("half");
        QTest::newRow("whole tiles") << 2 << 32 << 64 << 8 << 12 << false;
        QTest::newRow("cut tiles") << 3 << 40 << 32 << 14 << 14 << false;
        QTest::newRow("not square") << 1 << 32 << 40 << 5 << 23 << false;
        QTest::newRow("smaller than a tile") << 2 << 64 << 32 << 3 << 1 << false;
        QTest::newRow("more tiles than fit into a block") << 3 << 32 << 32 << 50 << 46 << false;
        QTest::newRow("bf16, whole tiles") << 2 << 32 << 64 << 8 << 12 << true;
        QTest::newRow("bf16, cut tiles") << 3 << 96 << 32 << 7 << 7 << true;
        QTest::newRow("bf16, panels of both widths") << 1 << 192 << 160 << 5 << 23 << true;
        QTest::newRow("bf16, smaller than a tile") << 2 << 64 << 32 << 1 << 1 << true;
        QTest::newRow("bf16, more tiles than fit into a block")
            << 2 << 512 << 32 << 20 << 18 << true;
        QTest::newRow("bf16, more than a gradient's products take at once")
            << 1 << 512 << 64 << 70 << 62 << true;
    }

    void itComputesWhatAConvolutionDoes()
    {
        QFETCH(int, pictures);
        QFETCH(int, in);
        QFETCH(int, out);
        QFETCH(int, height);
        QFETCH(int, width);
        QFETCH(bool, half);
        const auto x = random({ pictures, in, height, width }, 1, half);
        const auto weight = random({ out, in, 3, 3 }, 2);
        const auto bias = random({ out }, 3);
        SKIP_UNLESS_SERVED(x, weight);
        const auto expected = direct(x, weight, bias);
        const auto plain = winogradConvolution(x, weight, bias, false);
        QVERIFY(plain.is_contiguous(at::MemoryFormat::ChannelsLast));
        QCOMPARE(plain.scalar_type(), x.scalar_type());
        NEAR(plain, expected, half);
        NEAR(winogradConvolution(x, weight, bias, true), at::relu(expected), half);
        // Another layout of the same numbers.
        QVERIFY(torch::equal(
            plain, winogradConvolution(x.contiguous(), weight.contiguous(), bias, false)));
    }

    void itsGradientsAreThoseOfAConvolution_data() { itComputesWhatAConvolutionDoes_data(); }

    void itsGradientsAreThoseOfAConvolution()
    {
        QFETCH(int, pictures);
        QFETCH(int, in);
        QFETCH(int, out);
        QFETCH(int, height);
        QFETCH(int, width);
        QFETCH(bool, half);
        const auto x = random({ pictures, in, height, width }, 1, half).requires_grad_(true);
        const auto weight = random({ out, in, 3, 3 }, 2).requires_grad_(true);
        const auto bias = random({ out }, 3).requires_grad_(true);
        SKIP_UNLESS_SERVED(x, weight);
        const auto along = random({ pictures, out, height, width }, 4, half);
        const auto own = torch::autograd::grad(
            { winogradConvolution(x, weight, bias, false) }, { x, weight, bias }, { along });
        const auto expected = torch::autograd::grad(
            { direct(x, weight, bias) }, { x, weight, bias }, { along.to(torch::kDouble) });
        QCOMPARE(own[0].scalar_type(), x.scalar_type());
        QCOMPARE(own[1].scalar_type(), torch::kFloat);
        QCOMPARE(own[2].scalar_type(), torch::kFloat);
        for (std::size_t i = 0; i < own.size(); ++i) {
            QCOMPARE(own[i].sizes(), expected[i].sizes());
            NEAR(own[i], expected[i], half);
        }
    }

    // Twice the error of rounding filters and pictures alone would still be bf16's.
    void inBf16ItsErrorIsOfTheSizeOfLibTorchs()
    {
        const auto x = random({ 2, 256, 28, 28 }, 1, true);
        const auto weight = random({ 256, 256, 3, 3 }, 2), bias = random({ 256 }, 3);
        SKIP_UNLESS_SERVED(x, weight);
        const auto expected = direct(x, weight, bias);
        const auto error = [&](const torch::Tensor& y) {
            return ((y.to(torch::kDouble) - expected).norm() / expected.norm()).item<double>();
        };
        const auto theirs = error(at::conv2d(
            x, weight.to(torch::kBFloat16), bias.to(torch::kBFloat16), { 1, 1 }, { 1, 1 }));
        QVERIFY(error(winogradConvolution(x, weight, bias, false)) < 2 * theirs);
    }

    // What the feature cache and a resumed run rest on.
    void aPictureHasTheSameNumbersInAnyCompany_data()
    {
        QTest::addColumn<int>("channels");
        QTest::addColumn<int>("size");
        QTest::addColumn<bool>("half");
        for (const bool half : { false, true }) {
            const QByteArray prefix = half ? "bf16, " : "";
            if (half)
                QTest::newRow("bf16, block 1 of VGG16") << 64 << 50 << half;
            QTest::newRow(prefix + "block 3 of VGG16") << 256 << 56 << half;
            QTest::newRow(prefix + "block 4") << 512 << 28 << half;
            QTest::newRow(prefix + "block 5") << 512 << 14 << half;
            QTest::newRow(prefix + "a tile a picture") << 512 << (half ? 2 : 4) << half;
        }
    }

    void aPictureHasTheSameNumbersInAnyCompany()
    {
        QFETCH(int, channels);
        QFETCH(int, size);
        QFETCH(bool, half);
        const auto x = random({ 5, channels, size, size }, 1, half);
        const auto weight = random({ channels, channels, 3, 3 }, 2).requires_grad_(true);
        const auto bias = random({ channels }, 3);
        SKIP_UNLESS_SERVED(x, weight);
        const auto together = winogradConvolution(x, weight, bias, true);
        const auto gradient = torch::autograd::grad({ together }, { weight }, { x }, true)[0];
        const torch::NoGradGuard noGrad;
        for (std::int64_t i = 0; i < x.size(0); ++i) {
            const auto alone = winogradConvolution(x.slice(0, i, i + 1), weight, bias, true);
            QVERIFY(torch::equal(alone, together.slice(0, i, i + 1)));
        }
        const int threads = at::get_num_threads();
        at::set_num_threads(threads > 1 ? 1 : 3);
        const torch::AutoGradMode grad(true);
        const auto byOthers = winogradConvolution(x, weight, bias, true);
        const auto theirGradient = torch::autograd::grad({ byOthers }, { weight }, { x })[0];
        at::set_num_threads(threads);
        QVERIFY(torch::equal(byOthers, together));
        if (half)
            QVERIFY(torch::equal(theirGradient, gradient));
    }

    void whatIsNoNumberStaysNone_data() { precisions(); }
    void whatIsNoNumberStaysNone()
    {
        QFETCH(bool, half);
        const auto x = random({ 1, 32, 4, 4 }, 1, half);
        const auto weight = random({ 32, 32, 3, 3 }, 2), bias = random({ 32 }, 3);
        SKIP_UNLESS_SERVED(x, weight);
        x[0][5][1][1] = std::nan("");
        QVERIFY(winogradConvolution(x, weight, bias, true).isnan().any().item<bool>());
    }

    void tilesAreSharedByThreads()
    {
        const int threads = at::get_num_threads();
        at::set_num_threads(2);
        std::atomic<int> parts = 0;
        at::parallel_for(0, 2, 1, [&](std::int64_t, std::int64_t) { ++parts; });
        at::set_num_threads(threads);
        // Compiled without OpenMP, LibTorch's loop is one part.
        QCOMPARE(parts.load(), 2);
    }

    void noGradientPassesWhereTheOutputWasCutToZero_data() { precisions(); }
    void noGradientPassesWhereTheOutputWasCutToZero()
    {
        QFETCH(bool, half);
        const auto x = random({ 2, 32, 9, 9 }, 1, half).requires_grad_(true);
        const auto weight = random({ 32, 32, 3, 3 }, 2).requires_grad_(true);
        const auto bias = random({ 32 }, 3).requires_grad_(true);
        SKIP_UNLESS_SERVED(x, weight);
        const auto along = random({ 2, 32, 9, 9 }, 4, half);
        const auto y = winogradConvolution(x, weight, bias, true);
        const auto own = torch::autograd::grad({ y }, { x, weight, bias }, { along });
        // The same mask on both sides: next to zero, the last digit decides which way it falls.
        const auto masked = along * (y.detach() > 0);
        const auto expected = torch::autograd::grad(
            { direct(x, weight, bias) }, { x, weight, bias }, { masked.to(torch::kDouble) });
        for (std::size_t i = 0; i < own.size(); ++i)
            NEAR(own[i], expected[i], half);
    }

    void noPicturesGiveNoGradient_data() { precisions(); }
    void noPicturesGiveNoGradient()
    {
        QFETCH(bool, half);
        const auto x = random({ 0, 32, 4, 4 }, 1, half);
        const auto weight = random({ 32, 32, 3, 3 }, 2).requires_grad_(true);
        SKIP_UNLESS_SERVED(x, weight);
        const auto y = winogradConvolution(x, weight, torch::zeros({ 32 }), true);
        QCOMPARE(y.size(0), 0);
        const auto gradient = torch::autograd::grad({ y.sum() }, { weight })[0];
        QVERIFY(torch::equal(gradient, torch::zeros_like(gradient)));
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
        QVERIFY(!winogradServes(x.to(torch::kHalf), weight, 1, 1));
        QVERIFY(!winogradServes(x.to(torch::kBFloat16), weight.to(torch::kBFloat16), 1, 1));
        QVERIFY(
            !winogradServes(random({ 1, 48, 8, 8 }, 1, true), random({ 64, 48, 3, 3 }, 2), 1, 1));
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
