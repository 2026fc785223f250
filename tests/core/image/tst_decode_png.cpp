#include "core/image/decode.h"
#include "tests/support/painted_picture.h"

#include <QTest>

#include <cstring>
#include <zlib.h>

using namespace vernier;
using namespace vernier::test;

namespace {

using Bytes = std::vector<std::byte>;

enum ColourType { Grey = 0, Rgb = 2, Palette = 3, GreyAlpha = 4, RgbAlpha = 6 };

struct Kind {
    int width = 13;
    int height = 11;
    int depth = 8;
    int colourType = Rgb;
    bool interlaced = false;

    int channels() const
    {
        constexpr std::array kChannels { 1, 0, 3, 1, 2, 0, 4 };
        return kChannels[static_cast<std::size_t>(colourType)];
    }
};

/// Any number of bytes, zeros in front.
void append(Bytes& bytes, std::uint32_t value, int size = 4)
{
    constexpr int kOfValue = 4;
    while (size-- > 0)
        bytes.push_back(size < kOfValue ? static_cast<std::byte>(value >> 8 * size) : std::byte {});
}

void append(Bytes& bytes, std::string_view text)
{
    for (const char c : text)
        bytes.push_back(static_cast<std::byte>(c));
}

Bytes chunk(std::string_view type, const Bytes& body)
{
    Bytes bytes;
    append(bytes, static_cast<std::uint32_t>(body.size()));
    append(bytes, type);
    bytes.insert(bytes.end(), body.begin(), body.end());
    const auto* start = reinterpret_cast<const Bytef*>(bytes.data() + 4);
    append(bytes, static_cast<std::uint32_t>(crc32(0, start, static_cast<uInt>(body.size() + 4))));
    return bytes;
}

Bytes deflated(const Bytes& raw)
{
    uLongf size = compressBound(raw.size());
    Bytes bytes(size);
    compress(reinterpret_cast<Bytef*>(bytes.data()), &size,
        reinterpret_cast<const Bytef*>(raw.data()), raw.size());
    bytes.resize(size);
    return bytes;
}

/// A sample of the test picture: all values come up, the first of them on the diagonals.
std::uint32_t sampleAt(const Kind& kind, int x, int y, int channel)
{
    const auto most = (1U << kind.depth) - 1;
    return static_cast<std::uint32_t>((x - y) * (x + 3 * channel + 1) + 700 * channel * y) & most;
}

void appendRows(Bytes& raw, const Kind& kind, int x0, int y0, int dx, int dy)
{
    for (int y = y0; x0 < kind.width && y < kind.height; y += dy) {
        raw.push_back(std::byte { 0 });
        std::uint32_t bits = 0;
        int count = 0;
        for (int x = x0; x < kind.width; x += dx) {
            for (int c = 0; c < kind.channels(); ++c) {
                bits = bits << kind.depth | sampleAt(kind, x, y, c);
                count += kind.depth;
                if (count >= 8)
                    append(raw, bits, std::exchange(count, 0) / 8);
            }
        }
        if (count > 0)
            append(raw, bits << (8 - count), 1);
    }
}

Bytes pixelsOf(const Kind& kind)
{
    Bytes raw;
    if (!kind.interlaced)
        appendRows(raw, kind, 0, 0, 1, 1);
    else
        for (const auto& [x0, y0, dx, dy] :
            std::array<std::array<int, 4>, 7> { { { 0, 0, 8, 8 }, { 4, 0, 8, 8 }, { 0, 4, 4, 8 },
                { 2, 0, 4, 4 }, { 0, 2, 2, 4 }, { 1, 0, 2, 2 }, { 0, 1, 1, 2 } } })
            appendRows(raw, kind, x0, y0, dx, dy);
    return chunk("IDAT", deflated(raw));
}

/// A colour of the test picture's palette.
std::array<int, 4> colourOf(std::uint32_t index)
{
    const auto i = static_cast<int>(index);
    return { i * 7 % 256, 255 - i, i * 31 % 256, i * 13 % 256 };
}

Bytes paletteOf(const Kind& kind)
{
    Bytes body;
    for (std::uint32_t i = 0; i < 1U << kind.depth; ++i)
        for (std::size_t c = 0; c < 3; ++c)
            append(body, static_cast<std::uint32_t>(colourOf(i)[c]), 1);
    return chunk("PLTE", body);
}

Bytes fileOf(const Kind& kind, const std::vector<Bytes>& before, const Bytes& pixels,
    const std::vector<Bytes>& behind = {})
{
    Bytes header;
    append(header, static_cast<std::uint32_t>(kind.width));
    append(header, static_cast<std::uint32_t>(kind.height));
    append(header, static_cast<std::uint32_t>(kind.depth), 1);
    append(header, static_cast<std::uint32_t>(kind.colourType), 1);
    append(header, 0, 2);
    append(header, kind.interlaced ? 1 : 0, 1);
    Bytes file;
    append(file, "\x89PNG\r\n\x1A\n");
    std::vector<Bytes> parts { chunk("IHDR", header) };
    parts.insert(parts.end(), before.begin(), before.end());
    parts.push_back(pixels);
    parts.insert(parts.end(), behind.begin(), behind.end());
    parts.push_back(chunk("IEND", {}));
    for (const auto& part : parts)
        file.insert(file.end(), part.begin(), part.end());
    return file;
}

/// The value that is transparent alone, of each channel; in the test picture it stands at 5, 2.
Bytes transparencyOf(const Kind& kind)
{
    Bytes body;
    if (kind.colourType == Palette) {
        for (std::uint32_t i = 0; i < 1U << kind.depth; ++i)
            append(body, static_cast<std::uint32_t>(colourOf(i)[3]), 1);
    } else {
        for (int c = 0; c < kind.channels(); ++c)
            append(body, sampleAt(kind, 5, 2, c), 2);
    }
    return chunk("tRNS", body);
}

/// What the file says, worked out from the standard.
Picture expected(const Kind& kind, bool transparent)
{
    Picture picture { kind.width, kind.height, {} };
    const auto most = (1U << kind.depth) - 1;
    for (int y = 0; y < kind.height; ++y) {
        for (int x = 0; x < kind.width; ++x) {
            std::array<std::uint32_t, 4> samples {};
            std::array<int, 4> values {};
            bool isKey = transparent;
            for (int c = 0; c < kind.channels(); ++c) {
                const auto i = static_cast<std::size_t>(c);
                samples[i] = sampleAt(kind, x, y, c);
                values[i] = static_cast<int>((samples[i] * 510 + most) / (2 * most));
                isKey = isKey && samples[i] == sampleAt(kind, 5, 2, c);
            }
            int alpha = isKey ? 0 : 255;
            if (kind.colourType == Palette) {
                values = colourOf(samples[0]);
                alpha = transparent ? values[3] : 255;
            } else if (kind.channels() <= 2) {
                alpha = kind.channels() == 2 ? values[1] : alpha;
                values = { values[0], values[0], values[0], 0 };
            } else if (kind.channels() == 4) {
                alpha = values[3];
            }
            for (std::size_t c = 0; c < 3; ++c)
                picture.rgb.push_back(static_cast<std::uint8_t>(
                    (values[c] * alpha + 255 * (255 - alpha) + 127) / 255));
        }
    }
    return picture;
}

std::vector<Bytes> before(const Kind& kind, bool transparent)
{
    std::vector<Bytes> parts;
    if (kind.colourType == Palette)
        parts.push_back(paletteOf(kind));
    if (transparent)
        parts.push_back(transparencyOf(kind));
    return parts;
}

} // namespace

