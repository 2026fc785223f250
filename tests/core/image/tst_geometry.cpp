#include "core/image/decode.h"
#include "core/image/geometry.h"
#include "tests/support/painted_picture.h"

#include <QTest>

using namespace vernier;
using namespace vernier::test;

class TestGeometry : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void stretchTakesThePictureWhole();
    void cropTakesTheMiddle();
    void shrinkingAveragesAndGrowingInterpolates();
    void aStripOfOnePixelBecomesASquare_data();
    void aStripOfOnePixelBecomesASquare();
    void aPictureOfTheRightSizeIsLeftAsItIs();
    void decodingAtAReducedScaleLosesNothing_data();
    void decodingAtAReducedScaleLosesNothing();
    void aThumbnailIsTheMiddleSquare();
    void namesGoBothWays();
};

namespace {

Picture filled(int width, int height, const std::function<int(int x, int y)>& grey)
{
    Picture picture { width, height, {} };
    for (int y = 0; y < height; ++y) {
        for (int x = 0; x < width; ++x)
            picture.rgb.insert(picture.rgb.end(), 3, static_cast<std::uint8_t>(grey(x, y)));
    }
    return picture;
}

int at(const Picture& picture, int x, int y)
{
    return picture.rgb[static_cast<std::size_t>((y * picture.width + x) * 3)];
}

} // namespace

void TestGeometry::stretchTakesThePictureWhole()
{
    const auto picture = filled(300, 100, [](int x, int) { return x < 30 ? 200 : 50; });
    const auto square = fitted(picture, 100, Geometry::Stretch);
    QCOMPARE(square.width, 100);
    QCOMPARE(square.height, 100);
    QCOMPARE(at(square, 5, 50), 200);
    QCOMPARE(at(square, 15, 50), 50);
}

void TestGeometry::cropTakesTheMiddle()
{
    // Of 600 x 300, the shorter edge becomes 256 and the middle 224 are kept: columns 150 + 18.75
    // to 450 - 18.75 of the file.
    const auto picture = filled(600, 300, [](int x, int) { return x * 255 / 599; });
    const auto square = fitted(picture, 224, Geometry::Crop);
    QCOMPARE(square.width, 224);
    QCOMPARE(square.height, 224);
    QVERIFY(std::abs(at(square, 0, 100) - 169 * 255 / 599) <= 1);
    QVERIFY(std::abs(at(square, 223, 100) - 431 * 255 / 599) <= 1);
}

void TestGeometry::shrinkingAveragesAndGrowingInterpolates()
{
    const auto board = filled(64, 64, [](int x, int y) { return (x + y) % 2 ? 200 : 100; });
    const auto small = fitted(board, 32, Geometry::Stretch);
    for (int i = 0; i < 32; ++i)
        QCOMPARE(at(small, i, 31 - i), 150);

    const auto two = filled(2, 2, [](int x, int) { return x * 100; });
    const auto large = fitted(two, 8, Geometry::Stretch);
    QCOMPARE(at(large, 0, 4), 0);
    QVERIFY(at(large, 3, 4) > 20 && at(large, 3, 4) < 50);
    QCOMPARE(at(large, 7, 4), 100);
}

void TestGeometry::aStripOfOnePixelBecomesASquare_data()
{
    QTest::addColumn<int>("width");
    QTest::addColumn<int>("height");
    QTest::newRow("wide") << 100'000 << 1;
    QTest::newRow("high") << 1 << 100'000;
    QTest::newRow("a dot") << 1 << 1;
}

void TestGeometry::aStripOfOnePixelBecomesASquare()
{
    QFETCH(int, width);
    QFETCH(int, height);
    const auto strip = filled(width, height, [](int, int) { return 77; });
    for (const auto geometry : { Geometry::Stretch, Geometry::Crop }) {
        const auto square = fitted(strip, 64, geometry);
        QCOMPARE(square.rgb, std::vector<std::uint8_t>(64 * 64 * 3, 77));
    }
}

void TestGeometry::aPictureOfTheRightSizeIsLeftAsItIs()
{
    const auto picture = paintedPicture(224, 224);
    QCOMPARE(fitted(picture, 224, Geometry::Stretch).rgb, picture.rgb);
}

void TestGeometry::decodingAtAReducedScaleLosesNothing_data()
{
    QTest::addColumn<int>("width");
    QTest::addColumn<int>("height");
    QTest::newRow("snapshot") << 500 << 375;
    QTest::newRow("phone") << 3024 << 4032;
    QTest::newRow("odd") << 1801 << 1203;
    QTest::newRow("small") << 150 << 200;
}

void TestGeometry::decodingAtAReducedScaleLosesNothing()
{
    QFETCH(int, width);
    QFETCH(int, height);
    TemporaryFolder folder;
    const auto file = folder.write("picture.jpg", paintedJpeg(width, height, 3));
    const auto whole = decode(file);
    QVERIFY(whole);
    for (const auto geometry : { Geometry::Stretch, Geometry::Crop }) {
        const auto quick = decodeFitted(file, 224, geometry);
        QVERIFY(quick);
        const auto slow = fitted(*whole, 224, geometry);
        QVERIFY(meanDifference(*quick, slow) < 0.5);
        // The reduced size is rounded up, which shifts the disc's edge by a part of a pixel.
        QVERIFY(largestDifference(*quick, slow) <= 40);
    }
}

void TestGeometry::aThumbnailIsTheMiddleSquare()
{
    TemporaryFolder folder;
    const auto picture
        = filled(400, 200, [](int x, int) { return x < 100 || x >= 300 ? 250 : 20; });
    const auto file = folder.write("wide.png", *encodePng(picture));
    const auto thumbnail = decodeThumbnail(file, 64);
    QVERIFY(thumbnail);
    QCOMPARE(thumbnail->width, 64);
    QCOMPARE(thumbnail->rgb, std::vector<std::uint8_t>(64 * 64 * 3, 20));
    const auto gone = decodeThumbnail(folder / "gone.png", 64);
    QVERIFY(!gone);
    QCOMPARE(gone.error().code, ErrorCode::NotFound);
}

void TestGeometry::namesGoBothWays()
{
    QCOMPARE(*geometryFromName(name(Geometry::Stretch)), Geometry::Stretch);
    QCOMPARE(*geometryFromName(name(Geometry::Crop)), Geometry::Crop);
    QCOMPARE(geometryFromName("zoom").error().code, ErrorCode::Invalid);
}

QTEST_APPLESS_MAIN(TestGeometry)
#include "tst_geometry.moc"
