#include "core/weights/hdf5_protocol.h"
#include "core/weights/pickle.h"
#include "tests/core/weights/weight_samples.h"
#include "tests/support/zip_bytes.h"

#include <sys/resource.h>

using namespace vernier;
using namespace vernier::test;

/// Files that are damaged, or made to do harm.
class TestBrokenWeights : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void aBrokenFileIsRefusedAndSaysWhy_data();
    void aBrokenFileIsRefusedAndSaysWhy();
    void aSizeThatNothingExplainsIsNotBelieved();
    void aStrideThatIsNeverTakenMayBeAnyNumber();
    void nothingInAPickleIsRun();
    void aPickleThatHoldsItselfEnds();
    void anHdf5ReaderThatLiesIsNotBelieved_data();
    void anHdf5ReaderThatLiesIsNotBelieved();
    void aFileThatIsCutOffIsRefused_data();
    void aFileThatIsCutOffIsRefused();
    void aFileWithAnyByteChangedNeverCrashes_data();
    void aFileWithAnyByteChangedNeverCrashes();
};

void TestBrokenWeights::aBrokenFileIsRefusedAndSaysWhy_data()
{
    QTest::addColumn<QString>("why");
    QTest::addColumn<int>("code");
    const auto row = [](const char* name, const char* why, ErrorCode code = ErrorCode::Corrupt) {
        QTest::newRow(name) << why << static_cast<int>(code);
    };
    const auto unsupported = ErrorCode::Unsupported;
    row("calls_os_system.pth", "asks for the object os.system", unsupported);
    row("calls_os_system_by_stack.pth", "asks for the object os.system", unsupported);
    row("legacy_calls_os_system.pth", "asks for the object os.system", unsupported);
    row("builds_an_object.pth", "asks for the object torchvision.models.vgg.VGG", unsupported);
    row("loads_from_bytes.pth", "asks for the object torch.storage._load_from_bytes", unsupported);
    row("shape_is_huge.pth", "reaches beyond its numbers");
    row("shape_overflows.pth", "reaches beyond its numbers");
    row("shape_repeats_its_numbers.pth", "reaches beyond its numbers");
    row("stride_is_negative.pth", "a shape or stride that is no number from 0 on");
    row("stride_leaves_the_storage.pth", "reaches beyond its numbers");
    row("offset_leaves_the_storage.pth", "reaches beyond its numbers");
    row("offset_is_negative.pth", "reaches beyond its numbers");
    row("storage_says_too_much.pth", "features.0.weight are not as many as it says");
    row("legacy_storage_says_too_much.pth", "the file ends within its numbers");
    row("storage_is_missing.pth", "features.0.weight are not as many as it says");
    row("storage_is_complex.pth", "the object torch.ComplexFloatStorage", unsupported);
    row("dtype_is_wrong.pth", "features.0.weight are not as many as it says");
    row("list_holds_itself.pth", "holds no weights by name", unsupported);
    row("dictionary_holds_itself.pth", "holds no weights by name", unsupported);
    row("memo_is_empty.pth", "recalls what it has not remembered");
    row("stack_is_empty.pth", "ends a group that it has not begun");
    row("pickle_is_cut_off.pth", "is cut off");
    row("pickle_is_a_number.pth", "holds no weights by name", unsupported);
    row("name_comes_twice.pth", "the name a comes twice");
    row("lists_are_copied.pth", "too many entries", ErrorCode::TooLarge);
    row("keys_are_copied.pth", "numbers in an unknown way");
    row("big_endian.pth", "big-endian", unsupported);
    row("zip_bomb.pth", "numbers that are compressed", unsupported);
    row("zip_is_cut_off.pth", "is cut off or damaged");
    row("legacy_is_cut_off.pth", "the file ends within its numbers");
    row("compressed.h5", "compressed or lie elsewhere", unsupported);
    row("numbers_lie_elsewhere.h5", "compressed or lie elsewhere", unsupported);
    row("numbers_are_whole.h5", "is no list of 32-bit or 64-bit numbers", unsupported);
    row("links_to_another_file.h5", "holds no weights of Keras's", unsupported);
    row("group_holds_itself.h5", "is nested too deeply", ErrorCode::TooLarge);
    row("hdf5_is_cut_off.h5", "is cut off or damaged");
    row("library_reads_beyond_its_buffer.h5", "is damaged");
    row("library_frees_a_wild_pointer.h5", "is damaged");
    row("numbers_lie_elsewhere.onnx", "in another file", unsupported);
    row("shape_is_huge.onnx", "has an impossible shape");
    row("shape_is_negative.onnx", "has an impossible shape");
    row("numbers_are_missing.onnx", "has 0 bytes where its shape needs 24");
    row("numbers_lie_twice.onnx", "the numbers of features.0.weight more than once");
    row("onnx_is_cut_off.onnx", "is cut off");
    row("keras_3_is_packed.keras", "compressed", unsupported);
    row("keras_3_has_a_changed_byte.keras", "is damaged");
    row("tensor_needs_an_object.pth", "asks for the object mine.layers.Pruned", unsupported);
    row("weights_need_an_object.pth", "asks for the object mine.layers.Net", unsupported);
    row("make.py", "is no weight file that Vernier knows", unsupported);
}

