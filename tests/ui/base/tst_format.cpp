#include "core/base/text.h"
#include "ui/base/format.h"

#include <QTest>

using namespace vernier;
using namespace vernier::ui;

namespace {

/// Any kind of space as a plain one.
QString plain(QString text)
{
    return text.replace(QChar(0x00a0), QLatin1Char(' ')).replace(QChar(0x202f), QLatin1Char(' '));
}

} // namespace

class TestFormat : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void aShareIsAPercentage()
    {
        QCOMPARE(plain(format::percent(0.935)), QStringLiteral("93.5 %"));
        QCOMPARE(plain(format::percent(1, 0)), QStringLiteral("100 %"));
    }

    void theWindowRoundsAsTheLogDoes()
    {
        QCOMPARE(plain(format::percent(13 / 16.0)), QStringLiteral("81.3 %"));
        for (int n = 1; n <= 400; ++n) {
            for (int k = 0; k <= n; ++k) {
                const double share = static_cast<double>(k) / n;
                QCOMPARE(plain(format::percent(share)), QString::fromStdString(percent(share)));
            }
        }
    }

    void digitsStandInGroupsOfThree_data()
    {
        QTest::addColumn<qint64>("n");
        QTest::addColumn<QString>("text");
        QTest::newRow("none") << qint64 { 0 } << "0";
        QTest::newRow("three") << qint64 { 999 } << "999";
        QTest::newRow("four") << qint64 { 1000 } << "1 000";
        QTest::newRow("eight") << qint64 { 25691136 } << "25 691 136";
    }
    void digitsStandInGroupsOfThree()
    {
        QFETCH(qint64, n);
        QFETCH(QString, text);
        QCOMPARE(plain(format::count(n)), text);
    }

    void aPicturesSizeIsGroupedToo()
    {
        QCOMPARE(plain(format::pixels(4032, 900)), QStringLiteral("4 032 × 900 pixels"));
    }

    void aSentenceOfCoresHasItsNumbersAsTheWindowWritesThem()
    {
        QCOMPARE(format::sentence("13,502,722 of 1,034, 5,6 or 93.5 %"),
            QStringLiteral("13\u202f502\u202f722 of 1\u202f034, 5,6 or 93.5\u00a0%"));
    }

    void aDurationHasAtMostTwoUnits_data()
    {
        QTest::addColumn<double>("seconds");
        QTest::addColumn<QString>("text");
        QTest::newRow("seconds") << 38.2 << "38 s";
        QTest::newRow("just under a minute rounds up") << 59.7 << "1 min";
        QTest::newRow("minutes") << 250.0 << "4 min 10 s";
        QTest::newRow("hours") << 3900.0 << "1 h 5 min";
        QTest::newRow("unknown") << -1.0 << "";
        QTest::newRow("endless") << std::numeric_limits<double>::infinity() << "";
    }
    void aDurationHasAtMostTwoUnits()
    {
        QFETCH(double, seconds);
        QFETCH(QString, text);
        QCOMPARE(plain(format::duration(seconds)), text);
    }

    void aRateIsShortAndExactToTwoDigits_data()
    {
        QTest::addColumn<double>("rate");
        QTest::addColumn<QString>("text");
        QTest::newRow("a power of ten") << 1e-5 << "1e-5";
        QTest::newRow("a third of a decade") << 2.1544e-5 << "2.2e-5";
        QTest::newRow("nearly ten") << 9.96e-4 << "1e-3";
        QTest::newRow("one") << 1.0 << "1";
        QTest::newRow("frozen") << 0.0 << "0";
    }
    void aRateIsShortAndExactToTwoDigits()
    {
        QFETCH(double, rate);
        QFETCH(QString, text);
        QCOMPARE(format::rate(rate), text);
    }

    void anAccuracyNamesItsSplitCountAndInterval()
    {
        QCOMPARE(plain(format::accuracy(
                     143.0 / 153, wilson(143, 153), 153, QStringLiteral("validation"))),
            QStringLiteral("93.5 % (88.4 to 96.4) of 153 in validation"));
        QCOMPARE(plain(format::accuracy(1, wilson(1, 1), 1, format::split(Split::Test))),
            QStringLiteral("100.0 % (20.7 to 100.0) of 1 in test"));
    }

    void anIntervalHoldsItsShareAndNothingImpossible()
    {
        // Half its width around the share would reach to 101 %.
        QCOMPARE(plain(format::percent(152.0 / 153, wilson(152, 153))),
            QStringLiteral("99.3 % (96.4 to 99.9)"));
        QCOMPARE(plain(format::percent(1.0 / 153, wilson(1, 153))),
            QStringLiteral("0.7 % (0.1 to 3.6)"));
    }

    void bytesAreRoundedToTheirUnit()
    {
        QCOMPARE(plain(format::bytes(999)), QStringLiteral("999 bytes"));
        QCOMPARE(plain(format::bytes(29430000)), QStringLiteral("29 MB"));
        QCOMPARE(plain(format::bytes(1500)), QStringLiteral("1.5 KB"));
        QCOMPARE(plain(format::bytes(999999)), QStringLiteral("1.0 MB"));
    }

    void aPathOfAnyBytesComesBackAsItWas()
    {
        const std::filesystem::path path("/tmp/сова & co/a b.jpg");
        QCOMPARE(format::path(format::path(path)), path);
        // Whatever bytes a name has.
        for (const char* name : { "/tmp/caf\xe9/\xf0\x9f\x8d\xb4\xff.jpg", "\xe3\x83",
                 "\xed\xb0\xa0", "a\x80\xf0\x9f\x8d\xb4" })
            QCOMPARE(format::path(format::path(std::filesystem::path(name))).native(),
                std::string(name));
    }

    void anErrorIsASentence()
    {
        const Error error { ErrorCode::Corrupt, "the file is empty", {}, "copy it again" };
        QCOMPARE(format::text(error), QStringLiteral("The file is empty; copy it again."));
        const Error remote { ErrorCode::NotFound, "https://example.org/x: is gone", {}, {} };
        QCOMPARE(format::text(remote), QStringLiteral("https://example.org/x: is gone."));
    }
};

QTEST_GUILESS_MAIN(TestFormat)
#include "tst_format.moc"
