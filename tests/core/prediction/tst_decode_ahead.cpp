#include "core/prediction/decode_ahead.h"
#include "tests/support/painted_picture.h"

#include <QTest>

using namespace vernier;
using namespace vernier::test;

class TestDecodeAhead : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void picturesComeInOrderWhateverTheThreads_data();
    void picturesComeInOrderWhateverTheThreads();
    void aPictureThatCannotBeReadTakesItsPlace();
    void leavingEarlyEndsTheThreads();
    void aStopEndsTheWait();
    void anEmptyListIsNoWork();
};

namespace {

std::vector<std::filesystem::path> paint(const TemporaryFolder& folder, int count)
{
    std::vector<std::filesystem::path> paths;
    for (int i = 0; i < count; ++i)
        paths.push_back(folder.write(
            std::to_string(i) + ".png", paintedPng(20 + i % 7, 30, static_cast<std::uint64_t>(i))));
    return paths;
}

} // namespace

void TestDecodeAhead::picturesComeInOrderWhateverTheThreads_data()
{
    QTest::addColumn<int>("threads");
    QTest::addColumn<int>("ahead");
    QTest::newRow("one thread, one ahead") << 1 << 1;
    QTest::newRow("one thread") << 1 << 8;
    QTest::newRow("more threads than places") << 4 << 2;
    QTest::newRow("four threads") << 4 << 16;
}

void TestDecodeAhead::picturesComeInOrderWhateverTheThreads()
{
    QFETCH(int, threads);
    QFETCH(int, ahead);
    const TemporaryFolder folder;
    const auto paths = paint(folder, 40);
    DecodeAhead decoder(paths, 16, Geometry::Stretch, threads, static_cast<std::size_t>(ahead));
    for (const auto& path : paths) {
        const auto picture = decoder.next({});
        QVERIFY(picture);
        QCOMPARE(picture->rgb, decodeFitted(path, 16, Geometry::Stretch)->rgb);
    }
}

void TestDecodeAhead::aPictureThatCannotBeReadTakesItsPlace()
{
    const TemporaryFolder folder;
    auto paths = paint(folder, 3);
    paths.insert(paths.begin() + 1, folder.write("broken.jpg", "no picture"));
    paths.push_back(folder / "gone.jpg");
    DecodeAhead decoder(paths, 16, Geometry::Crop, 2, 2);
    for (const bool good : { true, false, true, true, false })
        QCOMPARE(decoder.next({}).has_value(), good);
}

void TestDecodeAhead::leavingEarlyEndsTheThreads()
{
    const TemporaryFolder folder;
    const auto paths = paint(folder, 30);
    for (int taken = 0; taken < 4; ++taken) {
        DecodeAhead decoder(paths, 16, Geometry::Stretch, 3, 2);
        for (int i = 0; i < taken; ++i)
            QVERIFY(decoder.next({}));
    }
}

void TestDecodeAhead::aStopEndsTheWait()
{
    const TemporaryFolder folder;
    const auto paths = paint(folder, 1);
    DecodeAhead decoder(paths, 16, Geometry::Stretch, 1, 1);
    QVERIFY(decoder.next({}));
    std::stop_source source;
    source.request_stop();
    QCOMPARE(decoder.next(source.get_token()).error().code, ErrorCode::Cancelled);
}

void TestDecodeAhead::anEmptyListIsNoWork()
{
    const std::vector<std::filesystem::path> none;
    const DecodeAhead decoder(none, 16, Geometry::Stretch, 2, 2);
}

QTEST_APPLESS_MAIN(TestDecodeAhead)
#include "tst_decode_ahead.moc"
