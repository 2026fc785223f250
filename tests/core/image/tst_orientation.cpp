#include "core/base/files.h"
#include "core/image/decode.h"
#include "tests/support/painted_picture.h"
#include "tests/support/source_dir.h"

#include <QTest>

#include <algorithm>

#include <zlib.h>

using namespace vernier;
using namespace vernier::test;

namespace {

std::vector<std::byte> fixture(const char* name)
{
    return readFile(dataDir() / "pictures" / name, 1 << 20).value();
}

/// What the fixtures show.
Picture painted() { return paintedPicture(40, 30); }

/// What a picture stored with an EXIF orientation should look like, straight from the standard.
Picture upright(const Picture& stored, int orientation)
{
    const int w = stored.width;
    const int h = stored.height;
    const bool turned = orientation >= 5;
    Picture result { turned ? h : w, turned ? w : h, {} };
    for (int y = 0; y < result.height; ++y) {
        for (int x = 0; x < result.width; ++x) {
            const std::array<std::pair<int, int>, 8> from { { { x, y }, { w - 1 - x, y },
                { w - 1 - x, h - 1 - y }, { x, h - 1 - y }, { y, x }, { y, h - 1 - x },
                { w - 1 - y, h - 1 - x }, { w - 1 - y, x } } };
            const auto [sx, sy] = from[static_cast<std::size_t>(orientation - 1)];
            const auto* pixel = &stored.rgb[static_cast<std::size_t>((sy * w + sx) * 3)];
            result.rgb.insert(result.rgb.end(), pixel, pixel + 3);
        }
    }
    return result;
}

void append(std::vector<std::byte>& bytes, std::uint64_t value, int size, bool bigEndian)
{
    for (int i = 0; i < size; ++i)
        bytes.push_back(static_cast<std::byte>(value >> 8 * (bigEndian ? size - 1 - i : i)));
}

void append(std::vector<std::byte>& bytes, std::string_view text)
{
    for (const char c : text)
        bytes.push_back(static_cast<std::byte>(c));
}

/// A TIFF structure with an orientation and nothing else.
std::vector<std::byte> exifBlock(int orientation, bool bigEndian)
{
    std::vector<std::byte> bytes;
    append(bytes, bigEndian ? "MM" : "II");
    append(bytes, 42, 2, bigEndian);
    append(bytes, 8, 4, bigEndian);
    append(bytes, 1, 2, bigEndian);
    append(bytes, 274, 2, bigEndian);
    append(bytes, 3, 2, bigEndian);
    append(bytes, 1, 4, bigEndian);
    append(bytes, static_cast<std::uint64_t>(orientation), 2, bigEndian);
    append(bytes, 0, 2, bigEndian);
    append(bytes, 0, 4, bigEndian);
    return bytes;
}

std::vector<std::byte> inserted(
    std::vector<std::byte> file, std::size_t at, const std::vector<std::byte>& part)
{
    file.insert(file.begin() + static_cast<std::ptrdiff_t>(at), part.begin(), part.end());
    return file;
}

std::vector<std::byte> orientedJpeg(int orientation, bool bigEndian)
{
    const auto exif = exifBlock(orientation, bigEndian);
    std::vector<std::byte> part;
    append(part, 0xFFE1, 2, true);
    append(part, exif.size() + 8, 2, true);
    append(part, std::string_view("Exif\0\0", 6));
    part.insert(part.end(), exif.begin(), exif.end());
    return inserted(fixture("plain.jpg"), 2, part);
}

std::vector<std::byte> orientedPng(int orientation, bool behind = false)
{
    const auto exif = exifBlock(orientation, true);
    std::vector<std::byte> part;
    append(part, exif.size(), 4, true);
    append(part, "eXIf");
    part.insert(part.end(), exif.begin(), exif.end());
    const auto* checked = reinterpret_cast<const Bytef*>(part.data() + 4);
    append(part, crc32(0, checked, static_cast<uInt>(part.size() - 4)), 4, true);
    const auto file = fixture("plain.png");
    constexpr std::size_t kHeader = 33;
    constexpr std::size_t kEnd = 12;
    return inserted(file, behind ? file.size() - kEnd : kHeader, part);
}

std::vector<std::byte> orientedWebP(int orientation)
{
    const auto plain = fixture("lossless.webp");
    const auto exif = exifBlock(orientation, false);
    std::vector<std::byte> body;
    append(body, "WEBPVP8X");
    append(body, 10, 4, false);
    append(body, 0x08, 4, false);
    append(body, 39, 3, false);
    append(body, 29, 3, false);
    body.insert(body.end(), plain.begin() + 12, plain.end());
    append(body, "EXIF");
    append(body, exif.size(), 4, false);
    body.insert(body.end(), exif.begin(), exif.end());
    std::vector<std::byte> file;
    append(file, "RIFF");
    append(file, body.size(), 4, false);
    file.insert(file.end(), body.begin(), body.end());
    return file;
}

/// Finds the orientation among the tags of a little-endian TIFF file and changes it.
std::vector<std::byte> orientedTiff(const char* name, int orientation)
{
    auto file = fixture(name);
    const std::array<std::byte, 4> tag { std::byte { 0x12 }, std::byte { 0x01 }, std::byte { 3 },
        std::byte { 0 } };
    const auto found = std::search(file.begin(), file.end(), tag.begin(), tag.end());
    if (found != file.end())
        found[8] = static_cast<std::byte>(orientation);
    return file;
}

} // namespace

