#include "core/base/files.h"
#include "core/base/random.h"
#include "core/image/decode.h"
#include "tests/support/painted_picture.h"
#include "tests/support/source_dir.h"

#include <QTest>

#include <algorithm>

using namespace vernier;
using namespace vernier::test;
namespace fs = std::filesystem;

namespace {

using Bytes = std::vector<std::byte>;

fs::path fixture(const QString& name) { return dataDir() / "jpeg" / name.toStdString(); }

Bytes bytesOf(const fs::path& file) { return readFile(file, 1 << 20).value(); }

Bytes bytesOf(std::initializer_list<int> values)
{
    Bytes bytes;
    for (const int value : values)
        bytes.push_back(static_cast<std::byte>(value));
    return bytes;
}

Bytes operator+(Bytes a, const Bytes& b)
{
    a.insert(a.end(), b.begin(), b.end());
    return a;
}

/// A part of a JPEG file with its length.
Bytes part(int marker, const Bytes& body)
{
    const auto length = static_cast<int>(body.size()) + 2;
    return bytesOf({ 0xFF, marker, length >> 8, length & 0xFF }) + body;
}

Bytes exif(const Bytes& structure)
{
    return part(0xE1, bytesOf({ 'E', 'x', 'i', 'f', 0, 0 }) + structure);
}

Bytes orientation(int value)
{
    return bytesOf({ 'I', 'I', 42, 0, 8, 0, 0, 0, 1, 0, 0x12, 1, 3, 0, 1, 0, 0, 0, value, 0, 0, 0,
        0, 0, 0, 0 });
}

Bytes plain() { return bytesOf(dataDir() / "pictures/plain.jpg"); }

/// With parts behind the start of the file.
Bytes with(const Bytes& parts)
{
    constexpr std::size_t kStart = 2;
    const auto file = plain();
    return Bytes(file.begin(), file.begin() + kStart) + parts
        + Bytes(file.begin() + kStart, file.end());
}

std::size_t find(const Bytes& file, int marker, std::size_t from = 2)
{
    for (auto at = from; at + 1 < file.size(); ++at) {
        if (file[at] == std::byte { 0xFF } && file[at + 1] == static_cast<std::byte>(marker))
            return at;
    }
    return file.size();
}

std::size_t lengthAt(const Bytes& file, std::size_t marker)
{
    return std::to_integer<std::size_t>(file[marker + 2]) << 8
        | std::to_integer<std::size_t>(file[marker + 3]);
}

/// Where the first scan's data begin.
std::size_t dataOf(const Bytes& file)
{
    const auto scan = find(file, 0xDA);
    return scan + 2 + lengthAt(file, scan);
}

Result<Picture> decoded(const Bytes& file) { return decode(file, "file.jpg"); }

bool isWhole(const Result<Picture>& picture, const Picture& whole)
{
    return picture && largestDifference(*picture, whole) == 0;
}

} // namespace

class TestDecodeJpeg : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void everyFileIsWholeOrDamagedAsItsNameSays_data();
    void everyFileIsWholeOrDamagedAsItsNameSays();
    void aPartTooShortToHoldExifIsNone_data();
    void aPartTooShortToHoldExifIsNone();
    void theFirstPartOfExifCounts_data();
    void theFirstPartOfExifCounts();
    void exifOfAnyBytesDoesNoHarm();
    void theThumbnailsOrientationIsItsOwn();
    void aHalfPhotographWithTheNextFileBehindItIsDamaged_data();
    void aHalfPhotographWithTheNextFileBehindItIsDamaged();
    void aWholePhotographWithTheNextFileBehindItIsWhole_data();
    void aWholePhotographWithTheNextFileBehindItIsWhole();
    void otherBytesInFrontOfTheEndCostNothing_data();
    void otherBytesInFrontOfTheEndCostNothing();
    void whereTheDecoderLosesItsWayThePictureIsDamaged_data();
    void whereTheDecoderLosesItsWayThePictureIsDamaged();
    void dataThatNoPixelsGiveAreDamage_data();
    void dataThatNoPixelsGiveAreDamage();
    void moreIntervalsThanThePictureNeedsAreDamage();
    void aProgressivePhotographWithoutSomeScansIsDamaged();
    void scansOfPartOfTheComponentsAreDamaged();
    void overwrittenDataAreDamaged_data();
    void overwrittenDataAreDamaged();
    void aMissingTableIsDamageThatShowsInTheHeader();
    void aSmallFileCannotClaimAHugePicture_data();
    void aSmallFileCannotClaimAHugePicture();
    void moreScansThanAnyProgramWritesAreRefused();
    void codesOfArithmeticAreRefusedByName();
    void damageShowsAtAReducedScaleToo();
};

