#include "core/base/json_reader.h"

#include <QTest>

using namespace vernier;

class TestJsonReader : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void whatIsNoJsonIsCorrupt_data();
    void whatIsNoJsonIsCorrupt();
    void nestingHasABound();
    void aTextHasABound();
    void valuesHaveABoundThatFollowsFromTheText();
    void whatIsQuotedIsShortAndOfOneLine();
};

namespace {

std::string repeated(std::string_view text, std::size_t count)
{
    std::string all;
    all.reserve(text.size() * count);
    for (std::size_t i = 0; i < count; ++i)
        all += text;
    return all;
}

} // namespace

void TestJsonReader::whatIsNoJsonIsCorrupt_data()
{
    QTest::addColumn<QByteArray>("text");
    QTest::newRow("nothing") << QByteArray();
    QTest::newRow("cut off") << QByteArray("{\"a\": [1, 2");
    QTest::newRow("two values") << QByteArray("1 2");
    QTest::newRow("a number beyond all") << QByteArray("1e999");
    QTest::newRow("a text that is no UTF-8") << QByteArray("\"\xff\"");
    QTest::newRow("zeros") << QByteArray(16, '\0');
}

void TestJsonReader::whatIsNoJsonIsCorrupt()
{
    QFETCH(QByteArray, text);
    const auto json = parseJson(text.toStdString(), "a.json");
    QVERIFY(!json);
    QCOMPARE(json.error().code, ErrorCode::Corrupt);
    QCOMPARE(json.error().path, std::filesystem::path("a.json"));
}

void TestJsonReader::nestingHasABound()
{
    for (const auto& [open, close] : { std::pair("[", "]"), std::pair("{\"a\":", "}") }) {
        QVERIFY(parseJson(repeated(open, 60) + "1" + repeated(close, 60), {}));
        for (const std::size_t depth : { 70, 60'000, 2'000'000 }) {
            const auto json
                = parseJson(repeated(open, depth) + "1" + repeated(close, depth), "a.json");
            QVERIFY(!json);
            QCOMPARE(json.error().code, ErrorCode::Corrupt);
            QVERIFY(!parseJson(repeated(open, depth), {}));
        }
    }
}

void TestJsonReader::aTextHasABound()
{
    // Not looked at, so that it need not be there.
    const std::string_view text(" ", kMostJsonBytes + 1);
    QCOMPARE(parseJson(text, "a.json").error().code, ErrorCode::TooLarge);
}

void TestJsonReader::valuesHaveABoundThatFollowsFromTheText()
{
    // A list of a million pictures has eight values in 40 bytes.
    const auto row = std::string(R"(["a/1.jpg",0,"train",1,5,5,false],)");
    QVERIFY(parseJson("[" + repeated(row, 400'000) + "0]", {}));
    // As many empty lists in as few bytes would take thirty times the text.
    const auto lists = parseJson("[" + repeated("[],", 4'000'000) + "0]", "a.json");
    QVERIFY(!lists);
    QCOMPARE(lists.error().code, ErrorCode::TooLarge);
}

void TestJsonReader::whatIsQuotedIsShortAndOfOneLine()
{
    const auto value = parseJson(R"({"a": ")" + std::string(100'000, 'x') + R"("})", {});
    JsonReader reader(*value, {}, {});
    int number = 0;
    reader.read("a", number, 0, 9);
    const auto wrong = reader.finish();
    QVERIFY(!wrong);
    QVERIFY(wrong.error().detail.size() < 300);

    const auto unknown = parseJson(R"({"\u001b[2J\n)" + std::string(100'000, 'x') + R"(": 1})", {});
    const auto keys = JsonReader(*unknown, {}, {}).finish();
    QVERIFY(!keys);
    QVERIFY(keys.error().detail.size() < 300);
    QVERIFY(keys.error().detail.find('\x1b') == std::string::npos);
    QVERIFY(keys.error().detail.find('\n') == std::string::npos);
}

QTEST_APPLESS_MAIN(TestJsonReader)
#include "tst_json_reader.moc"