class TestDecodePng : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void everyKindIsRead_data();
    void everyKindIsRead();
    void sixteenBitsBecomeTheNearestEight();
    void gammaAndProfilesArePassedOver();
    void aPartOfNoPixelsMaySwell();
    void theFirstExifCounts_data();
    void theFirstExifCounts();
    void transparencyThatDoesNotFitIsDamage_data();
    void transparencyThatDoesNotFitIsDamage();
    void aNumberBeyondThePaletteIsDamage();
    void aWrongChecksumOfWhatPixelsNeedIsDamage_data();
    void aWrongChecksumOfWhatPixelsNeedIsDamage();
    void aWrongChecksumElsewhereIsNone();
    void rowsThatAreMissingAreDamage();
    void aSizeThatItsBytesCannotFillIsAnsweredAtOnce();
    void anAnimationGivesItsDefaultPicture();
    void whatCannotBeIsSeenInTheHeader_data();
    void whatCannotBeIsSeenInTheHeader();
};

void TestDecodePng::everyKindIsRead_data()
{
    QTest::addColumn<Kind>("kind");
    QTest::addColumn<bool>("transparent");
    const std::vector<std::pair<int, std::vector<int>>> all { { Grey, { 1, 2, 4, 8, 16 } },
        { Rgb, { 8, 16 } }, { Palette, { 1, 2, 4, 8 } }, { GreyAlpha, { 8, 16 } },
        { RgbAlpha, { 8, 16 } } };
    for (const auto& [type, depths] : all) {
        for (const int depth : depths) {
            for (const bool interlaced : { false, true }) {
                for (const bool transparent : { false, true }) {
                    if (transparent && type >= GreyAlpha)
                        continue;
                    QTest::addRow("colour type %d, %d bits%s%s", type, depth,
                        interlaced ? ", interlaced" : "", transparent ? ", transparent" : "")
                        << Kind { 13, 11, depth, type, interlaced } << transparent;
                }
            }
        }
    }
}

