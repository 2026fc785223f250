#include "core/base/csv.h"
#include "core/base/result.h"
#include "core/base/text.h"

#include <QTest>

using namespace vernier;

/// Text from outside, on its way to terminals, tables and other programs.
class TestText : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void whatATerminalObeysIsReplaced_data();
    void whatATerminalObeysIsReplaced();
    void wholeTextKeepsItsLinesAndJsonItsMeaning();
    void aSequenceThatIsCutIsLeftForTheRest();
    void anErrorNeverCommandsATerminal();
    void aFieldNeverBeginsAFormula_data();
    void aFieldNeverBeginsAFormula();
    void everyPathIsWrittenSoThatItLeadsBack_data();
    void everyPathIsWrittenSoThatItLeadsBack();
};

void TestText::whatATerminalObeysIsReplaced_data()
{
    QTest::addColumn<std::string>("text");
    QTest::addColumn<std::string>("plain");
    const auto row = [](const char* name, std::string text, std::string plain) {
        QTest::newRow(name) << std::move(text) << std::move(plain);
    };
    row("plain", "cat 1, \xC3\xB6\xF0\x9F\x8D\xB4", "cat 1, \xC3\xB6\xF0\x9F\x8D\xB4");
    row("escape", "a\x1b[2Jb", "a\uFFFD[2Jb");
    row("line ends and tabs", "a\nb\tc\r", "a\uFFFDb\uFFFDc\uFFFD");
    row("nothing", std::string("a\0b", 3), "a\uFFFDb");
    row("delete", "a\x7f", "a\uFFFD");
    row("C1", "a\u009b2J\u0080\u009f\u00a0", "a\uFFFD2J\uFFFD\uFFFD\u00a0");
    row("C1 as a byte",
        "a\x9b"
        "2J",
        "a\uFFFD2J");
    row("direction", "\u202egpj\u2066\u2069\u200f\u061c", "\uFFFDgpj\uFFFD\uFFFD\uFFFD\uFFFD");
    row("lines of Unicode", "a\u2028b\u2029", "a\uFFFDb\uFFFD");
    row("cut off", "a\xF0\x9F", "a\uFFFD\uFFFD");
}

void TestText::whatATerminalObeysIsReplaced()
{
    QFETCH(const std::string, text);
    QFETCH(const std::string, plain);
    QCOMPARE(printable(text), plain);
    QCOMPARE(inOneLine(text), plain);
}

void TestText::wholeTextKeepsItsLinesAndJsonItsMeaning()
{
    std::string text = "class\ttrain\n\x1b[2J\u202e\u0085\x7fö\n";
    QCOMPARE(printableText(text), std::string("class\ttrain\n\\u001b[2J\\u202e\\u0085\\u007fö\n"));
    QVERIFY(text.empty());
}

void TestText::aSequenceThatIsCutIsLeftForTheRest()
{
    const std::string whole = "a\xF0\x9F\x8D\xB4z";
    for (std::size_t cut = 0; cut <= whole.size(); ++cut) {
        auto text = whole.substr(0, cut);
        auto plain = printableText(text);
        text += whole.substr(cut);
        plain += printableText(text);
        QCOMPARE(plain, whole);
    }
    std::string text = "a\xFF\x80\x80\x80\x80";
    printableText(text);
    QVERIFY(text.size() <= 3);
}

void TestText::anErrorNeverCommandsATerminal()
{
    QCOMPARE((Error { ErrorCode::Corrupt, "tensor \x1b[2J", "a\x1b", "do\n it" }.text()),
        std::string("a\uFFFD: tensor \uFFFD[2J; do\uFFFD it"));
}

void TestText::aFieldNeverBeginsAFormula_data()
{
    QTest::addColumn<std::string>("text");
    QTest::addColumn<std::string>("field");
    const auto row = [](std::string text, std::string field) {
        const auto name = QByteArray::fromStdString(text).toPercentEncoding();
        QTest::newRow(name.constData()) << std::move(text) << std::move(field);
    };
    row("cat", "cat");
    row("a=b", "a=b");
    row("=1+1", "'=1+1");
    row("+1", "'+1");
    row("-1", "'-1");
    row("@sum", "'@sum");
    row("\tx", "'\tx");
    row("\rx", "\"'\rx\"");
    row("\nx", "\"'\nx\"");
    row("=a,\"b\"", "\"'=a,\"\"b\"\"\"");
    // Taking one away gives back what there was.
    row("'=x", "''=x");
    row("'tis", "'tis");
    row("", "");
}

void TestText::aFieldNeverBeginsAFormula()
{
    QFETCH(const std::string, text);
    QFETCH(const std::string, field);
    QCOMPARE(csvField(text), field);
    if (text.find_first_of(",\"\r\n") == std::string::npos)
        QCOMPARE(csvField(text, CsvText::Raw), text);
}

void TestText::everyPathIsWrittenSoThatItLeadsBack_data()
{
    QTest::addColumn<std::string>("path");
    QTest::addColumn<std::string>("written");
    const auto row = [](std::string path, std::string written) {
        QTest::newRow(written.c_str()) << std::move(path) << std::move(written);
    };
    row("a/b c%20.jpg", "a/b c%20.jpg");
    row("/ö/=1.jpg", "/ö/=1.jpg");
    row("/caf\xE9/b c.jpg", "file:/caf%E9/b%20c.jpg");
    row("caf\xE9", "file:caf%E9");
    row("caf\xE9%E9", "file:caf%E9%25E9");
    row("file:/x", "file:file%3A/x");
    row(std::string("\x80\xFF", 2), "file:%80%FF");
}

void TestText::everyPathIsWrittenSoThatItLeadsBack()
{
    QFETCH(const std::string, path);
    QFETCH(const std::string, written);
    QCOMPARE(writtenPath(path), written);
    QCOMPARE(pathOfWritten(written).native(), path);
}

QTEST_APPLESS_MAIN(TestText)
#include "tst_text.moc"
