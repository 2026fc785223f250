#include "core/base/files.h"
#include "core/weights/safetensors.h"
#include "tests/support/source_dir.h"
#include "tests/support/temporary_folder.h"

#include <QTest>

#include <array>
#include <cstring>

using namespace vernier;
using namespace vernier::test;

class TestSafetensors : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void whatIsWrittenIsReadBack();
    void theHeaderIsPaddedSoThatDataIsAligned();
    void aFileOfAnotherWriterIsRead();
    void aBrokenFileIsRefusedAndSaysWhy_data();
    void aBrokenFileIsRefusedAndSaysWhy();
    void everyBrokenFileIsTested();
    void everyPrefixOfAGoodFileIsRefused();
    void everyFlippedByteIsReadWithinBounds();
    void aMissingFileAndAFolderAreToldApart();
    void aFileShortenedAfterOpeningKeepsItsTensors();
    void twoTensorsOfOneNameAreNotWritten();
    void dataShorterThanItsShapeIsNotWritten();
    void namesInAnyScriptSurvive();
};

namespace {

std::filesystem::path broken(const std::string& name)
{
    return dataDir() / "weights" / (name + ".safetensors");
}

std::span<const std::byte> bytesOf(const auto& values) { return std::as_bytes(std::span(values)); }

constexpr std::array<float, 6> kSix { 1, 2, 3, 4, 5, 6 };

} // namespace

void TestSafetensors::whatIsWrittenIsReadBack()
{
    const TemporaryFolder folder;
    const std::array<std::uint8_t, 3> three { 7, 8, 9 };
    const auto path = folder / "a.safetensors";
    const auto written = writeSafetensors(path,
        { { "z", DType::F32, { 2, 3 }, bytesOf(kSix) }, { "a", DType::U8, { 3 }, bytesOf(three) },
            { "scalar", DType::F32, {}, bytesOf(kSix).first(4) },
            { "nothing", DType::F16, { 0, 5 }, {} } },
        { { "key", "value" } });
    QVERIFY(written);

    const auto file = SafetensorsFile::open(path);
    QVERIFY(file);
    QCOMPARE(file->tensors().size(), 4U);
    QCOMPARE(file->metadata().at("key"), std::string("value"));
    QCOMPARE(file->bytes().size(), std::filesystem::file_size(path));
    const auto* z = file->find("z");
    QVERIFY(z);
    QVERIFY((z->shape == std::vector<std::int64_t> { 2, 3 }));
    QVERIFY(std::memcmp(z->data.data(), kSix.data(), sizeof(kSix)) == 0);
    QCOMPARE(file->find("scalar")->count(), 1);
    QCOMPARE(file->find("nothing")->count(), 0);
    QVERIFY(!file->find("other"));
    QCOMPARE(file->tensors().front().name, std::string("z"));
}

void TestSafetensors::theHeaderIsPaddedSoThatDataIsAligned()
{
    const TemporaryFolder folder;
    for (const std::string name : { "a", "ab", "abc", "abcd", "abcde", "abcdef", "abcdefg" }) {
        const auto path = folder / name;
        QVERIFY(writeSafetensors(path, { { name, DType::F32, { 6 }, bytesOf(kSix) } }, {}));
        QCOMPARE(std::filesystem::file_size(path) % 8, 0U);
        QVERIFY(SafetensorsFile::open(path));
    }
}

void TestSafetensors::aFileOfAnotherWriterIsRead()
{
    const auto file = SafetensorsFile::open(broken("good"));
    QVERIFY(file);
    QCOMPARE(file->tensors().size(), 3U);
    QCOMPARE(file->find("y")->dtype, DType::U8);
    QVERIFY(std::memcmp(file->find("y")->data.data(), "abc", 3) == 0);
}

void TestSafetensors::aBrokenFileIsRefusedAndSaysWhy_data()
{
    QTest::addColumn<QString>("why");
    QTest::addColumn<int>("code");
    const auto row = [](const char* name, const char* why, ErrorCode code = ErrorCode::Corrupt) {
        QTest::newRow(name) << why << static_cast<int>(code);
    };
    row("empty", "has only 0 bytes");
    row("seven_bytes", "has only 7 bytes");
    row("header_beyond_the_file", "the header would have 1000 bytes");
    row("header_length_is_huge", "the header would have 9223372036854775813 bytes");
    row("header_is_no_json", "no JSON from byte");
    row("header_is_a_list", "is no safetensors file");
    row("header_is_a_number", "is no safetensors file");
    row("header_is_nested_deeply", "has a list where none belongs");
    row("header_has_invalid_utf8", "no JSON from byte");
    row("header_ends_in_rubbish", "no JSON from byte");
    row("name_comes_twice", "the name x comes twice");
    row("key_comes_twice", "has the key dtype twice");
    row("metadata_is_no_text", "the number 1 where none belongs");
    row("metadata_comes_twice", "the name __metadata__ comes twice");
    row("dtype_is_unknown", "has the type F8_E4M3", ErrorCode::Unsupported);
    row("dtype_is_missing", "does not say its dtype");
    row("dtype_is_a_number", "the number 32 where none belongs");
    row("shape_is_negative", "the number -2 where none belongs");
    row("shape_is_fractional", "the number 2.0 where none belongs");
    row("shape_overflows", "a shape too large for any file");
    row("shape_overflows_to_the_right_size", "a shape too large for any file");
    row("shape_hides_an_overflow_behind_zero", "a shape too large for any file");
    row("shape_has_a_huge_edge", "where none belongs");
    row("shape_has_too_many_edges", "too many dimensions");
    row("shape_does_not_fit_its_bytes", "has 8 bytes where its shape needs 12");
    row("offsets_are_outside", "tensor y lies outside of the file");
    row("offsets_overlap", "tensor y overlaps another one");
    row("offsets_leave_a_hole", "nothing describes the 4 bytes before tensor y");
    row("offsets_go_backwards", "tensor x lies outside of the file");
    row("offsets_are_three", "the number 8 where none belongs");
    row("offsets_are_missing", "two data_offsets");
    row("data_is_cut_off", "tensor x lies outside of the file, which ends after 5 bytes");
    row("data_goes_on_behind_the_last", "nothing describes the last 4 bytes");
    row("tensor_is_null", "null where none belongs");
    row("tensor_has_an_unknown_key", "the unknown key byteorder");
}