void TestDecodeJpeg::everyFileIsWholeOrDamagedAsItsNameSays_data()
{
    QTest::addColumn<QString>("like");
    QTest::addColumn<QString>("note");
    QTest::addColumn<bool>("headerShowsIt");
    const char* header = "stray bytes in the header, which cost no pixel";
    const char* end = "no end marker, but all of the pixels are there";
    QTest::newRow("stray_before_the_end.jpg") << "stray.png"
                                              << "" << false;
    QTest::newRow("stray_fill_bytes.jpg") << "stray.png"
                                          << "" << false;
    QTest::newRow("stray_marker_lost_its_ff.jpg") << "stray.png" << header << false;
    QTest::newRow("stray_one_byte_before_tables.jpg") << "stray.png" << header << false;
    QTest::newRow("stray_zeros_before_scan.jpg") << "stray.png" << header << false;
    QTest::newRow("stray_padding_before_a_restart.jpg") << "stray.png"
                                                        << "" << false;
    QTest::newRow("no_end_all_pixels.jpg") << "no_end.png" << end << false;
    QTest::newRow("no_end_then_trailer.jpg") << "no_end.png" << end << false;
    QTest::newRow("no_end_then_zeros.jpg") << "no_end.png" << end << false;
    QTest::newRow("damaged_cut_at_60_percent.jpg") << ""
                                                   << "" << true;
    QTest::newRow("damaged_zeros_after_60_percent.jpg") << ""
                                                        << "" << true;
    QTest::newRow("damaged_half_then_end.jpg") << ""
                                               << "" << false;
    QTest::newRow("damaged_half_then_start_and_end.jpg") << ""
                                                         << "" << false;
    QTest::newRow("damaged_progressive_table.jpg") << ""
                                                   << "" << false;
    QTest::newRow("damaged_progressive_stray_then_table.jpg") << ""
                                                              << "" << false;
    for (const auto& entry : fs::directory_iterator(dataDir() / "jpeg")) {
        if (entry.path().filename().native().starts_with("photo_"))
            QTest::newRow(entry.path().filename().c_str()) << "itself"
                                                           << "" << false;
    }
}

void TestDecodeJpeg::everyFileIsWholeOrDamagedAsItsNameSays()
{
    QFETCH(QString, like);
    QFETCH(QString, note);
    QFETCH(bool, headerShowsIt);
    const auto file = fixture(QTest::currentDataTag());
    const auto info = probe(file);
    QCOMPARE(info.has_value(), !headerShowsIt);
    if (info)
        QCOMPARE(QString::fromStdString(info->note), note);
    const auto picture = decode(file);
    if (like.isEmpty()) {
        QVERIFY(!picture);
        QCOMPARE(int(picture.error().code), int(ErrorCode::Corrupt));
        QVERIFY(!info || info->note.empty());
        if (!info)
            QCOMPARE(info.error().text(), picture.error().text());
        return;
    }
    QVERIFY2(picture, picture ? "" : picture.error().text().c_str());
    if (like != "itself")
        QVERIFY(isWhole(picture, decode(fixture(like)).value()));
}

