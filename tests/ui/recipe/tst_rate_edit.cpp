#include "ui/base/theme.h"
#include "ui/recipe/rate_edit.h"

#include <QLineEdit>
#include <QSignalSpy>
#include <QTest>
#include <QWheelEvent>

using namespace vernier::ui;

class TestRateEdit : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase() { theme::apply(Scheme::Light); }

    void aStepGoesToTheNextThirdOfADecade_data()
    {
        QTest::addColumn<double>("from");
        QTest::addColumn<int>("thirds");
        QTest::addColumn<double>("to");
        QTest::newRow("up from a decade") << 1e-5 << 1 << 2e-5;
        QTest::newRow("up again") << 2e-5 << 1 << 5e-5;
        QTest::newRow("up over the decade") << 5e-5 << 1 << 1e-4;
        QTest::newRow("down over the decade") << 1e-4 << -1 << 5e-5;
        QTest::newRow("three are a decade") << 1e-5 << 3 << 1e-4;
        QTest::newRow("three down are a decade") << 2e-3 << -3 << 2e-4;
        QTest::newRow("up from between") << 3e-5 << 1 << 5e-5;
        QTest::newRow("down from between") << 3e-5 << -1 << 2e-5;
        QTest::newRow("not above ten") << 10.0 << 1 << 10.0;
        QTest::newRow("not below the least") << 1e-12 << -1 << 1e-12;
        QTest::newRow("up from nothing") << 0.0 << 1 << 1e-9;
    }
    void aStepGoesToTheNextThirdOfADecade()
    {
        QFETCH(double, from);
        QFETCH(int, thirds);
        QFETCH(double, to);
        QCOMPARE(RateEdit::stepped(from, thirds), to);
    }

    void textIsReadAsANumberOrRefusedWithAReason_data()
    {
        QTest::addColumn<QString>("text");
        QTest::addColumn<double>("value"); // below 0: refused
        QTest::newRow("exponent") << "1e-5" << 1e-5;
        QTest::newRow("capital") << "2E-4" << 2e-4;
        QTest::newRow("decimal") << "0.00001" << 1e-5;
        QTest::newRow("spaces") << " 1e-5 " << 1e-5;
        QTest::newRow("ten") << "10" << 10.0;
        QTest::newRow("comma") << "0,001" << -1.0;
        QTest::newRow("nothing") << "" << -1.0;
        QTest::newRow("word") << "fast" << -1.0;
        QTest::newRow("zero") << "0" << -1.0;
        QTest::newRow("negative") << "-1e-5" << -1.0;
        QTest::newRow("the least") << "1e-12" << 1e-12;
        QTest::newRow("too small") << "9e-13" << -1.0;
        QTest::newRow("too large") << "11" << -1.0;
        QTest::newRow("not a number") << "nan" << -1.0;
        QTest::newRow("infinite") << "inf" << -1.0;
    }
    void textIsReadAsANumberOrRefusedWithAReason()
    {
        QFETCH(QString, text);
        QFETCH(double, value);
        QString problem = QStringLiteral("left over");
        const std::optional<double> parsed = RateEdit::parsed(text, false, &problem);
        QCOMPARE(parsed.has_value(), value >= 0);
        QCOMPARE(problem.isEmpty(), value >= 0);
        if (parsed)
            QCOMPARE(*parsed, value);
    }

    void arrowKeysAndWheelStepAndTell()
    {
        RateEdit edit;
        edit.setRate(1e-5);
        edit.show();
        edit.setFocus();
        QSignalSpy told(&edit, &RateEdit::rateEdited);
        QTest::keyClick(&edit, Qt::Key_Up);
        QCOMPARE(edit.rate(), 2e-5);
        QTest::keyClick(&edit, Qt::Key_PageUp);
        QCOMPARE(edit.rate(), 2e-4);
        QTest::keyClick(&edit, Qt::Key_Down);
        QCOMPARE(edit.rate(), 1e-4);
        const QPointF middle = edit.rect().center();
        QWheelEvent notch(middle, edit.mapToGlobal(middle), {}, { 0, 120 }, Qt::NoButton,
            Qt::NoModifier, Qt::NoScrollPhase, false);
        QApplication::sendEvent(&edit, &notch);
        QCOMPARE(edit.rate(), 2e-4);
        QCOMPARE(told.size(), 4);
        QCOMPARE(told.back().front().toDouble(), 2e-4);
    }

    void aTypedRateIsToldOnEnterOnly()
    {
        RateEdit edit;
        edit.setRate(1e-3);
        QSignalSpy told(&edit, &RateEdit::rateEdited);
        auto* field = edit.findChild<QLineEdit*>();
        field->selectAll();
        QTest::keyClicks(field, QStringLiteral("3e-6"));
        QCOMPARE(told.size(), 0);
        QTest::keyClick(field, Qt::Key_Return);
        QCOMPARE(told.size(), 1);
        QCOMPARE(edit.rate(), 3e-6);
    }

    void aRateThatIsShownShortenedStaysAsItIs()
    {
        RateEdit edit;
        QSignalSpy told(&edit, &RateEdit::rateEdited);
        edit.setRate(1.25e-4);
        Q_EMIT edit.editingFinished();
        QCOMPARE(edit.rate(), 1.25e-4);
        auto* text = edit.findChild<QLineEdit*>();
        text->setText(QStringLiteral("3.75e-4"));
        Q_EMIT edit.editingFinished();
        Q_EMIT edit.editingFinished();
        QCOMPARE(edit.rate(), 3.75e-4);
        QCOMPARE(told.size(), 1);
    }

    void aWrongTextIsNeverToldAndEscapeBringsTheRateBack()
    {
        RateEdit edit;
        edit.setRate(1e-3);
        QSignalSpy told(&edit, &RateEdit::rateEdited);
        QSignalSpy problems(&edit, &RateEdit::problemChanged);
        auto* field = edit.findChild<QLineEdit*>();
        field->selectAll();
        QTest::keyClicks(field, QStringLiteral("1,5"));
        QTest::keyClick(field, Qt::Key_Return);
        QCOMPARE(told.size(), 0);
        QCOMPARE(edit.rate(), 1e-3);
        QVERIFY(!edit.problem().isEmpty());
        QVERIFY(problems.size() >= 1);
        QVERIFY(edit.property("invalid").toBool());
        QTest::keyClick(&edit, Qt::Key_Escape);
        QVERIFY(edit.problem().isEmpty());
        QVERIFY(!edit.property("invalid").toBool());
        QCOMPARE(field->text(), QStringLiteral("1e-3"));
    }

    void aWrongTextGoesWhenTheFieldIsDisabled()
    {
        RateEdit edit;
        edit.setRate(1e-5);
        edit.show();
        edit.selectAll();
        QTest::keyClicks(&edit, QStringLiteral("-5"));
        QTest::keyClick(&edit, Qt::Key_Return);
        QVERIFY(!edit.problem().isEmpty());
        edit.setEnabled(false);
        QCOMPARE(edit.problem(), QString());
        QCOMPARE(edit.text(), QStringLiteral("1e-5"));
    }

    void zeroIsAValueWhereItIsAllowed()
    {
        RateEdit edit;
        edit.setZeroAllowed(true);
        edit.setRate(1e-9);
        edit.stepBy(-1);
        QCOMPARE(edit.rate(), 0.0);
        edit.stepBy(1);
        QCOMPARE(edit.rate(), 1e-9);
    }
};

QTEST_MAIN(TestRateEdit)
#include "tst_rate_edit.moc"
