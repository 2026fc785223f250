#include "core/base/files.h"
#include "core/base/random.h"
#include "core/image/decode.h"
#include "tests/support/painted_picture.h"
#include "tests/support/source_dir.h"

#include <QTest>

#include <algorithm>
#include <set>

using namespace vernier;
using namespace vernier::test;
namespace fs = std::filesystem;

namespace {

fs::path fixture(const QString& name) { return dataDir() / "pictures" / name.toStdString(); }

std::vector<std::byte> bytesOf(const fs::path& file) { return readFile(file, 1 << 20).value(); }

Picture painted() { return paintedPicture(40, 30); }

Picture changedPicture(Picture picture, const std::function<void(std::uint8_t* rgb)>& change)
{
    for (std::size_t i = 0; i < picture.rgb.size(); i += 3)
        change(&picture.rgb[i]);
    return picture;
}

/// As ImageMagick weighs colours.
Picture grey(const Picture& picture)
{
    return changedPicture(picture, [](std::uint8_t* rgb) {
        const auto value
            = static_cast<std::uint8_t>(0.2126 * rgb[0] + 0.7152 * rgb[1] + 0.0722 * rgb[2] + 0.5);
        std::fill(rgb, rgb + 3, value);
    });
}

Picture halfOverWhite(const Picture& picture)
{
    return changedPicture(picture, [](std::uint8_t* rgb) {
        for (int c = 0; c < 3; ++c)
            rgb[c] = static_cast<std::uint8_t>((rgb[c] + 255) / 2);
    });
}

Picture leftHalfWhite(Picture picture)
{
    for (std::size_t i = 0; i < picture.rgb.size(); ++i) {
        const auto width = static_cast<std::size_t>(picture.width);
        if (i / 3 % width < width / 2)
            picture.rgb[i] = 255;
    }
    return picture;
}

Picture blackOrWhite(const Picture& picture)
{
    return changedPicture(picture,
        [](std::uint8_t* rgb) { std::fill(rgb, rgb + 3, std::uint8_t(rgb[0] < 128 ? 0 : 255)); });
}

/// With the colour of one pixel, wherever it comes up, made white.
Picture withoutColourAt(const Picture& picture, int x, int y)
{
    std::array<std::uint8_t, 3> key {};
    std::copy_n(&picture.rgb[static_cast<std::size_t>((y * picture.width + x) * 3)], 3, key.data());
    return changedPicture(picture, [&](std::uint8_t* rgb) {
        if (std::equal(key.begin(), key.end(), rgb))
            std::fill(rgb, rgb + 3, std::uint8_t { 255 });
    });
}

} // namespace

class TestDecode : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void whatCanBeUsedIsUsedRight_data();
    void whatCanBeUsedIsUsedRight();
    void whatCannotBeUsedSaysWhy_data();
    void whatCannotBeUsedSaysWhy();
    void everyPictureOfTheTestsIsTested();
    void aPngComesBackAsItWas();
    void aJpegComesBackNearly();
    void aReducedScaleKeepsTheShorterEdge();
    void aFileCutAnywhereIsAnErrorOrTheWholePicture_data();
    void aFileCutAnywhereIsAnErrorOrTheWholePicture();
    void whatACameraAddsBehindItCostsNothing_data();
    void whatACameraAddsBehindItCostsNothing();
    void aMutatedFileDoesNoHarm_data();
    void aMutatedFileDoesNoHarm();
    void anErrorNamesTheFileAndSaysWhatToDo();
    void extensionsAreKnownInAnyCase();
    void aFileOfTooManyBytesIsNotRead();
    void aFileThatIsGoneIsNotFound();
    void aRawPhotographIsRefusedThoughItBeginsLikeATiff();

private:
    std::set<QString> m_tested;
};

