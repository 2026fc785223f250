#include "core/base/random.h"
#include "core/weights/zip_archive.h"
#include "tests/support/temporary_folder.h"
#include "tests/support/zip_bytes.h"

#include <QTest>

#include <array>
#include <functional>

using namespace vernier;
using namespace vernier::test;

class TestZipArchive : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void recordsAreFoundByTheirExactNames();
    void recordsOfSeveralFoldersHaveNoCommonOne();
    void whatProgramsWriteDifferentlyIsRead_data();
    void whatProgramsWriteDifferentlyIsRead();
    void anArchiveThatContradictsItselfIsRefused_data();
    void anArchiveThatContradictsItselfIsRefused();
    void aCompressedRecordIsNoneToRead();
    void anArchiveThatIsCutOffIsRefused();
    void contentThatIsNotWhatWasWrittenIsRefused();
    void aFileThatIsShortenedWhileItIsReadIsAnError();
    void anArchiveWithAnyByteChangedNeverCrashes();
};

namespace {

const std::vector<ZipPart> kGood { { "top/data.pkl", "pickle" }, { "top/data/0", "12345678" },
    { "top/empty" } };

std::vector<ZipPart> with(std::size_t index, const std::function<void(ZipPart&)>& change)
{
    auto parts = kGood;
    change(parts[index]);
    return parts;
}

/// The extra field with values that 32 bits do not hold.
std::string extra64(std::initializer_list<std::uint64_t> values)
{
    std::string text = little(1, 2) + little(8 * values.size(), 2);
    for (const auto value : values)
        text += little(value, 8);
    return text;
}

/// The end record in 64 bits, its locator behind it.
std::string end64(std::uint64_t at, std::uint64_t count, std::uint64_t bytes, std::uint64_t start)
{
    return little(0x06064b50, 4) + little(44, 8) + little(45, 2) + little(45, 2) + little(0, 4)
        + little(0, 4) + little(count, 8) + little(count, 8) + little(bytes, 8) + little(start, 8)
        + little(0x07064b50, 4) + little(0, 4) + little(at, 8) + little(1, 4);
}

std::uint64_t directoryBytes(const std::vector<ZipPart>& parts)
{
    std::uint64_t bytes = 0;
    for (const auto& part : parts)
        bytes += 46 + part.name.size() + part.extra.size();
    return bytes;
}

std::uint64_t directoryAt(const std::vector<ZipPart>& parts)
{
    return zipBytes(parts).size() - 22 - directoryBytes(parts);
}

} // namespace

void TestZipArchive::recordsAreFoundByTheirExactNames()
{
    const TemporaryFolder folder;
    const auto archive = ZipArchive::open(folder.write("a.zip", zipBytes(kGood)));
    QVERIFY2(archive, archive ? "" : archive.error().text().c_str());
    QCOMPARE(archive->records().size(), 3U);
    QCOMPARE(archive->folder(), std::string("top/"));
    QCOMPARE(*archive->text("data.pkl", 100), std::string("pickle"));
    QCOMPARE(*archive->text("data/0", 100), std::string("12345678"));
    QCOMPARE(*archive->text("empty", 100), std::string());
    QVERIFY(!archive->find("Data.pkl"));
    QVERIFY(!archive->find("data"));
    QVERIFY(!archive->find("top/data.pkl"));
    QCOMPARE(archive->text("data.pkl", 5).error().code, ErrorCode::TooLarge);
    QCOMPARE(archive->text("nothing", 5).error().code, ErrorCode::NotFound);
}

void TestZipArchive::recordsOfSeveralFoldersHaveNoCommonOne()
{
    const TemporaryFolder folder;
    const auto two = ZipArchive::open(
        folder.write("a.zip", zipBytes({ { "one/data.pkl", "1" }, { "two/data.pkl", "2" } })));
    QCOMPARE(two->folder(), std::string());
    QVERIFY(!two->find("data.pkl"));
    QCOMPARE(*two->text("two/data.pkl", 9), std::string("2"));
    const auto none = ZipArchive::open(folder.write("b.zip", zipBytes({ { "data.pkl", "1" } })));
    QCOMPARE(none->folder(), std::string());
    QCOMPARE(*none->text("data.pkl", 9), std::string("1"));
    QVERIFY(ZipArchive::open(folder.write("c.zip", zipBytes({})))->records().empty());
}

