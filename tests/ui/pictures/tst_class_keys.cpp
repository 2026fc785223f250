#include "ui/pictures/class_keys.h"

#include <QTest>

using namespace vernier::ui;

class TestClassKeys : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void eachClassHasItsDigitAndALetterOfItsName_data()
    {
        QTest::addColumn<QStringList>("classes");
        QTest::addColumn<QStringList>("keys");
        QTest::newRow("first letters")
            << QStringList { "ants", "bees" } << QStringList { "1 A", "2 B" };
        QTest::newRow("the first one keeps it, the next takes another of its own")
            << QStringList { "cat", "cow", "cc" } << QStringList { "1 C", "2 O", "3" };
        QTest::newRow("a first letter goes before another's second")
            << QStringList { "ab", "ac", "cd" } << QStringList { "1 A", "2", "3 C" };
        QTest::newRow("H is the heat map's") << QStringList { "hen" } << QStringList { "1 E" };
        QTest::newRow("an accent stands on a letter")
            << QStringList { "Ébène" } << QStringList { "1 E" };
        QTest::newRow("no letter at all") << QStringList { "7", "" } << QStringList { "1", "2" };
        QTest::newRow("none") << QStringList {} << QStringList {};
    }

    void eachClassHasItsDigitAndALetterOfItsName()
    {
        QFETCH(QStringList, classes);
        QFETCH(QStringList, keys);
        std::vector<std::string> names;
        for (const QString& name : classes)
            names.push_back(name.toStdString());
        QStringList given;
        for (const QStringList& each : classKeys(names))
            given << each.join(QLatin1Char(' '));
        QCOMPARE(given, keys);
    }

    void noKeyGivesTwoClassesHoweverManyThereAre()
    {
        std::vector<std::string> names;
        for (int i = 0; i < 300; ++i)
            names.push_back("class " + std::to_string(i));
        QStringList all;
        std::size_t without = 0;
        for (const QStringList& each : classKeys(names)) {
            all << each;
            without += each.isEmpty();
        }
        QCOMPARE(all.size(), 9 + 25);
        QVERIFY(!all.contains(QStringLiteral("H")));
        QCOMPARE(all.removeDuplicates(), 0);
        // Those with a digit and a letter of the word are two of them.
        QVERIFY(without >= 300 - 9 - 25);
    }
};

QTEST_APPLESS_MAIN(TestClassKeys)
#include "tst_class_keys.moc"