void TestDecode::whatCanBeUsedIsUsedRight_data()
{
    QTest::addColumn<QString>("format");
    QTest::addColumn<Picture>("expected");
    QTest::addColumn<double>("tolerance");
    const auto row
        = [&](const char* file, const char* format, const Picture& expected, double tolerance) {
              QTest::newRow(file) << QString(format) << expected << tolerance;
              m_tested.insert(file);
          };
    const auto plain = painted();
    const auto half = halfOverWhite(plain);
    row("plain.jpg", "JPEG", plain, 1.5);
    row("progressive.jpg", "JPEG", plain, 1.5);
    row("subsampled.jpg", "JPEG", plain, 1.5);
    row("grey.jpg", "JPEG", grey(plain), 1.5);
    row("cmyk.jpg", "JPEG", plain, 1.5);
    row("ycck.jpg", "JPEG", plain, 1.5);
    row("trailing_video.jpg", "JPEG", plain, 1.5);
    row("extraneous_bytes.jpg", "JPEG", plain, 1.5);
    row("plain.png", "PNG", plain, 0);
    row("grey.png", "PNG", grey(plain), 1);
    row("palette.png", "PNG", plain, 10);
    row("sixteen_bits.png", "PNG", plain, 0);
    row("alpha_half.png", "PNG", half, 1);
    row("grey_alpha_half.png", "PNG", halfOverWhite(grey(plain)), 1);
    row("trailing_bytes.png", "PNG", plain, 0);
    for (const char* name : { "grey_one_transparent.png", "grey_one_transparent_sixteen_bits.png" })
        row(name, "PNG", withoutColourAt(decode(fixture("grey.png")).value(), 20, 15), 0);
    row("one_colour_transparent.png", "PNG", withoutColourAt(plain, 20, 15), 0);
    const auto sixSteps = changedPicture(plain, [](std::uint8_t* rgb) {
        for (int c = 0; c < 3; ++c)
            rgb[c] = static_cast<std::uint8_t>((rgb[c] + 25) / 51 * 51);
    });
    for (const char* name : { "plain.gif", "interlaced.gif", "two_frames.gif" })
        row(name, "GIF", sixSteps, 0);
    for (const char* name : { "half_transparent.gif", "frame_beside_the_corner.gif" })
        row(name, "GIF", leftHalfWhite(sixSteps), 0);
    row("animated.gif", "GIF", plain, 10);
    row("plain.ppm", "PNM", plain, 0);
    row("sixteen_bits.ppm", "PNM", plain, 0);
    row("of_one_hundred.ppm", "PNM", plain, 1);
    row("grey.pgm", "PNM", grey(plain), 1);
    row("bits.pbm", "PNM", blackOrWhite(decode(fixture("grey.png")).value()), 0);
    for (const char* name : { "plain.heic", "turned.heic", "ten_bits.heic" })
        row(name, "HEIC", plain, 2);
    row("alpha_half.heic", "HEIC", half, 2);
    for (const char* name : { "plain.avif", "turned.avif" })
        row(name, "AVIF", plain, 3);
    row("alpha_half.avif", "AVIF", half, 3);
    for (const char* name : { "plain.jp2", "plain.j2k", "tiles.jp2" })
        row(name, "JPEG 2000", plain, 0);
    for (const char* name : { "grey.jp2", "sixteen_bits.jp2" })
        row(name, "JPEG 2000", grey(plain), 1);
    row("alpha_half.jp2", "JPEG 2000", half, 1);
    row("luma_and_chroma.jp2", "JPEG 2000", plain, 1);
    row("animated.webp", "WebP", plain, 0);
    row("lossless.webp", "WebP", plain, 0);
    row("lossy.webp", "WebP", plain, 2);
    row("alpha_half.webp", "WebP", half, 1);
    row("twenty_four_bits.bmp", "BMP", plain, 0);
    row("thirty_two_bits.bmp", "BMP", plain, 0);
    row("rows_from_the_top.bmp", "BMP", plain, 0);
    row("old_header.bmp", "BMP", plain, 0);
    row("sixteen_bits.bmp", "BMP", plain, 4);
    row("run_lengths.bmp", "BMP", plain, 10);
    row("lzw.tif", "TIFF", plain, 0);
    row("tiles.tif", "TIFF", plain, 0);
    row("big_endian.tif", "TIFF", plain, 0);
    row("big_tiff.tif", "TIFF", plain, 0);
    row("grey.tif", "TIFF", grey(plain), 1);
    row("cmyk.tif", "TIFF", plain, 1);
    row("sixteen_bits.tif", "TIFF", plain, 0);
    row("alpha_half.tif", "TIFF", half, 1);
    row("alpha_associated.tif", "TIFF", half, 1);
    row("alpha_half_sixteen_bits.tif", "TIFF", half, 1);
}

