#include "core/base/files.h"
#include "core/base/random.h"
#include "core/image/decode.h"
#include "tests/support/painted_picture.h"
#include "tests/support/source_dir.h"

#include <QTest>

#include <algorithm>
#include <cstring>
#include <map>

using namespace vernier;
using namespace vernier::test;
namespace fs = std::filesystem;

namespace {

using Bytes = std::vector<std::byte>;

fs::path fixture(const std::string& name) { return dataDir() / "tiff" / name; }

std::vector<std::string> namesOf(std::string_view beginning)
{
    std::vector<std::string> names;
    for (const auto& entry : fs::directory_iterator(dataDir() / "tiff")) {
        const auto name = entry.path().filename().native();
        if (name.starts_with(beginning) && name.ends_with(".tif"))
            names.push_back(name);
    }
    std::sort(names.begin(), names.end());
    return names;
}

/// The file of 8 bits that others must equal.
std::string twinOf(const std::string& name)
{
    static const std::map<std::string, std::string> kTwins { { "levels_4_", "levels_4_bits_8.tif" },
        { "levels_2_", "levels_2_bits_8.tif" }, { "levels_1_", "levels_1_bits_8.tif" },
        { "grey_", "grey_8.tif" }, { "rgb_", "rgb_8.tif" }, { "half_grey_", "half_grey_8.tif" },
        { "cmyk_half_", "half_8.tif" }, { "cmyk_", "rgb_8.tif" }, { "half_", "half_8.tif" } };
    std::string best;
    for (const auto& [beginning, twin] : kTwins) {
        if (name.starts_with(beginning) && beginning.size() > best.size())
            best = beginning;
    }
    return best.empty() ? std::string() : kTwins.at(best);
}

} // namespace

class TestDecodeTiff : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void everyVariantEqualsItsTwin_data();
    void everyVariantEqualsItsTwin();
    void theTwinsAreWhatWasPainted();
    void whatIsNotUsedIsNoted_data();
    void whatIsNotUsedIsNoted();
    void whatCannotBeUsedIsRefusedByName_data();
    void whatCannotBeUsedIsRefusedByName();
    void damageIsAnError_data();
    void damageIsAnError();
    void aLastStripMayStateTheBytesOfAWholeOne();
    void coloursOfJpegAndOfLabAreConverted();
    void overwrittenJpegInsideIsDamage();
    void whatTheHeaderCallsUsableIsUsed();
    void aLargeStripIsReadByRows();
};

void TestDecodeTiff::everyVariantEqualsItsTwin_data()
{
    QTest::addColumn<QString>("twin");
    for (const auto& name : namesOf("")) {
        if (const auto twin = twinOf(name); !twin.empty())
            QTest::newRow(name.c_str()) << QString::fromStdString(twin);
    }
}

void TestDecodeTiff::everyVariantEqualsItsTwin()
{
    QFETCH(QString, twin);
    const auto file = fixture(QTest::currentDataTag());
    const auto info = probe(file);
    QVERIFY2(info, info ? "" : info.error().text().c_str());
    QCOMPARE(info->width, 40);
    QCOMPARE(info->height, 30);
    const auto picture = decode(file);
    QVERIFY2(picture, picture ? "" : picture.error().text().c_str());
    QCOMPARE(largestDifference(*picture, decode(fixture(twin.toStdString())).value()), 0);
}

void TestDecodeTiff::theTwinsAreWhatWasPainted()
{
    const auto painted = paintedPicture(40, 30);
    QCOMPARE(largestDifference(decode(fixture("rgb_8.tif")).value(), painted), 0);
    auto half = painted;
    for (auto& value : half.rgb)
        value = static_cast<std::uint8_t>((value * 128 + 255 * 127 + 127) / 255);
    QCOMPARE(largestDifference(decode(fixture("half_8.tif")).value(), half), 0);
    const auto grey = decode(fixture("grey_8.tif")).value();
    for (std::size_t i = 0; i < grey.rgb.size(); i += 3) {
        const auto* in = &painted.rgb[i];
        QCOMPARE(int(grey.rgb[i]), int(0.2126 * in[0] + 0.7152 * in[1] + 0.0722 * in[2] + 0.5));
    }
}