void TestDecodePng::everyKindIsRead()
{
    QFETCH(Kind, kind);
    QFETCH(bool, transparent);
    const auto picture = decode(fileOf(kind, before(kind, transparent), pixelsOf(kind)), "kind");
    QVERIFY2(picture, picture ? "" : picture.error().text().c_str());
    QCOMPARE(picture->width, kind.width);
    QCOMPARE(picture->height, kind.height);
    QCOMPARE(picture->rgb, expected(kind, transparent).rgb);
}

void TestDecodePng::sixteenBitsBecomeTheNearestEight()
{
    const Kind kind { 256, 256, 16, Grey, false };
    Bytes raw;
    for (std::uint32_t value = 0; value < 65536; ++value) {
        if (value % 256 == 0)
            append(raw, 0, 1);
        append(raw, value, 2);
    }
    const auto picture = decode(fileOf(kind, {}, chunk("IDAT", deflated(raw))), "all values");
    QVERIFY(picture);
    for (std::size_t value = 0; value < 65536; ++value)
        QCOMPARE(int(picture->rgb[value * 3]), int((value + 128) / 257));
}

void TestDecodePng::gammaAndProfilesArePassedOver()
{
    const Kind kind;
    Bytes gamma;
    append(gamma, 100000);
    Bytes profile;
    append(profile, std::string_view("p\0\0no profile", 13));
    const auto picture = decode(
        fileOf(kind, { chunk("gAMA", gamma), chunk("iCCP", profile) }, pixelsOf(kind)), "gamma");
    QVERIFY(picture);
    QCOMPARE(picture->rgb, expected(kind, false).rgb);
}

void TestDecodePng::aPartOfNoPixelsMaySwell()
{
    const Kind kind;
    Bytes text;
    append(text, std::string_view("Comment\0\0", 9));
    const auto zeros = deflated(Bytes(50 << 20));
    text.insert(text.end(), zeros.begin(), zeros.end());
    QVERIFY(decode(fileOf(kind, { chunk("zTXt", text) }, pixelsOf(kind)), "text"));
}

void TestDecodePng::theFirstExifCounts_data()
{
    QTest::addColumn<QByteArray>("signature");
    QTest::newRow("as it should be") << QByteArray();
    QTest::newRow("as in a JPEG") << QByteArray("Exif\0\0", 6);
}

void TestDecodePng::theFirstExifCounts()
{
    const Kind kind;
    QFETCH(QByteArray, signature);
    const auto exif = [&](char orientation) {
        Bytes body;
        append(body, { signature.data(), static_cast<std::size_t>(signature.size()) });
        append(body, std::string_view("MM\0\x2A\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0", 19));
        append(body, std::string_view(&orientation, 1));
        append(body, 0, 6);
        return chunk("eXIf", body);
    };
    TemporaryFolder folder;
    const auto file
        = folder.write("turned.png", fileOf(kind, { exif(6), exif(3) }, pixelsOf(kind)));
    const auto info = probe(file);
    QVERIFY(info);
    QCOMPARE(info->orientation, 6);
    QCOMPARE(info->width, kind.height);
}

