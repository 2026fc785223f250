#include "core/base/files.h"
#include "core/dataset/scan.h"
#include "core/features/feature_source.h"
#include "core/features/file_pictures.h"
#include "core/image/decode.h"
#include "tests/support/painted_picture.h"
#include "tests/support/tiny_model.h"

#include <QtTest>

using namespace vernier;
using test::TemporaryFolder;
namespace fs = std::filesystem;

namespace {

constexpr std::size_t kEnd = 4; // tinyvgg: conv, pool, conv, pool
constexpr std::size_t kBlock2 = 2;

/// Six pictures, a network, and a cache.
struct Bench {
    TemporaryFolder folder;
    SnapshotPtr dataset;
    Network network = test::tinyNetwork();
    FeatureSource::Options options;
    std::unique_ptr<FeatureCache> cache;

    Bench()
    {
        for (int c = 0; c < 2; ++c)
            test::writePaintedClass(
                folder, c == 0 ? "pictures/train/cold" : "pictures/train/warm", 3, c * 140);
        look();
        options.cut = kEnd;
        onDisk();
    }
    void look() { dataset = *scan(folder / "pictures"); }
    void onDisk() { open(folder / "cache"); }
    void inMemory() { open({}); }
    FilePictures pictures() const
    {
        return FilePictures(*dataset,
            { network.description().inputSize, options.geometry, options.fill },
            cache->store().pictures());
    }
    void open(const fs::path& at)
    {
        cache.reset();
        cache = std::make_unique<FeatureCache>(FeatureCache::Options { 1 << 20, at });
    }
};

struct Pass {
    torch::Tensor features;
    int misses = 0;
    int decoded = 0;
    std::int64_t missing = 0;
};

Pass passOver(const Bench& bench, std::int64_t batchSize = 4,
    const std::optional<AugmentationDraw>& draw = {}, bool keep = true)
{
    auto pictures = bench.pictures();
    FeatureSource source(
        bench.network, *bench.dataset, bench.cache->store(), pictures, bench.options);
    std::vector<Sample> order;
    for (std::size_t i = 0; i < bench.dataset->images.size(); ++i)
        order.push_back({ i, draw, keep });
    if (!source.begin(order, {}))
        qFatal("begin was stopped");
    Pass pass;
    pass.missing = source.missing();
    std::vector<torch::Tensor> batches;
    while (source.left() > 0) {
        const auto batch = source.next(batchSize, {});
        if (!batch)
            qFatal("%s", batch.error().text().c_str());
        pass.misses += batch->misses;
        pass.decoded += batch->decoded;
        if (batch->features.defined())
            batches.push_back(batch->features);
    }
    pass.features = torch::cat(batches);
    return pass;
}

bool same(const torch::Tensor& a, const torch::Tensor& b)
{
    return a.scalar_type() == b.scalar_type() && torch::equal(a, b);
}

torch::Tensor weightOf(const Network& network, const std::string& name)
{
    for (const auto& [known, tensor] : network.state()) {
        if (known == name)
            return tensor;
    }
    return {};
}

} // namespace