void TestDecode::whatCanBeUsedIsUsedRight()
{
    QFETCH(QString, format);
    QFETCH(Picture, expected);
    QFETCH(double, tolerance);
    const auto file = fixture(QTest::currentDataTag());
    const auto info = probe(file);
    QVERIFY2(info, info ? "" : info.error().text().c_str());
    QCOMPARE(QString::fromStdString(info->format), format);
    QCOMPARE(info->width, 40);
    QCOMPARE(info->height, 30);
    QCOMPARE(info->orientation, 1);
    QCOMPARE(info->bytes, static_cast<std::uint64_t>(fs::file_size(file)));
    const auto picture = decode(file);
    QVERIFY2(picture, picture ? "" : picture.error().text().c_str());
    const double difference = meanDifference(*picture, expected);
    QVERIFY2(difference <= tolerance, qPrintable(QString::number(difference)));
}

void TestDecode::whatCannotBeUsedSaysWhy_data()
{
    QTest::addColumn<int>("code");
    QTest::addColumn<QString>("detail");
    QTest::addColumn<bool>("headerShowsIt");
    const auto row
        = [&](const char* file, ErrorCode code, const char* detail, bool headerShowsIt = true) {
              QTest::newRow(file) << int(code) << QString(detail) << headerShowsIt;
              m_tested.insert(file);
          };
    const char* cut = "cut off: the picture ends early";
    row("empty.jpg", ErrorCode::Corrupt, "the file is empty");
    row("text.jpg", ErrorCode::Unsupported, "the content is not that of a picture");
    row("two_bytes.jpg", ErrorCode::Corrupt, cut);
    row("cut_in_the_header.jpg", ErrorCode::Corrupt, cut);
    row("cut_in_the_header.png", ErrorCode::Corrupt, cut);
    row("cut_in_the_header.bmp", ErrorCode::Corrupt, "damaged: its header gives no size");
    row("cut_in_the_middle.jpg", ErrorCode::Corrupt, cut);
    row("cut_in_the_middle.png", ErrorCode::Corrupt, cut);
    row("cut_in_the_middle.webp", ErrorCode::Corrupt, cut);
    row("cut_in_the_middle.bmp", ErrorCode::Corrupt, cut);
    row("cut_in_the_middle.tif", ErrorCode::Corrupt, cut);
    row("strip_beyond_the_end.tif", ErrorCode::Corrupt, cut);
    row("damaged_pixels.jpg", ErrorCode::Corrupt, "damaged: the JPEG decoder says", false);
    row("damaged_pixels.png", ErrorCode::Corrupt, "damaged: the PNG decoder says", false);
    for (const char* file : { "header_says_30000_x_30000.jpg", "header_says_30000_x_30000.png",
             "header_says_30000_x_30000.bmp", "header_says_30000_x_30000.tif",
             "header_says_30000_x_30000.gif", "header_says_30000_x_30000.pgm",
             "header_says_30000_x_30000.heic", "header_says_30000_x_30000.avif",
             "header_says_30000_x_30000.jp2" })
        row(file, ErrorCode::TooLarge,
            "its header says 30000 x 30000 pixels, more than 200 megapixels");
    row("header_says_4294967295_wide.png", ErrorCode::TooLarge, "4294967295 x 1 pixels");
    row("header_says_no_size.jpg", ErrorCode::Corrupt, "damaged: its header gives no size");
    row("header_says_a_negative_width.bmp", ErrorCode::Corrupt,
        "damaged: its header gives no size");
    row("twelve_bits.jpg", ErrorCode::Unsupported, "JPEG with 12 bits a channel cannot be used");
    row("floating_point.tif", ErrorCode::Unsupported,
        "TIFF pictures of floating-point numbers cannot be used");
    for (const char* file : { "masks_of_another_order.bmp", "two_bits.bmp", "jpeg_inside.bmp" })
        row(file, ErrorCode::Unsupported, "BMP pictures of this kind cannot be used");
    for (const char* file : { "cut_in_the_header.gif", "cut_in_the_middle.gif",
             "cut_in_the_middle.ppm", "cut_in_the_header.heic", "cut_in_the_middle.heic",
             "cut_in_the_header.avif", "cut_in_the_middle.avif", "cut_in_the_header.jp2" })
        row(file, ErrorCode::Corrupt, cut);
    row("cut_in_the_middle.jp2", ErrorCode::Corrupt, "damaged: the JPEG 2000 decoder says", false);
    row("damaged_pixels.gif", ErrorCode::Corrupt, "damaged: the GIF decoder says", false);
    for (const char* file : { "damaged_pixels.avif", "damaged_pixels_of_another_brand.avif" })
        row(file, ErrorCode::Corrupt, "damaged: the HEIF decoder says", false);
    row("pixel_without_a_colour.gif", ErrorCode::Corrupt,
        "damaged: a pixel has a colour that there is not", false);
    row("header_says_14000_x_14000.jp2", ErrorCode::Corrupt,
        "its 14000 x 14000 pixels cannot be in a file of 1510 bytes");
    row("written_as_text.ppm", ErrorCode::Unsupported,
        "PNM pictures that are written as text cannot be used");
    row("header_says_a_million_tiles.jp2", ErrorCode::Unsupported,
        "JPEG 2000 pictures of more than 4096 tiles cannot be used");
}