void TestDecodeJpeg::aPartTooShortToHoldExifIsNone_data()
{
    QTest::addColumn<Bytes>("body");
    const auto whole = bytesOf({ 'E', 'x', 'i', 'f', 0, 0 });
    for (std::size_t length = 0; length <= whole.size(); ++length) {
        QTest::addRow("%d bytes of the signature", int(length))
            << Bytes(whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(length));
        QTest::addRow("%d zeros", int(length)) << Bytes(length);
    }
}

void TestDecodeJpeg::aPartTooShortToHoldExifIsNone()
{
    QFETCH(Bytes, body);
    const auto signature = bytesOf({ 'E', 'x', 'i', 'f', 0, 0 });
    const auto whole = decoded(plain()).value();
    TemporaryFolder folder;
    const auto file = folder.write("short.jpg", with(part(0xE1, body)));
    QCOMPARE(probe(file).value().orientation, 1);
    QVERIFY(isWhole(decode(file), whole));
    // What follows it is read all the same.
    QCOMPARE(probe(folder.write("two.jpg", with(part(0xE1, body) + exif(orientation(6)))))
                 .value()
                 .orientation,
        body.size() == 6 && body.front() == std::byte { 'E' } ? 1 : 6);
    // Whatever follows it, the rest of the signature too: those are stray bytes.
    auto spilled = part(0xE1, signature);
    spilled[3] = static_cast<std::byte>(body.size() + 2);
    QVERIFY(isWhole(decoded(with(spilled)), whole));
    // The file ends in it.
    const auto cut = plain();
    QVERIFY(!decoded(Bytes(cut.begin(), cut.begin() + 2) + part(0xE1, body)));
}

void TestDecodeJpeg::theFirstPartOfExifCounts_data()
{
    QTest::addColumn<Bytes>("parts");
    QTest::addColumn<int>("expected");
    const auto turned = exif(orientation(6));
    const auto other = part(0xE1, Bytes(40, std::byte { 'x' }));
    QTest::newRow("one") << turned << 6;
    QTest::newRow("the second says another") << turned + exif(orientation(1)) << 6;
    QTest::newRow("the second says none")
        << turned + exif(bytesOf({ 'I', 'I', 42, 0, 8, 0, 0, 0, 0, 0, 0, 0, 0, 0 })) << 6;
    QTest::newRow("the second is zeros") << turned + exif(Bytes(32)) << 6;
    QTest::newRow("the first is upright") << exif(orientation(1)) + turned << 1;
    QTest::newRow("behind another part") << other + turned << 6;
    const auto directory = orientation(6);
    QTest::newRow("far behind its front") << exif(bytesOf({ 'I', 'I', 42, 0, 0xD0, 7, 0, 0 })
        + Bytes(1992) + Bytes(directory.begin() + 8, directory.end()))
                                          << 6;
    QTest::newRow("the first is nonsense") << exif(Bytes(32)) + turned << 1;
}

void TestDecodeJpeg::theFirstPartOfExifCounts()
{
    QFETCH(Bytes, parts);
    QFETCH(int, expected);
    TemporaryFolder folder;
    const auto info = probe(folder.write("two.jpg", with(parts)));
    QVERIFY(info);
    QCOMPARE(info->orientation, expected);
    QCOMPARE(info->width, expected == 6 ? 30 : 40);
    QCOMPARE(decoded(with(parts)).value().width, info->width);
}

void TestDecodeJpeg::exifOfAnyBytesDoesNoHarm()
{
    Random random { 1 };
    const auto whole = decoded(plain()).value();
    for (int i = 0; i < 2000; ++i) {
        auto block = orientation(6) + Bytes(random.below(60));
        for (auto changes = random.below(12); changes > 0; --changes)
            block[random.below(block.size())] = static_cast<std::byte>(random.below(256));
        block.resize(random.below(block.size() + 1));
        const auto picture = decoded(with(exif(block)));
        QVERIFY(picture);
        QCOMPARE(picture->rgb.size(), whole.rgb.size());
    }
}