void TestZipArchive::whatProgramsWriteDifferentlyIsRead_data()
{
    QTest::addColumn<QByteArray>("bytes");
    const auto row = [](const char* name, const std::string& bytes) {
        QTest::newRow(name) << QByteArray::fromStdString(bytes);
    };
    row("sizes behind the content", zipBytes(with(1, [](ZipPart& part) {
        part.flags = 0x808;
        part.localSize = 0;
    })));
    row("a size in 64 bits", zipBytes(with(1, [](ZipPart& part) {
        part.size = 0xffffffff;
        part.localSize = 0xffffffff;
        part.extra = extra64({ 8, 8 });
    })));
    row("other extra fields", zipBytes(with(1, [](ZipPart& part) {
        part.extra = little(0x5455, 2) + little(3, 2) + "abc";
    })));
    row("no checksum", zipBytes(with(1, [](ZipPart& part) { part.checksum = 0; })));
    const auto start = directoryAt(kGood);
    const auto bytes = directoryBytes(kGood);
    row("a directory in 64 bits",
        zipBytes(kGood,
            { .count = 0xffff,
                .bytes = 0xffffffff,
                .at = 0xffffffff,
                .before = end64(start + bytes, 3, bytes, start) }));
    row("a directory in 64 bits beside 32",
        zipBytes(kGood, { .before = end64(start + bytes, 3, bytes, start) }));
    auto comment = zipBytes(kGood);
    comment.replace(comment.size() - 2, 2, little(5, 2) + "PK\5\6!");
    row("a comment", comment);
}

void TestZipArchive::whatProgramsWriteDifferentlyIsRead()
{
    QFETCH(QByteArray, bytes);
    const TemporaryFolder folder;
    const auto archive = ZipArchive::open(folder.write("a.zip", bytes.toStdString()));
    QVERIFY2(archive, archive ? "" : archive.error().text().c_str());
    QCOMPARE(*archive->text("data/0", 100), std::string("12345678"));
}