void TestDecode::whatCannotBeUsedSaysWhy()
{
    QFETCH(int, code);
    QFETCH(QString, detail);
    QFETCH(bool, headerShowsIt);
    const auto file = fixture(QTest::currentDataTag());
    const auto info = probe(file);
    QCOMPARE(info.has_value(), !headerShowsIt);
    if (!info)
        QVERIFY(info.error().detail.find(detail.toStdString()) != std::string::npos);
    const auto picture = decode(file);
    QVERIFY(!picture);
    QCOMPARE(int(picture.error().code), code);
    QVERIFY2(picture.error().detail.find(detail.toStdString()) != std::string::npos,
        picture.error().detail.c_str());
    QCOMPARE(picture.error().path, file);
}

void TestDecode::everyPictureOfTheTestsIsTested()
{
    for (const auto& entry : fs::directory_iterator(dataDir() / "pictures")) {
        const auto name = QString::fromStdString(entry.path().filename());
        QVERIFY2(name == "README.md" || name.endsWith(".py") || m_tested.count(name) == 1,
            qPrintable(name));
    }
}

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

void TestDecode::aFileCutAnywhereIsAnErrorOrTheWholePicture_data()
{
    QTest::addColumn<bool>("endIsSeen");
    QTest::newRow("plain.jpg") << true;
    QTest::newRow("progressive.jpg") << true;
    QTest::newRow("plain.png") << true;
    QTest::newRow("lossless.webp") << true;
    QTest::newRow("lossy.webp") << true;
    QTest::newRow("twenty_four_bits.bmp") << true;
    QTest::newRow("run_lengths.bmp") << false;
    for (const char* name : { "plain.gif", "interlaced.gif", "plain.ppm", "plain.heic",
             "plain.avif", "plain.jp2", "plain.j2k", "animated.webp" })
        QTest::newRow(name) << true;
    QTest::newRow("big_endian.tif") << true;
    QTest::newRow("lzw.tif") << false;
}

void TestDecode::aFileCutAnywhereIsAnErrorOrTheWholePicture()
{
    QFETCH(bool, endIsSeen);
    const auto file = bytesOf(fixture(QTest::currentDataTag()));
    const auto whole = decode(file, "whole");
    QVERIFY(whole);
    for (std::size_t length = 0; length < file.size(); ++length) {
        const auto picture = decode(std::span(file).first(length), "cut");
        if (endIsSeen && picture)
            QCOMPARE(largestDifference(*picture, *whole), 0);
        if (endIsSeen && length < file.size() * 9 / 10)
            QVERIFY(!picture);
    }
}

void TestDecode::whatACameraAddsBehindItCostsNothing_data()
{
    QTest::addColumn<QString>("file");
    QTest::addColumn<QByteArray>("trailer");
    const std::vector<std::pair<const char*, QByteArray>> trailers { { "zeros", QByteArray(64, 0) },
        { "words", "SEFT, as phones of one maker end their files with" },
        { "a box that is longer than the rest", QByteArray("\0\0\x40\0mpvdvideo", 13) },
        { "three bytes", "end" } };
    for (const char* file : { "plain.heic", "plain.avif", "plain.jpg", "plain.png" }) {
        for (const auto& [name, trailer] : trailers)
            QTest::addRow("%s, %s", file, name) << QString(file) << trailer;
    }
}