void TestDecodeTiff::whatIsNotUsedIsNoted_data()
{
    QTest::addColumn<QString>("note");
    QTest::newRow("rgb_8.tif") << "";
    QTest::newRow("half_straight_8.tif") << "";
    QTest::newRow("rgb_infrared_16.tif")
        << "one band beside red, green and blue, which is not used";
    QTest::newRow("rgb_infrared_unsaid_8.tif")
        << "one band beside red, green and blue, which is not used";
    QTest::newRow("rgb_five_bands_8.tif")
        << "2 bands beside red, green and blue, which are not used";
    QTest::newRow("rgb_two_pages_8.tif") << "more pages than the first, which is used";
    QTest::newRow("rgb_directories_in_a_ring_8.tif") << "more pages than the first, which is used";
}

void TestDecodeTiff::whatIsNotUsedIsNoted()
{
    QFETCH(QString, note);
    QCOMPARE(QString::fromStdString(probe(fixture(QTest::currentDataTag())).value().note), note);
}

void TestDecodeTiff::whatCannotBeUsedIsRefusedByName_data()
{
    QTest::addColumn<QString>("words");
    QTest::newRow("refused_float_16.tif") << "floating-point numbers";
    QTest::newRow("refused_float_32.tif") << "floating-point numbers";
    QTest::newRow("refused_float_64.tif") << "floating-point numbers";
    QTest::newRow("refused_signed_8.tif") << "numbers with a sign";
    QTest::newRow("refused_signed_16.tif") << "numbers with a sign";
    QTest::newRow("refused_complex_32.tif") << "complex numbers";
    QTest::newRow("refused_32_bits.tif") << "32 bits a channel";
    QTest::newRow("refused_five_grey_bands_8.tif") << "5 bands";
    QTest::newRow("refused_two_grey_bands_16.tif") << "2 bands";
    QTest::newRow("refused_fewer_samples_than_colours_8.tif")
        << "of 1 band, where their colours need 3";
    QTest::newRow("refused_two_bands_of_three_16.tif") << "of 2 bands, where their colours need 3";
    QTest::newRow("refused_palette_and_alpha_8.tif") << "a palette and more";
    QTest::newRow("refused_other_inks_8.tif") << "other inks than CMYK";
    QTest::newRow("refused_mask_1.tif") << "masks";
    QTest::newRow("refused_bare_sensor_16.tif") << "bare sensor";
    QTest::newRow("refused_unknown_colours_8.tif") << "kind 77";
    QTest::newRow("refused_lzma_8.tif") << "compressed by LZMA";
    QTest::newRow("refused_old_jpeg_8.tif") << "compressed by Old-style JPEG";
    QTest::newRow("refused_raw_photograph.tif") << "raw photographs";
    QTest::newRow("refused_preview_first.tif") << "begin with a preview";
}

void TestDecodeTiff::whatCannotBeUsedIsRefusedByName()
{
    QFETCH(QString, words);
    const auto file = fixture(QTest::currentDataTag());
    for (const auto& error : { probe(file).error(), decode(file).error() }) {
        QCOMPARE(int(error.code), int(ErrorCode::Unsupported));
        QVERIFY2(error.detail.find(words.toStdString()) != std::string::npos, error.detail.c_str());
        QVERIFY(!error.advice.empty());
        QCOMPARE(error.path, file);
    }
}

void TestDecodeTiff::damageIsAnError_data()
{
    QTest::addColumn<QString>("name");
    for (const auto& name : namesOf("damaged_"))
        QTest::newRow(name.c_str()) << QString::fromStdString(name);
}

void TestDecodeTiff::damageIsAnError()
{
    QFETCH(QString, name);
    const auto file = fixture(name.toStdString());
    const auto picture = decode(file);
    QVERIFY(!picture);
    QVERIFY(
        picture.error().code == ErrorCode::Corrupt || picture.error().code == ErrorCode::TooLarge);
    // Only what the pixels themselves show is not in the header.
    QCOMPARE(probe(file).has_value(), name.startsWith("damaged_deflate"));
}

