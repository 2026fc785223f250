#include "core/features/batch_loader.h"
#include "core/image/decode.h"
#include "core/image/geometry.h"
#include "tests/support/memory_limit.h"
#include "tests/support/source_dir.h"
#include "tests/support/temporary_folder.h"

#include <QTest>

using namespace vernier;
using namespace vernier::test;
namespace fs = std::filesystem;

namespace {

constexpr std::uint64_t kMore = 40 << 20;

} // namespace

/// Pictures that do not fit into memory: an answer, on whatever thread.
class TestDecodeMemory : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase();
    void thatIsAnAnswerOfTheDecoder_data();
    void thatIsAnAnswerOfTheDecoder();
    void loadersHandItOutAndGoOn();

private:
    TemporaryFolder m_folder;
    fs::path m_small = dataDir() / "pictures/plain.jpg";
};

void TestDecodeMemory::initTestCase()
{
    if (!MemoryLimit::kWorks)
        QSKIP("the address sanitizer needs all addresses");
    // OpenCV, and a thread's first memory, before there is a limit.
    QVERIFY(decodeFitted(m_small, 20, Geometry::Crop));
    constexpr int kEdge = 5000;
    const Picture large { kEdge, kEdge, std::vector<std::uint8_t>(3 * kEdge * kEdge, 90) };
    m_folder.write("large.jpg", encodeJpeg(large, 80).value());
    m_folder.write("large.png", encodePng(large).value());
    fs::copy_file(dataDir() / "tiff/huge_strip.tif", m_folder / "large.tif");
    fs::copy_file(dataDir() / "pictures/plain.png", m_folder / "large_file.png");
    fs::resize_file(m_folder / "large_file.png", 300 << 20);
}

void TestDecodeMemory::thatIsAnAnswerOfTheDecoder_data()
{
    QTest::addColumn<QString>("name");
    for (const char* name : { "large.jpg", "large.png", "large.tif", "large_file.png" })
        QTest::newRow(name) << name;
}

void TestDecodeMemory::thatIsAnAnswerOfTheDecoder()
{
    QFETCH(QString, name);
    const auto file = m_folder / name.toStdString();
    {
        const MemoryLimit limit(kMore);
        const auto picture = decode(file);
        QVERIFY(!picture);
        QCOMPARE(int(picture.error().code), int(ErrorCode::OutOfMemory));
        QCOMPARE(picture.error().path, file);
        // Where the picture itself would fit, its square may not.
        const auto fitted = decodeFitted(m_small, 9000, Geometry::Stretch);
        QVERIFY(!fitted);
        QCOMPARE(int(fitted.error().code), int(ErrorCode::OutOfMemory));
        const auto thumbnail = decodeThumbnail(m_small, 9000);
        QVERIFY(!thumbnail);
        QCOMPARE(int(thumbnail.error().code), int(ErrorCode::OutOfMemory));
        QVERIFY(probe(file));
    }
    QVERIFY(decode(file, 100));
}

void TestDecodeMemory::loadersHandItOutAndGoOn()
{
    const auto large = m_folder / "large.tif";
    std::vector<LoadItem> items;
    for (const auto& path : { m_small, large, m_small, large, m_small })
        items.push_back({ path, {} });
    BatchLoader loader(items, { .size = 20, .threads = 1, .ahead = 1 });
    // Threads take their first memory with their first picture; the second waits for room.
    QTest::qWait(100);
    const MemoryLimit limit(kMore);
    constexpr int kNoMemory = int(ErrorCode::OutOfMemory);
    for (const int expected : { -1, kNoMemory, -1, kNoMemory, -1 }) {
        const auto picture = loader.next({});
        QCOMPARE(picture ? -1 : int(picture.error().code), expected);
    }
}

QTEST_APPLESS_MAIN(TestDecodeMemory)
#include "tst_decode_memory.moc"