void TestZipArchive::anArchiveThatContradictsItselfIsRefused_data()
{
    QTest::addColumn<QByteArray>("bytes");
    QTest::addColumn<QString>("why");
    QTest::addColumn<int>("code");
    const auto row = [](const char* name, const std::string& bytes, const char* why,
                         ErrorCode code = ErrorCode::Corrupt) {
        QTest::newRow(name) << QByteArray::fromStdString(bytes) << why << static_cast<int>(code);
    };
    const auto part = [&](const char* name, const std::function<void(ZipPart&)>& change,
                          const char* why, ErrorCode code = ErrorCode::Corrupt) {
        row(name, zipBytes(with(1, change)), why, code);
    };
    constexpr auto unsupported = ErrorCode::Unsupported;
    constexpr auto place = "its directory is not where it says";
    constexpr auto outside = "a part lies outside of the file";
    constexpr auto size = "two different things of its size";

    row("a name twice", zipBytes({ { "a/b", "1" }, { "a/b", "2" } }), "comes twice");
    row("names of other letter case", zipBytes({ { "a/b.py", "1" }, { "a/B.PY", "2" } }),
        "comes twice");
    row("folders of other letter case", zipBytes({ { "a/b", "1" }, { "A/b", "2" } }),
        "comes twice");
    part(
        "no name", [](auto& p) { p.name.clear(); }, "has no name");
    part(
        "a NUL in its name", [](auto& p) { p.name.push_back('\0'); }, "has no name");
    part(
        "encrypted", [](auto& p) { p.flags = 1; }, "encrypted", unsupported);
    part(
        "larger than the file", [](auto& p) { p.size = p.localSize = 1 << 30; }, outside);
    part(
        "larger than its place", [](auto& p) { p.size = p.localSize = 20; }, "overlap");
    part(
        "beyond the file", [](auto& p) { p.at = 1 << 30; }, outside);
    part(
        "in the directory", [](auto& p) { p.at = 150; }, outside);
    part(
        "another record's place", [](auto& p) { p.at = 0; }, "not the one");
    part(
        "another name before its content", [](auto& p) { p.localName = "top/data/1"; },
        "not the one");
    part(
        "another size before its content", [](auto& p) { p.localSize = 4; }, size);
    part(
        "two sizes", [](auto& p) { p.packed = 4; }, size);
    part(
        "a size in 64 bits that is missing", [](auto& p) { p.size = 0xffffffff; },
        "does not say how large it is");
    part(
        "a size in 64 bits that is cut off",
        [](auto& p) {
            p.size = 0xffffffff;
            p.extra = little(1, 2) + little(8, 2) + little(8, 8);
        },
        size);
    part(
        "a size in 64 bits beyond the file",
        [](auto& p) {
            p.size = p.localSize = 0xffffffff;
            p.extra = extra64({ 1ull << 62, 1ull << 62 });
        },
        outside);
    part(
        "a place in 64 bits that wraps around",
        [](auto& p) {
            p.at = 0xffffffff;
            p.extra = extra64({ ~0ull - 10 });
        },
        outside);
    part(
        "sizes in 64 bits twice",
        [](auto& p) {
            p.size = p.localSize = 0xffffffff;
            p.extra = extra64({ 8, 8 }) + extra64({ 4, 4 });
        },
        size);
    part(
        "an extra field longer than all of them",
        [](auto& p) { p.extra = little(9, 2) + little(99, 2); }, "its directory is cut off");

    row("fewer entries than said", zipBytes(kGood, { .count = 4 }), "fewer entries than it says");
    row("more entries than said", zipBytes(kGood, { .count = 2 }), "more entries than it says");
    row("a directory beyond the file", zipBytes(kGood, { .at = 1 << 30 }), place);
    row("a longer directory", zipBytes(kGood, { .bytes = 1 << 30 }), place);
    row("something behind the directory", zipBytes(kGood, { .before = "something" }), place);
    row("a directory in 64 bits that is missing", zipBytes(kGood, { .at = 0xffffffff }), place);
    row("several disks", zipBytes(kGood, { .disk = 1 }), "several pieces", unsupported);
    const auto start = directoryAt(kGood);
    const auto bytes = directoryBytes(kGood);
    const auto in64
        = [&](const std::string& record) { return zipBytes(kGood, { .before = record }); };
    row("two counts", in64(end64(start + bytes, 2, bytes, start)), "two different things");
    row("two directories", in64(end64(start + bytes, 3, bytes, start - 1)), "two different things");
    row("an end record that is nowhere", in64(end64(~0ull, 3, bytes, start)), place);
    row("an end record elsewhere", in64(end64(start, 3, bytes, start)), place);
    row("a directory in 64 bits that wraps around",
        zipBytes(kGood,
            { .bytes = 0xffffffff,
                .at = 0xffffffff,
                .before = end64(start + bytes, 3, ~0ull - start, start + 1) }),
        place);
    row("more records than any file of weights",
        zipBytes(kGood, { .count = 0xffff, .before = end64(start + bytes, 1 << 30, bytes, start) }),
        "too many parts", ErrorCode::TooLarge);
    row("empty", "", "it has no directory");
    row("text", std::string(70'000, 'x'), "it has no directory");
}

void TestZipArchive::anArchiveThatContradictsItselfIsRefused()
{
    QFETCH(QByteArray, bytes);
    QFETCH(QString, why);
    QFETCH(int, code);
    const TemporaryFolder folder;
    const auto path = folder.write("a.zip", bytes.toStdString());
    const auto archive = ZipArchive::open(path);
    QVERIFY(!archive);
    const auto text = QString::fromStdString(archive.error().text());
    QVERIFY2(text.contains(why), qPrintable(text));
    QCOMPARE(static_cast<int>(archive.error().code), code);
    QCOMPARE(archive.error().path, path);
    QVERIFY(!archive.error().advice.empty());
}

void TestZipArchive::aCompressedRecordIsNoneToRead()
{
    const TemporaryFolder folder;
    const auto archive = ZipArchive::open(folder.write("a.zip", zipBytes(with(1, [](ZipPart& part) {
        part.method = 8;
        part.size = 1 << 30;
        part.packed = 8;
        part.flags = 0x808;
        part.localSize = 0;
    }))));
    QVERIFY2(archive, archive ? "" : archive.error().text().c_str());
    QCOMPARE(*archive->text("data.pkl", 100), std::string("pickle"));
    QCOMPARE(archive->text("data/0", 1u << 31).error().code, ErrorCode::Unsupported);
    std::array<std::byte, 8> into {};
    QCOMPARE(archive->read(*archive->find("data/0"), into).error().code, ErrorCode::Unsupported);
}

void TestZipArchive::anArchiveThatIsCutOffIsRefused()
{
    const TemporaryFolder folder;
    const auto whole = zipBytes(kGood);
    for (std::size_t size = 0; size < whole.size(); ++size)
        QVERIFY(!ZipArchive::open(folder.write("cut.zip", whole.substr(0, size))));
    QVERIFY(!ZipArchive::open(folder.write("cut.zip", whole.substr(1))));
    QVERIFY(!ZipArchive::open(folder.write("longer.zip", whole + "x")));
}

void TestZipArchive::contentThatIsNotWhatWasWrittenIsRefused()
{
    const TemporaryFolder folder;
    auto bytes = zipBytes(kGood);
    bytes.replace(bytes.find("12345678"), 8, "12345679");
    const auto archive = ZipArchive::open(folder.write("a.zip", bytes));
    QVERIFY(archive);
    QCOMPARE(*archive->text("data.pkl", 100), std::string("pickle"));
    QCOMPARE(archive->text("data/0", 100).error().code, ErrorCode::Corrupt);
}

void TestZipArchive::aFileThatIsShortenedWhileItIsReadIsAnError()
{
    const TemporaryFolder folder;
    const auto path = folder.write("a.zip", zipBytes(kGood));
    const auto archive = ZipArchive::open(path);
    std::filesystem::resize_file(path, 60);
    const auto text = archive->text("data/0", 100);
    QVERIFY(!text);
    QVERIFY(text.error().detail.find("shortened") != std::string::npos);
}

void TestZipArchive::anArchiveWithAnyByteChangedNeverCrashes()
{
    const TemporaryFolder folder;
    const auto whole = zipBytes(kGood);
    Random random { 15, 1 };
    for (int i = 0; i < 1500; ++i) {
        auto changed = whole;
        for (auto left = 1 + random.below(3); left > 0; --left)
            changed[random.below(changed.size())] = static_cast<char>(random.below(256));
        if (const auto archive = ZipArchive::open(folder.write("changed.zip", changed))) {
            for (const auto& [name, record] : archive->records())
                static_cast<void>(archive->text(name, 1000));
        }
    }
}

QTEST_APPLESS_MAIN(TestZipArchive)
#include "tst_zip_archive.moc"