/// Pictures are turned as the camera was held.
class TestOrientation : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void orientationIsApplied_data();
    void orientationIsApplied();
    void aBrokenOrientationIsNone();
    void aReducedScaleIsTurnedToo();
};

void TestOrientation::orientationIsApplied_data()
{
    QTest::addColumn<std::vector<std::byte>>("file");
    QTest::addColumn<int>("orientation");
    for (int i = 1; i <= 8; ++i) {
        QTest::addRow("JPEG %d", i) << orientedJpeg(i, false) << i;
        QTest::addRow("JPEG, big-endian EXIF, %d", i) << orientedJpeg(i, true) << i;
        QTest::addRow("PNG %d", i) << orientedPng(i) << i;
        QTest::addRow("PNG %d, told behind the pixels", i) << orientedPng(i, true) << i;
        QTest::addRow("WebP %d", i) << orientedWebP(i) << i;
        QTest::addRow("TIFF %d", i) << orientedTiff("lzw.tif", i) << i;
        QTest::addRow("TIFF, tiles, %d", i) << orientedTiff("tiles.tif", i) << i;
        QTest::addRow("TIFF, 16 bits, %d", i) << orientedTiff("sixteen_bits.tif", i) << i;
    }
}

void TestOrientation::orientationIsApplied()
{
    QFETCH(std::vector<std::byte>, file);
    QFETCH(int, orientation);
    TemporaryFolder folder;
    const auto path = folder.write("picture", file);
    const auto expected = upright(painted(), orientation);
    const auto info = probe(path);
    QVERIFY(info);
    QCOMPARE(info->orientation, orientation);
    QCOMPARE(info->width, expected.width);
    QCOMPARE(info->height, expected.height);
    const auto picture = decode(path);
    QVERIFY(picture);
    QVERIFY(meanDifference(*picture, expected) < 1.5);
}

void TestOrientation::aBrokenOrientationIsNone()
{
    for (const int orientation : { 0, 9, 255 }) {
        const auto picture = decode(orientedJpeg(orientation, false), "odd.jpg");
        QVERIFY(picture);
        QVERIFY(meanDifference(*picture, painted()) < 1.5);
    }
}

void TestOrientation::aReducedScaleIsTurnedToo()
{
    const auto decoded = decode(orientedJpeg(6, true), "turned.jpg", 15);
    QVERIFY(decoded);
    QCOMPARE(decoded->width, 15);
    QCOMPARE(decoded->height, 20);
}

QTEST_APPLESS_MAIN(TestOrientation)
#include "tst_orientation.moc"