void TestDecodePng::transparencyThatDoesNotFitIsDamage_data()
{
    QTest::addColumn<Kind>("kind");
    QTest::addColumn<int>("length");
    QTest::addColumn<bool>("damaged");
    QTest::addColumn<int>("fill");
    constexpr int kFill = 0x60;
    const Kind palette { 13, 11, 4, Palette, false };
    const Kind grey { 13, 11, 8, Grey, false };
    QTest::newRow("of fewer than all in a palette") << palette << 15 << false << kFill;
    QTest::newRow("of all in a palette") << palette << 16 << false << kFill;
    QTest::newRow("of more than all in a palette") << palette << 17 << true << kFill;
    QTest::newRow("of more than any palette holds") << palette << 300 << true << kFill;
    QTest::newRow("of more than any palette holds, of which none are seen")
        << palette << 300 << true << 0;
    QTest::newRow("nothing") << palette << 0 << false << kFill;
    QTest::newRow("a grey") << grey << 2 << false << kFill;
    QTest::newRow("half a grey") << grey << 1 << true << kFill;
    QTest::newRow("two greys") << grey << 4 << true << kFill;
    QTest::newRow("no grey") << grey << 0 << false << kFill;
    QTest::newRow("a colour") << Kind {} << 6 << false << kFill;
    QTest::newRow("a colour for each value") << Kind {} << 256 << true << kFill;
    QTest::newRow("two thirds of a colour") << Kind {} << 4 << true << kFill;
    // Its own alpha says it all.
    QTest::newRow("beside alpha") << Kind { 13, 11, 8, RgbAlpha, false } << 6 << false << kFill;
}

void TestDecodePng::transparencyThatDoesNotFitIsDamage()
{
    QFETCH(Kind, kind);
    QFETCH(int, length);
    QFETCH(bool, damaged);
    QFETCH(int, fill);
    auto parts = before(kind, false);
    parts.push_back(
        chunk("tRNS", Bytes(static_cast<std::size_t>(length), static_cast<std::byte>(fill))));
    TemporaryFolder folder;
    const auto file = folder.write("odd.png", fileOf(kind, parts, pixelsOf(kind)));
    QCOMPARE(probe(file).has_value(), !damaged);
    const auto picture = decode(file);
    QCOMPARE(picture.has_value(), !damaged);
    if (damaged) {
        QCOMPARE(int(picture.error().code), int(ErrorCode::Corrupt));
        QVERIFY(picture.error().detail.find("transparency") != std::string::npos);
    }
}

void TestDecodePng::aNumberBeyondThePaletteIsDamage()
{
    // Its pixels need the 16 colours that 4 bits can tell.
    const Kind kind { 13, 11, 4, Palette, false };
    for (const std::size_t colours : { 16, 15, 1 }) {
        auto body = paletteOf(kind);
        const Bytes entries(
            body.begin() + 8, body.begin() + 8 + static_cast<std::ptrdiff_t>(3 * colours));
        const auto picture
            = decode(fileOf(kind, { chunk("PLTE", entries) }, pixelsOf(kind)), "short");
        QCOMPARE(picture.has_value(), colours == 16);
        if (!picture)
            QVERIFY(picture.error().detail.find("palette") != std::string::npos);
    }
}

void TestDecodePng::aWrongChecksumOfWhatPixelsNeedIsDamage_data()
{
    QTest::addColumn<QString>("part");
    for (const char* part : { "IHDR", "PLTE", "tRNS", "IDAT", "IEND", "eXIf" })
        QTest::newRow(part) << QString(part);
}