void TestSafetensors::aBrokenFileIsRefusedAndSaysWhy()
{
    QFETCH(QString, why);
    QFETCH(int, code);
    const auto path = broken(QTest::currentDataTag());
    const auto file = SafetensorsFile::open(path);
    QVERIFY(!file);
    const auto text = QString::fromStdString(file.error().text());
    QVERIFY2(text.contains(why), qPrintable(text));
    QCOMPARE(static_cast<int>(file.error().code), code);
    QCOMPARE(file.error().path, path);
}

void TestSafetensors::everyBrokenFileIsTested()
{
    int files = 0;
    for (const auto& entry : std::filesystem::directory_iterator(dataDir() / "weights"))
        files += entry.path().extension() == ".safetensors";
    QCOMPARE(files, 36); // the rows above, and good.safetensors
}

void TestSafetensors::everyPrefixOfAGoodFileIsRefused()
{
    const TemporaryFolder folder;
    const auto whole = readFile(broken("good"), 1 << 20);
    QVERIFY(whole);
    for (std::size_t size = 0; size < whole->size(); ++size) {
        const auto path = folder.write("cut.safetensors", std::span(*whole).first(size));
        QVERIFY(!SafetensorsFile::open(path));
    }
}

void TestSafetensors::everyFlippedByteIsReadWithinBounds()
{
    const TemporaryFolder folder;
    const auto whole = readFile(broken("good"), 1 << 20);
    QVERIFY(whole);
    for (std::size_t at = 0; at < whole->size(); ++at) {
        for (const int flip : { 0x01, 0x80, 0xff }) {
            auto changed = *whole;
            changed[at] ^= static_cast<std::byte>(flip);
            const auto file = SafetensorsFile::open(folder.write("f.safetensors", changed));
            if (!file)
                continue;
            for (const auto& tensor : file->tensors()) {
                QVERIFY(tensor.data.data() >= file->bytes().data());
                QVERIFY(tensor.data.data() + tensor.data.size()
                    <= file->bytes().data() + file->bytes().size());
                QCOMPARE(static_cast<std::size_t>(tensor.count()) * vernier::size(tensor.dtype),
                    tensor.data.size());
            }
        }
    }
}

void TestSafetensors::aMissingFileAndAFolderAreToldApart()
{
    const TemporaryFolder folder;
    QCOMPARE(SafetensorsFile::open(folder / "none").error().code, ErrorCode::NotFound);
    QCOMPARE(SafetensorsFile::open(folder.path()).error().code, ErrorCode::Unsupported);
}

void TestSafetensors::aFileShortenedAfterOpeningKeepsItsTensors()
{
    const TemporaryFolder folder;
    const auto path = folder / "a.safetensors";
    QVERIFY(writeSafetensors(path, { { "x", DType::F32, { 6 }, bytesOf(kSix) } }, {}));
    const auto file = SafetensorsFile::open(path);
    QVERIFY(file);
    std::filesystem::resize_file(path, 0);
    QVERIFY(std::memcmp(file->find("x")->data.data(), kSix.data(), sizeof(kSix)) == 0);
}

void TestSafetensors::twoTensorsOfOneNameAreNotWritten()
{
    const TemporaryFolder folder;
    const TensorView tensor { "x", DType::F32, { 6 }, bytesOf(kSix) };
    const auto written = writeSafetensors(folder / "a", { tensor, tensor }, {});
    QCOMPARE(written.error().code, ErrorCode::Invalid);
    QVERIFY(std::filesystem::is_empty(folder.path()));
}

void TestSafetensors::dataShorterThanItsShapeIsNotWritten()
{
    const TemporaryFolder folder;
    const auto written
        = writeSafetensors(folder / "a", { { "x", DType::F32, { 7 }, bytesOf(kSix) } }, {});
    QCOMPARE(written.error().code, ErrorCode::Invalid);
    QVERIFY(std::filesystem::is_empty(folder.path()));
}

void TestSafetensors::namesInAnyScriptSurvive()
{
    const TemporaryFolder folder;
    const std::string name = "сова \"\\\n猫";
    QVERIFY(writeSafetensors(
        folder / "a", { { name, DType::F32, { 6 }, bytesOf(kSix) } }, { { name, name } }));
    const auto file = SafetensorsFile::open(folder / "a");
    QVERIFY(file);
    QVERIFY(file->find(name));
    QCOMPARE(file->metadata().at(name), name);
}

QTEST_APPLESS_MAIN(TestSafetensors)
#include "tst_safetensors.moc"