/// As some programs write it.
void TestDecodeTiff::aLastStripMayStateTheBytesOfAWholeOne()
{
    // Of 30 rows in strips of 16: the last one's 14 at the end of the file, and said to be 16.
    auto file = readFile(fixture("rgb_8.tif"), 1 << 20).value();
    const auto at = [&](std::size_t place) {
        std::uint32_t value = 0;
        std::memcpy(&value, file.data() + place, 4);
        return std::size_t { value };
    };
    const auto directory = at(4);
    const auto valuesOf = [&](std::uint16_t tag) {
        for (auto entry = directory + 2;; entry += 12) {
            std::uint16_t found = 0;
            std::memcpy(&found, file.data() + entry, 2);
            if (found == tag)
                return at(entry + 8);
        }
    };
    const auto offset = valuesOf(273) + 4;
    const auto count = valuesOf(279) + 4;
    QCOMPARE(at(count), std::size_t { 40 * 14 * 3 });
    const std::vector<std::byte> strip(file.begin() + std::ptrdiff_t(at(offset)),
        file.begin() + std::ptrdiff_t(at(offset) + at(count)));
    const auto set = [&](std::size_t place, std::size_t value) {
        const auto stored = static_cast<std::uint32_t>(value);
        std::memcpy(file.data() + place, &stored, 4);
    };
    set(offset, file.size());
    set(count, std::size_t { 40 * 16 * 3 });
    file.insert(file.end(), strip.begin(), strip.end());
    const auto picture = decode(file, "stated.tif");
    QVERIFY2(picture, picture ? "" : picture.error().text().c_str());
    QCOMPARE(largestDifference(*picture, decode(fixture("rgb_8.tif")).value()), 0);
    // One that lacks a byte is cut off.
    file.pop_back();
    QCOMPARE(int(decode(file, "cut.tif").error().code), int(ErrorCode::Corrupt));
}

void TestDecodeTiff::coloursOfJpegAndOfLabAreConverted()
{
    const auto painted = paintedPicture(40, 30);
    QVERIFY(meanDifference(decode(fixture("ycbcr_jpeg.tif")).value(), painted) < 2);
    QVERIFY(meanDifference(decode(fixture("ycbcr_8.tif")).value(), painted) < 2);
    // Its lightness grows by 5 from pixel to pixel, over and over; it has no colour.
    const auto lab = decode(fixture("lab_8.tif")).value();
    for (std::size_t i = 1; i < lab.rgb.size() / 3; ++i) {
        const bool begun = i * 5 % 256 < 5;
        QVERIFY(begun || lab.rgb[i * 3 + 1] >= lab.rgb[i * 3 - 2]);
    }
    QVERIFY(lab.rgb[1] < 10);
    QVERIFY(lab.rgb[51 * 3 + 1] > 230);
}

void TestDecodeTiff::overwrittenJpegInsideIsDamage()
{
    auto file = readFile(fixture("ycbcr_jpeg.tif"), 1 << 20).value();
    const std::array start { std::byte { 0xFF }, std::byte { 0xDA } };
    const auto scan = std::search(file.begin(), file.end(), start.begin(), start.end());
    QVERIFY(file.end() - scan > 200);
    std::fill(scan + 60, scan + 160, std::byte { 0xFF });
    QVERIFY(!decode(file, "overwritten.tif"));
}

void TestDecodeTiff::whatTheHeaderCallsUsableIsUsed()
{
    TemporaryFolder folder;
    Random random { 5 };
    for (const auto& name : namesOf("")) {
        if (name.starts_with("damaged_deflate"))
            continue;
        QCOMPARE(probe(fixture(name)).has_value(), decode(fixture(name)).has_value());
        // Uncompressed, so that only the header decides.
        if (!name.starts_with("rgb_planes_tiles") && !name.starts_with("half_")
            && !name.starts_with("rgb_bigtiff") && !name.starts_with("grey_white"))
            continue;
        const auto whole = readFile(fixture(name), 1 << 20).value();
        for (int i = 0; i < 60; ++i) {
            auto changed = whole;
            const auto last = std::min<std::size_t>(300, changed.size());
            for (auto changes = 1 + random.below(2); changes > 0; --changes)
                changed[changed.size() - 1 - random.below(last)]
                    = static_cast<std::byte>(random.below(256));
            const auto picture = decode(changed, "changed.tif");
            const auto info = probe(folder.write("changed.tif", changed));
            QVERIFY2(info.has_value() == picture.has_value(),
                (name
                    + (picture ? std::string(": only the header fails")
                               : ": only decoding fails: " + picture.error().detail))
                    .c_str());
        }
    }
}

void TestDecodeTiff::aLargeStripIsReadByRows()
{
    // One strip of 133 MB, which is small in the file.
    const auto picture = decode(fixture("huge_strip.tif"));
    QVERIFY2(picture, picture ? "" : picture.error().text().c_str());
    QCOMPARE(picture->width, 4700);
    QVERIFY(std::all_of(picture->rgb.begin(), picture->rgb.end(), [](auto v) { return v == 7; }));
}

QTEST_APPLESS_MAIN(TestDecodeTiff)
#include "tst_decode_tiff.moc"