void TestDecodePng::aWrongChecksumOfWhatPixelsNeedIsDamage()
{
    QFETCH(QString, part);
    const Kind kind { 13, 11, 8, Palette, false };
    auto parts = before(kind, true);
    Bytes exif;
    append(exif, "MM");
    parts.push_back(chunk("eXIf", exif));
    auto file = fileOf(kind, parts, pixelsOf(kind));
    QVERIFY(decode(file, "whole"));
    const auto name = part.toStdString();
    const auto* start = reinterpret_cast<const char*>(file.data());
    const auto at = std::string_view(start, file.size()).find(name);
    // The checksum follows the body, whose length stands before the name.
    const auto length = std::to_integer<std::size_t>(file[at - 1])
        + std::to_integer<std::size_t>(file[at - 2]) * 256;
    file[at + 4 + length + 3] ^= std::byte { 1 };
    const auto picture = decode(file, "damaged");
    QVERIFY(!picture);
    QCOMPARE(picture.error().code, ErrorCode::Corrupt);
    QCOMPARE(picture.error().detail, std::string("damaged: a checksum does not match"));
}

void TestDecodePng::aWrongChecksumElsewhereIsNone()
{
    const Kind kind;
    Bytes text;
    append(text, std::string_view("Comment\0owl", 11));
    auto part = chunk("tEXt", text);
    part.back() ^= std::byte { 1 };
    QVERIFY(decode(fileOf(kind, { part }, pixelsOf(kind), { part }), "text"));
}

void TestDecodePng::rowsThatAreMissingAreDamage()
{
    const Kind kind;
    auto fewer = kind;
    fewer.height = kind.height - 1;
    const auto picture = decode(fileOf(kind, {}, pixelsOf(fewer)), "missing");
    QVERIFY(!picture);
    QCOMPARE(picture.error().code, ErrorCode::Corrupt);
}

void TestDecodePng::aSizeThatItsBytesCannotFillIsAnsweredAtOnce()
{
    const Kind small;
    const auto picture
        = decode(fileOf({ 14000, 14000, 8, Rgb, false }, {}, pixelsOf(small)), "large");
    QVERIFY(!picture);
    QCOMPARE(picture.error().detail, std::string("cut off: the picture ends early"));
}

void TestDecodePng::anAnimationGivesItsDefaultPicture()
{
    const Kind kind;
    Bytes control;
    append(control, 2);
    append(control, 0);
    Bytes frame;
    append(frame, 1);
    append(frame, static_cast<std::uint32_t>(kind.width));
    append(frame, static_cast<std::uint32_t>(kind.height));
    append(frame, 0, 14);
    Bytes next;
    append(next, 2);
    append(next, "another frame");
    const auto picture = decode(fileOf(kind, { chunk("acTL", control) }, pixelsOf(kind),
                                    { chunk("fcTL", frame), chunk("fdAT", next) }),
        "animation");
    QVERIFY(picture);
    QCOMPARE(picture->rgb, expected(kind, false).rgb);
}

void TestDecodePng::whatCannotBeIsSeenInTheHeader_data()
{
    QTest::addColumn<Bytes>("file");
    QTest::addColumn<int>("code");
    const Kind kind;
    QTest::newRow("three bits") << fileOf({ 13, 11, 3, Grey, false }, {}, pixelsOf(kind))
                                << int(ErrorCode::Corrupt);
    QTest::newRow("no such colour type")
        << fileOf({ 13, 11, 8, 5, false }, {}, pixelsOf(kind)) << int(ErrorCode::Corrupt);
    QTest::newRow("no palette") << fileOf({ 13, 11, 8, Palette, false }, {}, pixelsOf(kind))
                                << int(ErrorCode::Corrupt);
    QTest::newRow("an unknown part that must be known")
        << fileOf(kind, { chunk("NEED", {}) }, pixelsOf(kind)) << int(ErrorCode::Corrupt);
    auto fromPhone = fileOf(kind, {}, pixelsOf(kind));
    const auto first = chunk("CgBI", Bytes(4));
    fromPhone.insert(fromPhone.begin() + 8, first.begin(), first.end());
    QTest::newRow("from inside an iPhone app") << fromPhone << int(ErrorCode::Unsupported);
}

void TestDecodePng::whatCannotBeIsSeenInTheHeader()
{
    QFETCH(Bytes, file);
    QFETCH(int, code);
    TemporaryFolder folder;
    const auto info = probe(folder.write("odd.png", file));
    QVERIFY(!info);
    QCOMPARE(int(info.error().code), code);
    QVERIFY(!decode(file, "odd.png"));
}

QTEST_APPLESS_MAIN(TestDecodePng)
#include "tst_decode_png.moc"
