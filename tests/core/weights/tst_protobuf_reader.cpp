#include "core/weights/protobuf_reader.h"

#include "core/base/random.h"

#include <QTest>

using namespace vernier;
using namespace std::string_literals;
using Kind = ProtobufReader::Kind;

class TestProtobufReader : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void fieldsComeInTheirOrder();
    void aPackedListGivesItsNumbers();
    void whatIsNoFieldEndsIt_data();
    void whatIsNoFieldEndsIt();
    void anyBytesComeToAnEnd();
};

namespace {

ProtobufReader reader(const std::string& text)
{
    return ProtobufReader(std::as_bytes(std::span(text)));
}

} // namespace

void TestProtobufReader::fieldsComeInTheirOrder()
{
    const auto text = "\x08\x96\x01\x12\x03"s + "abc\x1d\1\2\3\4\x21\1\0\0\0\0\0\0\x80\x12\0"s;
    auto fields = reader(text);
    QVERIFY(fields.next());
    QVERIFY(fields.is(1, Kind::Varint));
    QCOMPARE(fields.number(), std::uint64_t { 150 });
    QVERIFY(fields.next());
    QVERIFY(fields.is(2, Kind::Bytes));
    QCOMPARE(fields.text(), std::string_view("abc"));
    QVERIFY(fields.next());
    QVERIFY(fields.is(3, Kind::Fixed32));
    QCOMPARE(fields.number(), std::uint64_t { 0x04030201 });
    QVERIFY(fields.next());
    QVERIFY(fields.is(4, Kind::Fixed64));
    QCOMPARE(fields.number(), std::uint64_t { 0x8000000000000001 });
    QVERIFY(fields.next());
    QVERIFY(fields.bytes().empty());
    QVERIFY(!fields.next());
    QVERIFY(fields.ok());
    QVERIFY(!reader("").next());
}

void TestProtobufReader::aPackedListGivesItsNumbers()
{
    const auto text = "\x01\x80\x01\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01"s;
    auto list = reader(text);
    std::vector<std::uint64_t> numbers;
    while (list.nextNumber())
        numbers.push_back(list.number());
    QVERIFY(list.ok());
    QCOMPARE(numbers, (std::vector<std::uint64_t> { 1, 128, ~std::uint64_t { 0 } }));
    const auto cutOff = "\x01\x80"s;
    auto broken = reader(cutOff);
    QVERIFY(broken.nextNumber());
    QVERIFY(!broken.nextNumber());
    QVERIFY(!broken.ok());
}

void TestProtobufReader::whatIsNoFieldEndsIt_data()
{
    QTest::addColumn<QByteArray>("text");
    const auto row = [](const char* name, const std::string& text) {
        QTest::newRow(name) << QByteArray::fromStdString(text);
    };
    row("a field of number 0", "\x00\x00"s);
    row("a group", "\x0b\x0c"s);
    row("a kind that there is not", "\x0e\x00"s);
    row("a tag that is cut off", "\x88"s);
    row("a tag beyond 32 bits", "\x88\x80\x80\x80\x80\x01\x00"s);
    row("a number that is cut off", "\x08\x80"s);
    row("a number of 11 bytes", "\x08"s + std::string(10, '\x80') + "\x01"s);
    row("a number beyond 64 bits", "\x08"s + std::string(9, '\xff') + "\x02"s);
    row("bytes beyond the end", "\x0a\x04"s + "abc"s);
    row("bytes of 2^64 - 1", "\x0a"s + std::string(9, '\xff') + "\x01"s);
    row("four bytes that are three", "\x0d\1\2\3"s);
    row("eight bytes that are none", "\x09"s);
}

void TestProtobufReader::whatIsNoFieldEndsIt()
{
    QFETCH(QByteArray, text);
    const auto held = text.toStdString();
    auto fields = reader(held);
    QVERIFY(!fields.next());
    QVERIFY(!fields.ok());
    QVERIFY(!fields.next());
}

void TestProtobufReader::anyBytesComeToAnEnd()
{
    Random random { 15, 3 };
    for (int i = 0; i < 20'000; ++i) {
        std::string text(random.below(40), '\0');
        for (auto& c : text)
            c = static_cast<char>(random.below(256));
        auto fields = reader(text);
        std::size_t count = 0;
        while (fields.next())
            count += 1 + fields.bytes().size();
        QVERIFY(count <= text.size());
    }
}

QTEST_APPLESS_MAIN(TestProtobufReader)
#include "tst_protobuf_reader.moc"