void TestBrokenWeights::aBrokenFileIsRefusedAndSaysWhy()
{
    QFETCH(QString, why);
    QFETCH(int, code);
    const auto file = openWeights(currentSample());
    QVERIFY(!file);
    const auto text = QString::fromStdString(file.error().text());
    QVERIFY2(text.contains(why), qPrintable(text));
    QCOMPARE(static_cast<int>(file.error().code), code);
    QCOMPARE(file.error().path, currentSample());
    QVERIFY2(!file.error().advice.empty(), qPrintable(text));
}

void TestBrokenWeights::aSizeThatNothingExplainsIsNotBelieved()
{
    // What is compressed may say that it becomes any amount.
    const TemporaryFolder folder;
    const ZipPart weights { .name = "model.weights.h5",
        .content = "\x89HDF\r\n\x1a\n",
        .method = 8,
        .size = 0xfffffff0,
        .packed = 8,
        .localSize = 0xfffffff0 };
    auto bytes = zipBytes({ { "config.json", "{}" }, weights });
    // Before the content, too, it says how long it is packed.
    bytes.replace(bytes.find("model.weights.h5") - 12, 4, little(8, 4));
    const auto path = folder.write("untrue.keras", bytes);
    rlimit before {};
    ::getrlimit(RLIMIT_AS, &before);
    const rlimit tight { std::min<rlim_t>(before.rlim_max, rlim_t { 3 } << 30), before.rlim_max };
    ::setrlimit(RLIMIT_AS, &tight);
    const auto file = openWeights(path);
    ::setrlimit(RLIMIT_AS, &before);
    QVERIFY(!file);
    QCOMPARE(file.error().code, ErrorCode::Unsupported);
    QVERIFY2(file.error().text().find("numbers that are compressed") != std::string::npos,
        file.error().text().c_str());
}

void TestBrokenWeights::aStrideThatIsNeverTakenMayBeAnyNumber()
{
    const auto file = openWeights(sample("stride_of_one_row_is_huge.pth"));
    QVERIFY2(file, file ? "" : file.error().text().c_str());
    QCOMPARE((*file)->entries().size(), std::size_t { 1 });
    std::array<float, 4> numbers {};
    QVERIFY((*file)->read(0, std::as_writable_bytes(std::span(numbers))));
    QCOMPARE(numbers, (std::array<float, 4> { 1, 3, 2, 4 }));
}

void TestBrokenWeights::nothingInAPickleIsRun()
{
    for (const auto* name :
        { "calls_os_system.pth", "calls_os_system_by_stack.pth", "legacy_calls_os_system.pth" })
        QVERIFY(!openWeights(sample(name)));
    QVERIFY(!std::filesystem::exists("run_by_a_pickle"));
}

void TestBrokenWeights::aPickleThatHoldsItselfEnds()
{
    using namespace std::string_view_literals;
    const auto pickle = readPickle("\x80\2]q\0h\0a."sv, "self");
    QVERIFY(pickle);
    QVERIFY(pickle->values[pickle->root].items == std::vector<std::uint32_t> { pickle->root });
    QCOMPARE(pickle->bytes, 9U);
}

namespace {

/// What a reader answers of one dataset.
std::string listed(Hdf5Entry entry, const std::string& text,
    std::initializer_list<std::uint64_t> edges = {}, int textBytes = -1)
{
    entry.textBytes = static_cast<std::uint16_t>(textBytes < 0 ? text.size() : textBytes);
    std::string bytes(reinterpret_cast<const char*>(&entry), sizeof entry);
    bytes += text;
    for (const auto edge : edges)
        bytes.append(reinterpret_cast<const char*>(&edge), sizeof edge);
    return bytes;
}

} // namespace