void TestDecodeJpeg::theThumbnailsOrientationIsItsOwn()
{
    // An empty first directory, whose second says 6.
    const auto second = orientation(6);
    const auto block = bytesOf({ 'I', 'I', 42, 0, 8, 0, 0, 0, 0, 0, 14, 0, 0, 0 })
        + Bytes(second.begin() + 8, second.end());
    TemporaryFolder folder;
    QCOMPARE(probe(folder.write("a.jpg", with(exif(block)))).value().orientation, 1);
}

void TestDecodeJpeg::aHalfPhotographWithTheNextFileBehindItIsDamaged_data()
{
    QTest::addColumn<int>("percent");
    for (const char* name :
        { "photo_optimized.jpg", "photo_progressive.jpg", "stray_fill_bytes.jpg" }) {
        for (const int percent : { 1, 20, 50, 80, 95, 99 })
            QTest::addRow("%s %d", name, percent) << percent;
    }
}

void TestDecodeJpeg::aHalfPhotographWithTheNextFileBehindItIsDamaged()
{
    QFETCH(int, percent);
    const auto name = QString(QTest::currentDataTag()).section(' ', 0, 0);
    const auto file = bytesOf(fixture(name));
    const auto data = dataOf(file);
    const auto half = data + (file.size() - data) * static_cast<std::size_t>(percent) / 100;
    const Bytes first(file.begin(), file.begin() + static_cast<std::ptrdiff_t>(half));
    for (const char* next : { "photo_progressive.jpg", "stray_fill_bytes.jpg" })
        QVERIFY(!decoded(first + bytesOf(fixture(next))));
    // Its middle alone, which holds no marker: in place of the rest, and with the end behind it.
    const auto other = bytesOf(fixture("no_end_all_pixels.jpg"));
    const auto from = static_cast<std::ptrdiff_t>(dataOf(other)) + 700;
    const Bytes middle(other.begin() + from, other.end());
    QVERIFY(!decoded(first + middle + middle + bytesOf({ 0xFF, 0xD9 })));
}

void TestDecodeJpeg::aWholePhotographWithTheNextFileBehindItIsWhole_data()
{
    QTest::addColumn<QString>("name");
    for (const char* name :
        { "photo_optimized.jpg", "photo_progressive.jpg", "stray_fill_bytes.jpg" })
        QTest::newRow(name) << name;
}

void TestDecodeJpeg::aWholePhotographWithTheNextFileBehindItIsWhole()
{
    QFETCH(QString, name);
    const auto file = bytesOf(fixture(name));
    const auto whole = decoded(file).value();
    const Bytes withoutEnd(file.begin(), file.end() - 2);
    const auto next = bytesOf(fixture("stray_fill_bytes.jpg"));
    QVERIFY(isWhole(decoded(file + next), whole));
    QVERIFY(isWhole(decoded(withoutEnd), whole));
    QVERIFY(isWhole(decoded(withoutEnd + next), whole));
    QVERIFY(isWhole(decoded(withoutEnd + Bytes(2000)), whole));
    QVERIFY(isWhole(decoded(file + Bytes(2000, std::byte { 0xFF })), whole));
}

