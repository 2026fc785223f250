#include "core/base/random.h"
#include "core/features/batch_loader.h"
#include "core/image/decode.h"
#include "tests/support/opened_files.h"
#include "tests/support/painted_picture.h"
#include "tests/support/thread_limit.h"

#include <QTest>

#include <system_error>

using namespace vernier;
using namespace vernier::test;

class TestBatchLoader : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void picturesComeInOrderWhateverTheThreads_data();
    void picturesComeInOrderWhateverTheThreads();
    void aPictureThatCannotBeReadTakesItsPlace();
    void leavingEarlyReadsNoMore();
    void aStopEndsTheWait();
    void fewerThreadsThanWantedAreEnough();
    void anEmptyListIsNoWork();
};

namespace {

constexpr int kSize = 16;

std::vector<LoadItem> paint(const TemporaryFolder& folder, int count)
{
    std::vector<LoadItem> items;
    Random random { 7 };
    for (int i = 0; i < count; ++i) {
        LoadItem item { folder.write(std::to_string(i) + ".png",
                            paintedPng(20 + i % 7, 30, static_cast<std::uint64_t>(i))),
            {} };
        if (i % 2)
            item.draw = draw({ .rotation = 40, .horizontalFlip = true }, kSize, kSize, random);
        items.push_back(std::move(item));
    }
    return items;
}

Picture loaded(const LoadItem& item)
{
    const auto picture = *decodeFitted(item.path, kSize, Geometry::Stretch);
    return item.draw ? augmented(picture, *item.draw, FillMode::Nearest) : picture;
}

} // namespace

void TestBatchLoader::picturesComeInOrderWhateverTheThreads_data()
{
    QTest::addColumn<int>("threads");
    QTest::addColumn<int>("ahead");
    QTest::newRow("one thread, one ahead") << 1 << 1;
    QTest::newRow("more threads than places") << 4 << 2;
    QTest::newRow("four threads") << 4 << 16;
    QTest::newRow("more threads than pictures") << 50 << 50;
}

void TestBatchLoader::picturesComeInOrderWhateverTheThreads()
{
    QFETCH(const int, threads);
    QFETCH(const int, ahead);
    const TemporaryFolder folder;
    const auto items = paint(folder, 40);
    BatchLoader loader(items, { .size = kSize, .threads = threads, .ahead = ahead });
    for (const auto& item : items) {
        const auto picture = loader.next({});
        QVERIFY(picture);
        QCOMPARE(picture->rgb, loaded(item).rgb);
    }
}

void TestBatchLoader::aPictureThatCannotBeReadTakesItsPlace()
{
    const TemporaryFolder folder;
    auto items = paint(folder, 3);
    items.insert(items.begin() + 1, { folder.write("broken.jpg", "no picture"), {} });
    items.push_back({ folder / "gone.jpg", {} });
    BatchLoader loader(items, { .size = kSize, .threads = 2, .ahead = 2 });
    for (const bool good : { true, false, true, true, false })
        QCOMPARE(loader.next({}).has_value(), good);
}

void TestBatchLoader::leavingEarlyReadsNoMore()
{
    const TemporaryFolder folder;
    std::vector<LoadItem> items;
    for (const char* name : { "a.png", "b.png" })
        items.push_back({ folder.write(name, paintedPng(400, 400)), {} });
    constexpr std::size_t count = 3000;
    while (items.size() < count)
        items.push_back(items[items.size() - 2]);
    const OpenedFiles opened(folder.path());
    {
        BatchLoader loader(items, { .size = kSize, .threads = 1, .ahead = count });
        QVERIFY(loader.next({}));
    }
    const auto names = opened.names();
    QVERIFY2(!names.empty() && names.size() < count, std::to_string(names.size()).c_str());
}

void TestBatchLoader::aStopEndsTheWait()
{
    const TemporaryFolder folder;
    BatchLoader loader(paint(folder, 1), { .size = kSize, .ahead = 1 });
    QVERIFY(loader.next({}));
    std::stop_source source;
    source.request_stop();
    QCOMPARE(loader.next(source.get_token()).error().code, ErrorCode::Cancelled);
}

void TestBatchLoader::fewerThreadsThanWantedAreEnough()
{
    const TemporaryFolder folder;
    const auto items = paint(folder, 20);
    {
        const ThreadLimit limit(1);
        BatchLoader loader(items, { .size = kSize, .threads = 4, .ahead = 3 });
        for (const auto& item : items)
            QCOMPARE(loader.next({})->rgb, loaded(item).rgb);
    }
    const ThreadLimit limit(0);
    QVERIFY_THROWS_EXCEPTION(std::system_error, BatchLoader(items, { .size = kSize }));
}

void TestBatchLoader::anEmptyListIsNoWork()
{
    const BatchLoader loader({}, { .size = kSize, .threads = 2, .ahead = 2 });
}

QTEST_APPLESS_MAIN(TestBatchLoader)
#include "tst_batch_loader.moc"
