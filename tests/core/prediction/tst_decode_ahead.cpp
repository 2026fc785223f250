#include "core/prediction/decode_ahead.h"
#include "tests/support/opened_files.h"
#include "tests/support/painted_picture.h"
#include "tests/support/thread_limit.h"

#include <QTest>

#include <system_error>

using namespace vernier;
using namespace vernier::test;

class TestDecodeAhead : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void picturesComeInOrderWhateverTheThreads_data();
    void picturesComeInOrderWhateverTheThreads();
    void aPictureThatCannotBeReadTakesItsPlace();
    void leavingEarlyEndsTheThreads();
    void leavingEarlyReadsNoMore();
    void fewerThreadsThanWantedAreEnough();
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

void TestDecodeAhead::leavingEarlyReadsNoMore()
{
    const TemporaryFolder folder;
    std::vector<std::filesystem::path> paths;
    for (const char* name : { "a.png", "b.png" })
        paths.push_back(folder.write(name, paintedPng(400, 400)));
    constexpr std::size_t count = 3000;
    while (paths.size() < count)
        paths.push_back(paths[paths.size() - 2]);
    const OpenedFiles opened(folder.path());
    {
        DecodeAhead decoder(paths, 16, Geometry::Stretch, 1, count);
        QVERIFY(decoder.next({}));
    }
    const auto names = opened.names();
    QVERIFY2(!names.empty() && names.size() < count, std::to_string(names.size()).c_str());
}

void TestDecodeAhead::fewerThreadsThanWantedAreEnough()
{
    const TemporaryFolder folder;
    const auto paths = paint(folder, 10);
    {
        const ThreadLimit limit(1);
        DecodeAhead decoder(paths, 16, Geometry::Stretch, 4, 3);
        for (const auto& path : paths)
            QCOMPARE(decoder.next({})->rgb, decodeFitted(path, 16, Geometry::Stretch)->rgb);
    }
    const ThreadLimit limit(0);
    QVERIFY_THROWS_EXCEPTION(std::system_error, DecodeAhead(paths, 16, Geometry::Stretch, 4, 3));
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