void TestDecodeJpeg::otherBytesInFrontOfTheEndCostNothing_data()
{
    QTest::addColumn<Bytes>("stray");
    Random random { 5 };
    const auto any = [&](std::size_t count) {
        Bytes bytes(count);
        for (auto& byte : bytes)
            byte = static_cast<std::byte>(random.below(255));
        return bytes;
    };
    for (const int count : { 1, 8, 9, 10, 20, 65, 239, 1403, 10'000 })
        QTest::addRow("%d bytes", count) << any(std::size_t(count));
    const QByteArray text("taken with a camera that leaves its name behind the picture");
    QTest::newRow("words") << Bytes(reinterpret_cast<const std::byte*>(text.begin()),
        reinterpret_cast<const std::byte*>(text.end()));
    const auto stuffed = any(40) + bytesOf({ 0xFF, 0x00 }) + any(40);
    QTest::newRow("what stands in a scan's data alone") << stuffed;
    QTest::newRow("a restart marker") << any(40) + bytesOf({ 0xFF, 0xD3 }) + any(40);
    QTest::newRow("an unknown marker") << any(40) + bytesOf({ 0xFF, 0xE9 }) + any(40);
    QTest::newRow("zeros behind others") << any(20) + Bytes(100);
}

void TestDecodeJpeg::otherBytesInFrontOfTheEndCostNothing()
{
    QFETCH(Bytes, stray);
    TemporaryFolder folder;
    for (const char* name : { "photo_optimized.jpg", "stray_fill_bytes.jpg",
             "stray_padding_before_a_restart.jpg", "photo_in_three_scans.jpg" }) {
        const auto file = bytesOf(fixture(name));
        const auto whole = decoded(file).value();
        // libjpeg complains of restarts between scans.
        if (find(stray, 0xD3, 0) < stray.size() && QByteArray(name).contains("scans"))
            continue;
        QVERIFY(file.at(file.size() - 2) == std::byte { 0xFF });
        const auto odd = Bytes(file.begin(), file.end() - 2) + stray + bytesOf({ 0xFF, 0xD9 });
        const auto picture = decoded(odd);
        QVERIFY2(picture, picture ? "" : picture.error().text().c_str());
        QVERIFY(isWhole(picture, whole));
        QVERIFY(decode(odd, "file.jpg", 20));
        QVERIFY(probe(folder.write("odd.jpg", odd)));
        // Nor where the end marker is missing too.
        QVERIFY(isWhole(decoded(Bytes(odd.begin(), odd.end() - 2)), whole));
    }
}

void TestDecodeJpeg::whereTheDecoderLosesItsWayThePictureIsDamaged_data()
{
    QTest::addColumn<QString>("from");
    for (const char* name :
        { "photo_optimized.jpg", "stray_fill_bytes.jpg", "photo_in_three_scans.jpg" }) {
        QTest::addRow("%s, some of its data twice", name) << name;
        QTest::addRow("%s, some data of another's", name) << "no_end_all_pixels.jpg";
    }
}

/// Bytes that come in between make pixels, and the right ones are left behind the last of them.
void TestDecodeJpeg::whereTheDecoderLosesItsWayThePictureIsDamaged()
{
    QFETCH(QString, from);
    constexpr std::ptrdiff_t kInserted = 300;
    const auto file = bytesOf(fixture(QString(QTest::currentDataTag()).section(',', 0, 0)));
    const auto whole = decoded(file).value();
    const auto other = bytesOf(fixture(from));
    const auto inserted = other.begin() + static_cast<std::ptrdiff_t>(dataOf(other)) + 50;
    int tried = 0;
    int passed = 0;
    for (auto at = file.begin() + static_cast<std::ptrdiff_t>(dataOf(file)) + 10;
         at + kInserted < file.end(); at += 7) {
        const auto picture = decoded(Bytes(file.begin(), at) + Bytes(inserted, inserted + kInserted)
            + Bytes(at, file.end()));
        ++tried;
        passed += picture && meanDifference(*picture, whole) > 1 ? 1 : 0;
    }
    QVERIFY(tried > 300);
    // Few codes may pass for right ones, as a small scan of colours has.
    QVERIFY2(passed * 100 <= tried, qPrintable(QString("%1 of %2").arg(passed).arg(tried)));
}

void TestDecodeJpeg::dataThatNoPixelsGiveAreDamage_data()
{
    QTest::addColumn<int>("at");
    QTest::addColumn<int>("count");
    for (const int at : { 4789, 4854, 5452 })
        QTest::addRow("128 bytes at %d", at) << at << 128;
    for (const int at : { 6024, 6492 })
        QTest::addRow("256 bytes at %d", at) << at << 256;
}

/// As a card leaves them that has lost a sector: libjpeg decodes all of these to the last pixel
/// without a word, and leaves nothing behind.
void TestDecodeJpeg::dataThatNoPixelsGiveAreDamage()
{
    QFETCH(int, at);
    QFETCH(int, count);
    auto file = bytesOf(fixture("no_end_all_pixels.jpg"));
    QVERIFY(decoded(file));
    std::fill_n(file.begin() + at, count, std::byte { 0 });
    const auto picture = decoded(file);
    QVERIFY(!picture);
    QCOMPARE(picture.error().code, ErrorCode::Corrupt);
}

void TestDecodeJpeg::moreIntervalsThanThePictureNeedsAreDamage()
{
    // A photograph with restarts, whose header makes it lower than its data are.
    auto file = bytesOf(fixture("stray_padding_before_a_restart.jpg"));
    QVERIFY(decoded(file));
    const auto frame = find(file, 0xC0);
    const auto height = std::to_integer<int>(file[frame + 6]);
    file[frame + 6] = static_cast<std::byte>(height - 32);
    QVERIFY(!decoded(file));
}

void TestDecodeJpeg::aProgressivePhotographWithoutSomeScansIsDamaged()
{
    const auto file = bytesOf(fixture("photo_progressive.jpg"));
    std::vector<std::size_t> scans;
    for (auto at = find(file, 0xDA); at < file.size(); at = find(file, 0xDA, at + 2))
        scans.push_back(at);
    QVERIFY(scans.size() >= 4);
    const auto end = bytesOf({ 0xFF, 0xD9 });
    for (std::size_t i = 1; i < scans.size(); ++i) {
        // Those from here on.
        const auto at = static_cast<std::ptrdiff_t>(scans[i]);
        const Bytes early(file.begin(), file.begin() + at);
        QVERIFY(!decoded(early));
        QVERIFY(!decoded(early + end));
        // This one alone.
        const auto following = i + 1 < scans.size() ? scans[i + 1] : file.size() - 2;
        QVERIFY(!decoded(
            early + Bytes(file.begin() + static_cast<std::ptrdiff_t>(following), file.end())));
    }
}

void TestDecodeJpeg::scansOfPartOfTheComponentsAreDamaged()
{
    // A baseline picture whose only scan is said to hold its first component alone.
    auto file = plain();
    const auto scan = find(file, 0xDA);
    Bytes alone(file.begin(), file.begin() + static_cast<std::ptrdiff_t>(scan));
    alone = alone + part(0xDA, bytesOf({ 1, std::to_integer<int>(file[scan + 5]), 0, 0, 63, 0 }))
        + Bytes(file.begin() + static_cast<std::ptrdiff_t>(dataOf(file)), file.end());
    QVERIFY(!decoded(alone));
}

void TestDecodeJpeg::overwrittenDataAreDamaged_data()
{
    QTest::addColumn<int>("with");
    for (const char* name : { "photo_optimized.jpg", "stray_fill_bytes.jpg" }) {
        QTest::addRow("%s, by 0x00", name) << 0;
        QTest::addRow("%s, by 0xFF", name) << 0xFF;
        QTest::addRow("%s, by anything", name) << -1;
        QTest::addRow("%s, by another photograph", name) << -2;
    }
}

void TestDecodeJpeg::overwrittenDataAreDamaged()
{
    QFETCH(int, with);
    const auto name = QString(QTest::currentDataTag()).section(',', 0, 0);
    const auto file = bytesOf(fixture(name));
    const auto whole = decoded(file).value();
    const auto other = bytesOf(fixture("no_end_all_pixels.jpg"));
    const auto data = dataOf(file);
    Random random { 3 };
    int tried = 0;
    int passed = 0;
    for (std::size_t at = data + 16; at + 600 < file.size(); at += 37) {
        auto changed = file;
        for (std::size_t i = 0; i < 512; ++i)
            changed[at + i] = with == -2 ? other[(at + i) % (other.size() - 1000) + 700]
                : with == -1             ? static_cast<std::byte>(random.below(256))
                                         : static_cast<std::byte>(with);
        const auto picture = decoded(changed);
        ++tried;
        passed += picture && meanDifference(*picture, whole) > 1 ? 1 : 0;
    }
    QVERIFY(tried > 50);
    // Codes that happen to end where the data do cannot be told from the right ones.
    QVERIFY2(passed * 8 <= tried, qPrintable(QString("%1 of %2").arg(passed).arg(tried)));
}

void TestDecodeJpeg::aMissingTableIsDamageThatShowsInTheHeader()
{
    const auto file = plain();
    const auto table = static_cast<std::ptrdiff_t>(find(file, 0xDB));
    const auto behind
        = table + 2 + static_cast<std::ptrdiff_t>(lengthAt(file, static_cast<std::size_t>(table)));
    const auto without
        = Bytes(file.begin(), file.begin() + table) + Bytes(file.begin() + behind, file.end());
    TemporaryFolder folder;
    const auto path = folder.write("no_table.jpg", without);
    QCOMPARE(int(probe(path).error().code), int(ErrorCode::Corrupt));
    QCOMPARE(int(decode(path).error().code), int(ErrorCode::Corrupt));
}

void TestDecodeJpeg::aSmallFileCannotClaimAHugePicture_data()
{
    QTest::addColumn<QString>("name");
    for (const char* name : { "photo_optimized.jpg", "photo_progressive.jpg" })
        QTest::newRow(name) << name;
}

void TestDecodeJpeg::aSmallFileCannotClaimAHugePicture()
{
    QFETCH(QString, name);
    auto file = bytesOf(fixture(name));
    const auto frame = std::min(find(file, 0xC0), find(file, 0xC2));
    for (const std::size_t at : { frame + 5, frame + 7 }) {
        file[at] = std::byte { 0x36 };
        file[at + 1] = std::byte { 0xB0 };
    }
    TemporaryFolder folder;
    const auto path = folder.write("14000_x_14000.jpg", file);
    QCOMPARE(int(probe(path).error().code), int(ErrorCode::Corrupt));
    QCOMPARE(int(decode(path).error().code), int(ErrorCode::Corrupt));
}

void TestDecodeJpeg::moreScansThanAnyProgramWritesAreRefused()
{
    const auto file = bytesOf(fixture("photo_progressive.jpg"));
    const auto second = find(file, 0xDA, find(file, 0xDA) + 2);
    const auto third = find(file, 0xDA, second + 2);
    const auto begin = file.begin();
    const Bytes scan(
        begin + static_cast<std::ptrdiff_t>(second), begin + static_cast<std::ptrdiff_t>(third));
    Bytes many(begin, begin + static_cast<std::ptrdiff_t>(second));
    for (int i = 0; i < 1000; ++i)
        many = many + scan;
    QVERIFY(!decoded(many + Bytes(begin + static_cast<std::ptrdiff_t>(third), file.end())));
}

void TestDecodeJpeg::codesOfArithmeticAreRefusedByName()
{
    auto file = plain();
    file[find(file, 0xC0) + 1] = std::byte { 0xC9 };
    const auto picture = decoded(file);
    QVERIFY(!picture);
    QCOMPARE(int(picture.error().code), int(ErrorCode::Unsupported));
    QVERIFY(picture.error().detail.find("arithmetic") != std::string::npos);
}

void TestDecodeJpeg::damageShowsAtAReducedScaleToo()
{
    for (const auto& entry : fs::directory_iterator(dataDir() / "jpeg")) {
        const auto name = entry.path().filename().native();
        if (!entry.path().native().ends_with(".jpg"))
            continue;
        for (const int atLeast : { 1, 30, 60 })
            QCOMPARE(decode(entry.path(), atLeast).has_value(), !name.starts_with("damaged_"));
    }
}

QTEST_APPLESS_MAIN(TestDecodeJpeg)
#include "tst_decode_jpeg.moc"