class TestFeatureSource : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void aFeatureIsTheSameFromTheNetworkMemoryAndDisk_data()
    {
        QTest::addColumn<bool>("bf16");
        QTest::newRow("fp32") << false;
        QTest::newRow("bf16") << true;
    }
    void aFeatureIsTheSameFromTheNetworkMemoryAndDisk()
    {
        QFETCH(bool, bf16);
        Bench bench;
        bench.options.dtype = bf16 ? torch::kBFloat16 : torch::kFloat;
        const auto computed = passOver(bench);
        QCOMPARE(computed.misses, 6);
        QCOMPARE(computed.decoded, 6);
        QCOMPARE(computed.missing, 6);
        const auto fromMemory = passOver(bench);
        QCOMPARE(fromMemory.misses, 0);
        QCOMPARE(fromMemory.missing, 0);
        QVERIFY(same(computed.features, fromMemory.features));
        bench.onDisk();
        const auto fromDisk = passOver(bench, 1);
        QCOMPARE(fromDisk.misses, 0);
        QVERIFY(same(computed.features, fromDisk.features));
        QVERIFY(bench.cache->info().memoryBytes > 0);
        bench.inMemory();
        QVERIFY(same(computed.features, passOver(bench).features));
        // Sixteen bits: close to what the network gives, and not it.
        const auto exact = passOver(bench, 4, {}, false);
        QCOMPARE(exact.misses, 6);
        QVERIFY(at::allclose(exact.features, computed.features, 1e-2, 1e-3));
        QCOMPARE(same(exact.features, computed.features), bf16);
    }
    void whatTheFeaturesDoNotDependOnLosesNone()
    {
        Bench bench;
        passOver(bench);
        // Renamed, relabelled, moved to another split and folder; another head.
        fs::create_directories(bench.folder / "pictures/val/warm");
        fs::rename(bench.folder / "pictures/train/cold/1.jpg",
            bench.folder / "pictures/val/warm/renamed.jpeg");
        bench.look();
        QCOMPARE(bench.dataset->count(Split::Validation), 1);
        bench.network = [] {
            auto model = test::tinyDescription();
            model.head = { Pooling::Average, { 3, 5 }, 0.1 };
            model.classes = { "a", "b" };
            return test::tinyNetwork(model);
        }();
        QCOMPARE(passOver(bench).misses, 0);
        bench.onDisk();
        QCOMPARE(passOver(bench).misses, 0);
    }
    void whateverTheFeaturesDependOnGivesOthers_data()
    {
        QTest::addColumn<QByteArray>("what");
        QTest::addColumn<int>("misses");
        QTest::newRow("nothing") << QByteArray("nothing") << 0;
        QTest::newRow("a pixel") << QByteArray("a pixel") << 1;
        for (const auto* what : { "geometry", "weights", "precision", "view", "normalization" })
            QTest::newRow(what) << QByteArray(what) << 6;
        QTest::newRow("another draw") << QByteArray("another draw") << 6;
        QTest::newRow("weights above the cut") << QByteArray("weights above the cut") << 0;
    }
    void whateverTheFeaturesDependOnGivesOthers()
    {
        QFETCH(QByteArray, what);
        QFETCH(int, misses);
        Bench bench;
        std::optional<AugmentationDraw> draw;
        if (what == "another draw")
            draw = AugmentationDraw {};
        if (what == "weights above the cut")
            bench.options.cut = kBlock2;
        passOver(bench, 4, draw);
        const torch::NoGradGuard noGrad;
        if (what == "a pixel") {
            auto picture = test::paintedPicture(48, 40, 7);
            bench.folder.write("pictures/train/cold/1.jpg", *encodePng(picture));
            bench.look();
            QCOMPARE(passOver(bench).misses, 1);
            picture.rgb[100] ^= 1;
            bench.folder.write("pictures/train/cold/1.jpg", *encodePng(picture));
        } else if (what == "geometry") {
            bench.options.geometry = Geometry::Crop;
        } else if (what == "weights") {
            weightOf(bench.network, "block1_conv1.bias")[2] += 1e-6;
        } else if (what == "weights above the cut") {
            weightOf(bench.network, "block2_conv1.bias")[2] += 1e-6;
        } else if (what == "precision") {
            bench.options.dtype = torch::kBFloat16;
        } else if (what == "view") {
            draw = AugmentationDraw {};
        } else if (what == "another draw") {
            draw->theta = 0.1;
        } else if (what == "normalization") {
            auto model = test::tinyDescription();
            model.normalization = *findNormalization("caffe");
            bench.network = test::tinyNetwork(model);
        }
        QCOMPARE(passOver(bench, 4, draw).misses, misses);
        QCOMPARE(passOver(bench, 4, draw).misses, 0);
    }
    void whatFp16CannotHoldIsKeptAsBf16()
    {
        Bench bench;
        const torch::NoGradGuard noGrad;
        // One channel is far over 65504, for some pictures more than for others.
        weightOf(bench.network, "block2_conv1.weight")[3].mul_(1e7).abs_();
        weightOf(bench.network, "block2_conv1.bias")[3] = 1e5;
        const auto computed = passOver(bench);
        QVERIFY(computed.features.isfinite().all().item<bool>());
        QVERIFY(computed.features.max().item<double>() > 65504);
        const auto exact = passOver(bench, 4, {}, false);
        QVERIFY(at::allclose(exact.features, computed.features, 1e-2, 1));
        bench.onDisk();
        const auto fromDisk = passOver(bench);
        QCOMPARE(fromDisk.misses, 0);
        QVERIFY(same(computed.features, fromDisk.features));
    }
    void aDeeperCutStartsFromAShallowerOne()
    {
        Bench bench;
        const auto fromPictures = passOver(bench);
        QVERIFY(bench.cache->clear());
        for (const bool disk : { true, false }) {
            if (!disk)
                bench.inMemory();
            bench.options.cut = kBlock2;
            QCOMPARE(passOver(bench).decoded, 6);
            bench.options.cut = kEnd;
            const auto deeper = passOver(bench, 5);
            QCOMPARE(deeper.decoded, 0);
            QCOMPARE(deeper.misses, 6);
            QCOMPARE(deeper.missing, 6);
            QVERIFY(same(deeper.features, fromPictures.features));
            QCOMPARE(passOver(bench).misses, 0);
        }
    }
    void unfreezingTheLastBlockAfterTheHeadAloneDecodesNothing()
    {
        Bench bench;
        passOver(bench);
        bench.onDisk();
        bench.options.cut = kBlock2;
        const auto below = passOver(bench);
        QCOMPARE(below.misses, 0);
        QVERIFY(bench.cache->clear());
        QVERIFY(same(passOver(bench).features, below.features));
        // Kept for later is not kept in memory: without a folder there is nothing to start from.
        bench.inMemory();
        bench.options.cut = kEnd;
        passOver(bench);
        bench.options.cut = kBlock2;
        QCOMPARE(passOver(bench).decoded, 6);
    }
    void aHalfWarmBatchHasTheNumbersOfAColdOne()
    {
        Bench bench;
        const auto cold = passOver(bench, 6);
        QVERIFY(bench.cache->clear());
        // Two pictures from the cache, one from block 2's start, three from their files.
        const auto whole = bench.dataset;
        auto part = std::make_shared<DatasetSnapshot>(*whole);
        part->images = { whole->images[1], whole->images[4] };
        bench.dataset = part;
        passOver(bench);
        part->images = { whole->images[2] };
        bench.options.cut = kBlock2;
        passOver(bench);
        bench.options.cut = kEnd;
        bench.dataset = whole;
        const auto mixed = passOver(bench, 6);
        QCOMPARE(mixed.misses, 4);
        QCOMPARE(mixed.decoded, 3);
        QVERIFY(same(mixed.features, cold.features));
    }
    void freshViewsAreNotKept()
    {
        Bench bench;
        passOver(bench, 4, AugmentationDraw {}, false);
        QCOMPARE(bench.cache->info().entries, 0);
        QCOMPARE(passOver(bench, 4, AugmentationDraw {}, false).decoded, 6);
    }
    void freshViewsOfPooledPicturesNeedNoDecoding_data()
    {
        QTest::addColumn<int>("onDevice");
        QTest::addColumn<int>("onHost");
        QTest::addColumn<int>("decodedAgain");
        QTest::newRow("on the device") << 6 << 0 << 0;
        QTest::newRow("on the host, for the device has room for five") << 5 << 6 << 0;
        QTest::newRow("four of six on the host") << 0 << 4 << 2;
        QTest::newRow("no room at all") << 0 << 0 << 6;
    }
    void freshViewsOfPooledPicturesNeedNoDecoding()
    {
        QFETCH(int, onDevice);
        QFETCH(int, onHost);
        QFETCH(int, decodedAgain);
        Bench bench;
        AugmentationDraw first, second;
        first.theta = 20;
        first.zx = 0.8;
        second.flipHorizontally = true;
        second.tx = 3.5;
        const auto onCpu = passOver(bench, 4, first, false);
        const auto secondOnCpu = passOver(bench, 5, second, false);

        const auto bytes
            = [](int pictures) { return static_cast<std::uint64_t>(pictures) * 32 * 32 * 3; };
        PicturePool pool(torch::kCPU, 32, 6, { bytes(onDevice), bytes(onHost) });
        bench.options.pool = &pool;
        const auto cold = passOver(bench, 4, first, false);
        QCOMPARE(cold.decoded, 6);
        QCOMPARE(pool.onItsDevice(), onDevice == 6);
        QVERIFY(same(cold.features, onCpu.features));
        const auto warm = passOver(bench, 4, first, false);
        QCOMPARE(warm.decoded, decodedAgain);
        QCOMPARE(warm.misses, 6);
        QVERIFY(same(warm.features, onCpu.features));
        // Batches in which some are in the pool and some are not.
        QVERIFY(same(passOver(bench, 5, second, false).features, secondOnCpu.features));
        // Kept views are drawn on the device too, and need no pool.
        const auto kept = passOver(bench, 4, first);
        bench.options.pool = nullptr;
        QVERIFY(bench.cache->clear());
        QVERIFY(same(passOver(bench, 4, first).features, kept.features));
    }
    void partsOfABatchGiveTheFeaturesOfTheWhole()
    {
        Bench bench;
        const auto whole = passOver(bench, 6);
        QVERIFY(bench.cache->clear());
        MicroBatch micro(4, torch::kCPU);
        bench.options.micro = &micro;
        const auto parts = passOver(bench, 6);
        QCOMPARE(parts.misses, 6);
        QVERIFY(at::allclose(parts.features, whole.features, 1e-3, 1e-4));
        QCOMPARE(passOver(bench).misses, 0);
    }
    void aWholeNetworkThatTrainsKeepsPicturesInMemoryAlone()
    {
        Bench bench;
        bench.options.cut = 0;
        const auto first = passOver(bench);
        QCOMPARE(first.decoded, 6);
        QCOMPARE(bench.cache->info().entries, 0);
        const auto second = passOver(bench);
        QCOMPARE(second.decoded, 0);
        QVERIFY(same(first.features, second.features));
    }
    void aPictureThatChangesAfterItWasHashedIsNotKept()
    {
        Bench bench;
        auto pictures = bench.pictures();
        FeatureSource source(
            bench.network, *bench.dataset, bench.cache->store(), pictures, bench.options);
        QVERIFY(source.begin({ Sample { 0, {}, true } }, {}));
        const auto before = *readFile(bench.dataset->absolute(bench.dataset->images[0]), 1 << 20);
        bench.folder.write(
            "pictures" / bench.dataset->images[0].path, test::paintedJpeg(48, 40, 99));
        QVERIFY(source.next(1, {}));
        QCOMPARE(bench.cache->info().entries, 0);
        bench.folder.write("pictures" / bench.dataset->images[0].path, before);
        QCOMPARE(passOver(bench).misses, 6);
    }
    void aDamagedEntryIsComputedAnew()
    {
        Bench bench;
        const auto whole = passOver(bench);
        for (const auto& entry : fs::directory_iterator(bench.folder / "cache")) {
            if (entry.path().extension() != segment_files::kData)
                continue;
            auto bytes = *readFile(entry.path(), 1 << 20);
            for (std::size_t i = 0; i < bytes.size(); i += 500)
                bytes[i] ^= std::byte { 8 };
            QVERIFY(writeFileAtomically(entry.path(), std::span<const std::byte>(bytes)));
        }
        bench.onDisk();
        const auto again = passOver(bench);
        QCOMPARE(again.misses, 6);
        QVERIFY(same(whole.features, again.features));
        bench.onDisk();
        QCOMPARE(passOver(bench).misses, 0);
    }
};

QTEST_GUILESS_MAIN(TestFeatureSource)
#include "tst_feature_source.moc"
