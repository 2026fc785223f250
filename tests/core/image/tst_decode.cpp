#include "core/image/decode.h"
#include "tests/support/painted_picture.h"

#include <QTest>

using namespace vernier;
using namespace vernier::test;

class TestDecode : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void aPngComesBackAsItWas();
    void aJpegComesBackNearly();
    void aReducedScaleKeepsTheShorterEdge();
    void aTruncatedJpegIsAnError();
};

void TestDecode::aPngComesBackAsItWas()
{
    const auto picture = paintedPicture(37, 21);
    const auto decoded = decode(*encodePng(picture), "painted.png");
    QVERIFY(decoded);
    QCOMPARE(decoded->rgb, picture.rgb);
}

void TestDecode::aJpegComesBackNearly()
{
    const auto picture = paintedPicture(120, 90);
    const auto decoded = decode(*encodeJpeg(picture, 95), "painted.jpg");
    QVERIFY(decoded);
    QVERIFY(meanDifference(*decoded, picture) < 2);
}

void TestDecode::aReducedScaleKeepsTheShorterEdge()
{
    const auto file = paintedJpeg(1600, 1200);
    for (const int atLeast : { 1, 100, 224, 448, 1200, 5000 }) {
        const auto decoded = decode(file, "painted.jpg", atLeast);
        QVERIFY(decoded);
        QVERIFY(decoded->height >= std::min(atLeast, 1200));
        QVERIFY(decoded->height <= std::max(150, std::min(1200, atLeast + 150)));
    }
}

void TestDecode::aTruncatedJpegIsAnError()
{
    auto file = paintedJpeg(200, 150);
    file.resize(file.size() * 2 / 3);
    const auto decoded = decode(file, "cut.jpg");
    QVERIFY(!decoded);
    QCOMPARE(decoded.error().code, ErrorCode::Corrupt);
    QCOMPARE(decoded.error().text(),
        std::string("cut.jpg: cut off: the picture ends early; copy the file again"));
}

QTEST_APPLESS_MAIN(TestDecode)
#include "tst_decode.moc"