void TestBrokenWeights::anHdf5ReaderThatLiesIsNotBelieved_data()
{
    QTest::addColumn<QByteArray>("list");
    QTest::addColumn<QString>("why");
    const auto row = [](const char* name, const std::string& list, const char* why) {
        QTest::newRow(name) << QByteArray(list.data(), static_cast<qsizetype>(list.size())) << why;
    };
    using Kind = Hdf5Entry::Kind;
    const std::string path = "/a/kernel:0";
    const Hdf5Entry good { .kind = Kind::F32, .rank = 1, .at = 0, .bytes = 8 };
    const auto changed = [&](auto change) {
        auto entry = good;
        change(entry);
        return entry;
    };
    const char* unreadable = "is damaged: it cannot be read";
    const char* impossible = "a.weight has an impossible shape";
    const auto whole = listed(good, path, { 2 });
    row("an entry that is cut off", whole.substr(0, whole.size() - 1), unreadable);
    row("an entry with a byte too many", whole + "x", unreadable);
    row("a text beyond the end", listed(good, path, { 2 }, 60'000), unreadable);
    row("edges beyond the end", listed(changed([](auto& e) { e.rank = 255; }), path, { 2 }),
        unreadable);
    row("an unknown kind",
        listed(changed([](auto& e) { e.kind = static_cast<Kind>(9); }), path, { 2 }), unreadable);
    row("a path with a zero", listed(good, std::string("/a\0b/kernel", 11), { 2 }), unreadable);
    row("a name without a group", listed({ .kind = Kind::Name }, "abc"), unreadable);
    row("twice the same", whole + whole, "the name a.weight comes twice");
    row("a shape of nothing", listed(good, path, { 0 }), impossible);
    row("a shape beyond the file",
        listed(changed([](auto& e) { e.bytes = 4ULL << 30; }), path, { 1 << 30 }), impossible);
    row("a shape that overflows",
        listed(changed([](auto& e) { e.rank = 3; }), path, { 1ULL << 62, 4, 2 }), impossible);
    row("other bytes than the shape", listed(changed([](auto& e) { e.bytes = 12; }), path, { 2 }),
        impossible);
    row("numbers beyond the file", listed(changed([](auto& e) { e.at = 1 << 20; }), path, { 2 }),
        impossible);
    row("numbers across the end", listed(changed([](auto& e) { e.at = ~0ULL - 3; }), path, { 2 }),
        impossible);
}

void TestBrokenWeights::anHdf5ReaderThatLiesIsNotBelieved()
{
    QFETCH(QByteArray, list);
    QFETCH(QString, why);
    const TemporaryFolder folder;
    const auto path = folder.write(
        "file.h5", std::string_view(list.constData(), static_cast<std::size_t>(list.size())));
    const auto file
        = openKeras(path, { 0, static_cast<std::uint64_t>(list.size()) }, STAND_IN_READER);
    QVERIFY(!file);
    QCOMPARE(file.error().code, ErrorCode::Corrupt);
    QVERIFY(file.error().path == path);
    QVERIFY2(file.error().text().find(why.toStdString()) != std::string::npos,
        file.error().text().c_str());
}

void TestBrokenWeights::aFileThatIsCutOffIsRefused_data() { wholeRows(); }

/// Each of Keras's is read by a process of its own. In their place the fuzz programs look at
/// thousands of cases a second.
static bool hasReaderOfItsOwn()
{
    return currentSample().native().find("keras") != std::string::npos;
}

void TestBrokenWeights::aFileThatIsCutOffIsRefused()
{
    // Odd numbers meet each place within a number of 8 bytes.
    const std::size_t fine = hasReaderOfItsOwn() ? 5 : 1;
    const std::size_t coarse = hasReaderOfItsOwn() ? 997 : 499;
    const TemporaryFolder folder;
    const auto bytes = readFile(currentSample(), 1 << 20);
    QVERIFY(bytes);
    for (std::size_t length = 0; length < bytes->size(); length += length < 300 ? fine : coarse) {
        const auto path = folder.replace("cut", std::span(*bytes).first(length));
        QVERIFY2(!fit(path), qPrintable(QString::number(length)));
    }
}

void TestBrokenWeights::aFileWithAnyByteChangedNeverCrashes_data() { wholeRows(); }

void TestBrokenWeights::aFileWithAnyByteChangedNeverCrashes()
{
    const std::size_t fine = hasReaderOfItsOwn() ? 5 : 1;
    const std::size_t coarse = hasReaderOfItsOwn() ? 421 : 211;
    const TemporaryFolder folder;
    const auto bytes = readFile(currentSample(), 1 << 20);
    QVERIFY(bytes);
    std::size_t read = 0;
    for (std::size_t place = 0; place < bytes->size();
         place += place < 400 || place + 300 > bytes->size() ? fine : coarse) {
        auto changed = *bytes;
        changed[place] ^= place % 2 == 0 ? std::byte { 0xff } : std::byte { 0x01 };
        read += fit(folder.replace("changed", changed)).has_value();
    }
    // Most bytes are numbers.
    QVERIFY(read > 0);
}

QTEST_APPLESS_MAIN(TestBrokenWeights)
#include "tst_broken_weights.moc"
