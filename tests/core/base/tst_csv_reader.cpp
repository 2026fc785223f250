#include "core/base/csv.h"

#include <QTest>

using namespace vernier;

class TestCsv : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void whatIsWrittenIsReadBack()
    {
        const std::vector<std::string> texts { "plain", "a,b", "say \"no\"", "two\r\nlines", "",
            "=1+1", "'=1+1", "'quoted'", "\xC3\xA4" };
        for (const auto how : { CsvText::Guarded, CsvText::Raw }) {
            std::string table;
            for (const auto& text : texts)
                table += csvField(text, how) + ",end\r\n";
            const auto records = readCsv(table);
            QVERIFY2(records, records ? "" : records.error().detail.c_str());
            QCOMPARE(records->size(), texts.size());
            for (std::size_t i = 0; i < texts.size(); ++i) {
                const auto& fields = (*records)[i].fields;
                QCOMPARE(fields.size(), std::size_t { 2 });
                QCOMPARE(how == CsvText::Guarded ? withoutGuard(fields[0]) : fields[0], texts[i]);
            }
        }
    }

    void linesEndAsTheyDo()
    {
        const auto records = readCsv("\xEF\xBB\xBF"
                                     "a,b\n\n\r\nc,\"d\ne\"\r\nf");
        QVERIFY(records);
        QCOMPARE(records->size(), std::size_t { 3 });
        QCOMPARE((*records)[0].fields, (std::vector<std::string> { "a", "b" }));
        QCOMPARE((*records)[1].fields, (std::vector<std::string> { "c", "d\ne" }));
        QCOMPARE((*records)[1].line, std::size_t { 4 });
        QCOMPARE((*records)[2].fields, std::vector<std::string> { "f" });
        QCOMPARE((*records)[2].line, std::size_t { 6 });
        QVERIFY(readCsv("")->empty());
    }

    void aBrokenTableNamesItsLine_data()
    {
        QTest::addColumn<QByteArray>("table");
        QTest::addColumn<QString>("line");
        QTest::newRow("a quote that is not closed") << QByteArray("a,b\nc,\"d\ne") << "line 2";
        QTest::newRow("a quote within a field") << QByteArray("a,b\"c\"\n") << "line 1";
        QTest::newRow("text behind a quote") << QByteArray("a\n\"b\"c,d\n") << "line 2";
        QTest::newRow("a line end of no kind") << QByteArray("a\rb\n") << "line 1";
    }
    void aBrokenTableNamesItsLine()
    {
        QFETCH(QByteArray, table);
        QFETCH(QString, line);
        const auto records = readCsv(table.toStdString());
        QVERIFY(!records);
        QCOMPARE(records.error().code, ErrorCode::Corrupt);
        QVERIFY2(QString::fromStdString(records.error().detail).startsWith(line),
            records.error().detail.c_str());
    }
};

QTEST_APPLESS_MAIN(TestCsv)
#include "tst_csv_reader.moc"