void TestDecode::whatACameraAddsBehindItCostsNothing()
{
    QFETCH(QString, file);
    QFETCH(QByteArray, trailer);
    auto bytes = bytesOf(fixture(file));
    const auto whole = decode(bytes, "whole").value();
    const auto added = std::as_bytes(std::span(trailer.constData(), std::size_t(trailer.size())));
    bytes.insert(bytes.end(), added.begin(), added.end());
    TemporaryFolder folder;
    const auto path = folder.write("more", bytes);
    QVERIFY(probe(path));
    const auto picture = decode(path);
    QVERIFY2(picture, picture ? "" : picture.error().text().c_str());
    QCOMPARE(largestDifference(*picture, whole), 0);
}

void TestDecode::aMutatedFileDoesNoHarm_data()
{
    QTest::addColumn<std::vector<std::byte>>("file");
    // And those that the fuzz programs have found.
    for (const auto* folder : { "pictures", "found/pictures" }) {
        for (const auto& entry : fs::directory_iterator(dataDir() / folder))
            QTest::newRow(entry.path().filename().c_str()) << bytesOf(entry.path());
    }
}

void TestDecode::aMutatedFileDoesNoHarm()
{
    QFETCH(std::vector<std::byte>, file);
    Random random { file.size() };
    for (int i = 0; i < 40 && !file.empty(); ++i) {
        auto mutated = file;
        for (auto changes = i == 0 ? 0 : 1 + random.below(4); changes > 0; --changes)
            mutated[random.below(mutated.size())] = static_cast<std::byte>(random.below(256));
        const auto picture = decode(mutated, "mutated", i % 2 ? 16 : 0);
        if (picture)
            QCOMPARE(picture->rgb.size(),
                static_cast<std::size_t>(picture->width) * static_cast<std::size_t>(picture->height)
                    * 3);
        else
            QVERIFY(!picture.error().detail.empty());
    }
}

void TestDecode::anErrorNamesTheFileAndSaysWhatToDo()
{
    const auto decoded = decode(bytesOf(fixture("cut_in_the_middle.jpg")), "cut.jpg");
    QVERIFY(!decoded);
    QCOMPARE(decoded.error().text(),
        std::string("cut.jpg: cut off: the picture ends early; copy the file again"));
}

void TestDecode::extensionsAreKnownInAnyCase()
{
    for (const char* name :
        { "a.jpg", "a.JPEG", "b/a.Png", "a.webp", "a.BMP", "a.tif", "a.gif", "a.heic", "a.mpo",
            "a.jif", "a.hif", "a.JPG_large", "a.jpg~", "a.jpg (1)", "a.jpeg.", "a.jpg!d" })
        QVERIFY2(looksLikePicture(name), name);
    for (const char* name : { "a.txt", "jpg", "a", "a.jpg.part", ".jpg", "a.mp4", "" })
        QVERIFY2(!looksLikePicture(name), name);
}

void TestDecode::aFileOfTooManyBytesIsNotRead()
{
    TemporaryFolder folder;
    const auto file = folder.write("huge.png", bytesOf(fixture("plain.png")));
    fs::resize_file(file, kMaxPictureBytes + 1);
    QCOMPARE(probe(file).error().code, ErrorCode::TooLarge);
    QCOMPARE(decode(file).error().code, ErrorCode::TooLarge);
}

void TestDecode::aRawPhotographIsRefusedThoughItBeginsLikeATiff()
{
    const TemporaryFolder folder;
    std::filesystem::copy_file(dataDir() / "pictures/grey.tif", folder / "IMG_1.CR2");
    QVERIFY(decode(dataDir() / "pictures/grey.tif"));
    for (const auto& error :
        { decode(folder / "IMG_1.CR2").error(), probe(folder / "IMG_1.CR2").error() }) {
        QCOMPARE(error.code, ErrorCode::Unsupported);
        QVERIFY(error.text().find("export it as JPEG") != std::string::npos);
    }
}

void TestDecode::aFileThatIsGoneIsNotFound()
{
    QCOMPARE(probe("/nowhere/a.jpg").error().code, ErrorCode::NotFound);
    QCOMPARE(decode(fs::path("/nowhere/a.jpg")).error().code, ErrorCode::NotFound);
    QCOMPARE(decode(fs::path("/")).error().code, ErrorCode::Unsupported);
}

QTEST_APPLESS_MAIN(TestDecode)
#include "tst_decode.moc"
